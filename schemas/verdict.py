"""The answer: is this the full text, how sure, why, at what cost."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, computed_field

from schemas.base import SCHEMA_VERSION, Message
from schemas.usage import Outcome


class Verdict(StrEnum):
    """What the document is. Only `full_text` counts as full text."""

    FULL_TEXT = "full_text"
    PARTIAL = "partial"
    ABSTRACT_ONLY = "abstract_only"
    PAYWALL = "paywall"
    LOGIN_WALL = "login_wall"
    CONSENT_WALL = "consent_wall"
    BOT_CHECK = "bot_check"
    JS_REQUIRED = "js_required"
    ERROR_PAGE = "error_page"
    LANDING_PAGE = "landing_page"
    TOC = "toc"
    REFERENCES_ONLY = "references_only"
    SUPPLEMENT = "supplement"
    WRONG_DOCUMENT = "wrong_document"
    GARBLED = "garbled"
    EMPTY = "empty"
    OTHER = "other"
    UNDETERMINED = "undetermined"


class Reason(Message):
    """A stable code and how much it weighed (positive speaks for full text)."""

    code: str
    weight: float = 0.0
    detail: str | None = Field(None, description="One sentence for a person.")


class Evidence(Message):
    """A verbatim quote from the document's text, at `start:end` (characters of the extracted text)."""

    quote: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    role: Literal["for", "against"]
    code: str | None = Field(None, description="The reason that the quote supports.")


class Completeness(Message):
    """Is the body here?"""

    body_present: bool | None = None
    sections_seen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    truncated: Literal["no", "mid_sentence", "marker", "char_cap", "late", "unknown"] = "unknown"


class Identity(Message):
    """Is it the work that was asked for?"""

    verdict: Literal["match", "mismatch", "unknown"] = "unknown"
    title_match: float | None = Field(None, ge=0, le=1, description="Share of the wanted title's words found on top.")
    doi_seen: bool | None = None


class Access(Message):
    """The access state observed on the page; never inferred from completeness."""

    evidence: Literal["none", "soft_overlay", "hard_wall"] = "none"
    coar: str | None = Field(None, description="COAR access right URI.")
    license: str | None = None
    is_accessible_for_free: bool | None = Field(None, description="schema.org isAccessibleForFree as found.")


class TextQuality(Message):
    """Can the text be read? Apart from whether it is all there."""

    verdict: Literal["good", "poor", "garbled", "none"] = Field("none", description="none: there is no text.")
    odd_share: float | None = Field(None, ge=0, le=1, description="Share of words that no language writes.")
    problems: tuple[str, ...] = Field((), description="What reading met: html_unclosed, pdf_no_text, capped, ...")


class DocumentStats(Message):
    """Counts over the extracted text."""

    chars: int = Field(0, ge=0)
    main_words: int = Field(0, ge=0, description="Words outside page furniture.")
    body_words: int = Field(0, ge=0, description="Words of prose before the references.")
    headings: int = Field(0, ge=0)
    references: int = Field(0, ge=0)
    lang: str | None = Field(None, description="ISO 639-1.")


class Injection(Message):
    """Text that speaks to a model instead of a reader. Suspicion alone never changes the verdict."""

    suspected: bool = False
    spans: tuple[str, ...] = ()


class AttemptSummary(Message):
    """One attempt at a provider; the whole event is on `provider-usage` under the same id."""

    attempt_id: str
    provider: str
    model: str
    outcome: Outcome
    latency_ms: int = Field(ge=0)
    cost_nano_usd: int = Field(ge=0)


class RecordSource(Message):
    """Where the record stood in Kafka."""

    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)


class FulltextVerdict(Message):
    """A verdict on `fulltext-verdicts` (key: the input's key).

    `verdict_id` is a digest of content id, content digest and policy version: copies after a crash or
    a replay of the same content carry the same one, and the last copy counts.
    """

    schema_version: str = SCHEMA_VERSION
    verdict_id: str
    content_id: str
    url: str | None = None
    doi: str | None = None
    verdict: Verdict
    confidence: float = Field(ge=0, le=1)
    confidence_kind: Literal["rule", "calibrated", "raw_model"] = "rule"
    decided_by: str = Field(description="local_rules, local_model or llm:<provider>/<model>.")
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    completeness: Completeness = Completeness()
    identity: Identity = Identity()
    access: Access = Access()
    quality: TextQuality = TextQuality()
    stats: DocumentStats = DocumentStats()
    injection: Injection = Injection()
    cost_nano_usd: int = Field(0, ge=0, description="Of all attempts; 1 USD = 1,000,000,000.")
    cached: bool = Field(False, description="An equal question had been answered before: the answer cost nothing.")
    saved_nano_usd: int = Field(0, ge=0, description="What a cached answer had cost when it was paid.")
    latency_ms: int = Field(0, ge=0, description="From decoding to verdict, time in a hold left out.")
    attempts: tuple[AttemptSummary, ...] = ()
    policy_version: str
    source: RecordSource | None = Field(None, description="Null outside Kafka.")
    decided_at: datetime

    @computed_field  # type: ignore[prop-decorator]
    @property
    def is_full_text(self) -> bool:
        """True only for the verdict `full_text`."""
        return self.verdict is Verdict.FULL_TEXT
