"""What a rule says, and how it points at the words that it rests on."""

from dataclasses import dataclass
from typing import Literal

from schemas import Evidence as Quote
from schemas import Reason, Verdict
from streams.verify.evidence import Evidence
from streams.verify.limits import MAX_EVIDENCE, MAX_QUOTE_CHARS
from streams.verify.reasons import reason


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict reached here, without asking anybody."""

    verdict: Verdict
    confidence: float
    reasons: tuple[str, ...]
    quotes: tuple[Quote, ...] = ()
    body_present: bool | None = False
    decided_by: Literal["local_rules", "local_model"] = "local_rules"
    weighed: tuple[Reason, ...] = ()
    """Reasons that carry weights of their own."""


def quotes_of(
    text: str, evidence: Evidence, kinds: dict[str, str], role: Literal["for", "against"] = "against"
) -> tuple[Quote, ...]:
    """The phrases of some kinds as quotes in their place; `kinds`: phrase kind -> reason code. One quote a phrase."""
    quotes: list[Quote] = []
    seen: set[str] = set()
    for hit in evidence.hits:
        quote = text[hit.start : hit.end][:MAX_QUOTE_CHARS]
        if hit.kind in kinds and quote.lower() not in seen and len(quotes) < MAX_EVIDENCE:
            seen.add(quote.lower())
            quotes.append(
                Quote(quote=quote, start=hit.start, end=hit.start + len(quote), role=role, code=kinds[hit.kind])
            )
    return tuple(quotes)


def titled_so(evidence: Evidence, kind: str) -> tuple[Reason, ...]:
    """The reason that a page's own title gives, which no quote can: it does not stand in the text."""
    said = evidence.title_says.get(kind)
    return () if said is None else (reason("PAGE_TITLE", f'The page calls itself "{said}".'),)


def quote_at(text: str, start: int, end: int, role: Literal["for", "against"], code: str) -> Quote:
    """A quote of a place in the text, cut to the length that a verdict carries."""
    end = min(end, start + MAX_QUOTE_CHARS, len(text))
    return Quote(quote=text[start:end], start=start, end=end, role=role, code=code)
