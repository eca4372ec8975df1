"""An answer as bytes for a cache that others write to as well: versioned JSON, believed only when every field fits."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streams.ai.types import Completion

VERSION: Literal[1] = 1
"""Also in the cache's keys: with another form of value or of question key, raise it."""

_Count = Annotated[int, Field(ge=0, lt=2**63)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    v: Literal[1]
    until: _Count
    content: str
    provider: str
    model: str
    served_model: str | None
    input_tokens: _Count
    output_tokens: _Count
    saved_nano_usd: _Count


def encode(answer: Completion, until: int) -> bytes:
    """The value; `until` is the UTC second (Unix time) up to which it may be used.

    Raises ValueError for content that is not UTF-8.
    """
    value = _Value(
        v=VERSION,
        until=until,
        content=answer.content,
        provider=answer.provider,
        model=answer.model,
        served_model=answer.served_model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        saved_nano_usd=answer.saved_nano_usd,
    )
    return value.model_dump_json().encode()


def decode(raw: bytes) -> tuple[Completion, int] | None:
    """The answer, as others get it, and its `until`; None: these bytes are none of ours."""
    try:
        value = _Value.model_validate_json(raw)
    except ValidationError:
        return None
    answer = Completion(
        content=value.content,
        input_tokens=value.input_tokens,
        output_tokens=value.output_tokens,
        cost_nano_usd=0,
        provider=value.provider,
        model=value.model,
        served_model=value.served_model,
        latency_ms=0,
        cached=True,
        attempts=(),
        saved_nano_usd=value.saved_nano_usd,
    )
    return answer, value.until
