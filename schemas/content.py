"""The input: one scraped page or file."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Base64Encoder, EncodedBytes, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Message

ShortText = Annotated[str, StringConstraints(max_length=2_000)]


class _StrictBase64(Base64Encoder):
    """pydantic's own decoder drops what is not base64, which would turn a broken PDF into an empty one."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        """Line breaks are allowed, anything else outside the alphabet is refused."""
        try:
            return base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error as error:
            raise PydanticCustomError("base64_decode", "not base64: {why}", {"why": str(error)}) from None


Base64 = Annotated[bytes, EncodedBytes(encoder=_StrictBase64)]


class ScrapedContent(Message):
    """A scraped document on `scraped-content`.

    The text or markup goes into `content`; bytes (a PDF) go into `content_base64`. Exactly one of
    the two is needed. Everything else is optional and makes the verdict better.
    """

    id: ShortText | None = Field(None, description="The publisher's id; url, doi or a digest stand in for it.")
    url: ShortText | None = Field(None, description="Where the content was fetched from.")
    doi: ShortText | None = Field(None, description="DOI of the work that was wanted.")
    title: ShortText | None = Field(None, description="Title of the work that was wanted.")
    content: str | None = Field(None, description="Text or markup, decoded.")
    content_base64: Base64 | None = Field(None, description="Raw bytes in base64 (RFC 4648).")
    content_type: ShortText = Field("", description="Media type as the server sent it; sniffed, not believed.")
    http_status: int | None = Field(None, ge=100, le=999, description="HTTP status of the fetch.")
    fetched_at: datetime | None = Field(None, description="When it was fetched (ISO 8601).")
    user_id: ShortText | None = Field(None, description="Who pays; budgets and fair turns are kept per user.")
    allowed_providers: tuple[ShortText, ...] | None = Field(
        None, description="Only these AI providers may see the content; null allows all, an empty list none."
    )
    metadata: dict[str, Any] | None = Field(None, description="Carried along, never interpreted.")

    @model_validator(mode="after")
    def _exactly_one_content(self) -> Self:
        if (self.content is None) == (self.content_base64 is None):
            raise ValueError("exactly one of content and content_base64 is needed")
        return self
