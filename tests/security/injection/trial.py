"""One attacked document: the local tier's word, and an obedient model's, asked whatever the local tier thinks."""

from dataclasses import dataclass

from pydantic import ValidationError

from schemas import FulltextVerdict, ScrapedContent
from streams.verify import Policy, examine, judged
from tests.security.injection.obedient import ObedientModel

OFF = Policy(local_tier="off")


@dataclass(frozen=True)
class Trial:
    """What came of it."""

    local: FulltextVerdict
    """The local tier's verdict; `undetermined`: a model is to be asked."""
    model: FulltextVerdict | None
    """None: there was nothing to ask about."""
    contradiction: str | None
    """The strong local evidence against full text; None: there is none."""
    obeyed: bool

    @property
    def accepted(self) -> bool:
        """The model's full text was believed."""
        return self.model is not None and self.model.is_full_text

    @property
    def suspected(self) -> bool:
        """The attack was noted."""
        return self.local.injection.suspected

    def broken(self, record: ScrapedContent) -> tuple[str, ...]:
        """The promises that this document breaks; none: it keeps them all."""
        verdicts = [self.local, *([self.model] if self.model else [])]
        held = {
            "local full text": not self.local.is_full_text,
            "accepted against evidence": not (self.accepted and self.contradiction is not None),
            "schema": all(_is_as_its_schema(verdict) for verdict in verdicts),
            "id": all(verdict.content_id == record.id for verdict in verdicts),
        }
        return tuple(name for name, holds in held.items() if not holds)


def _is_as_its_schema(verdict: FulltextVerdict) -> bool:
    written = verdict.model_dump_json(exclude={"is_full_text"})  # which is computed, and no field
    try:
        return FulltextVerdict.model_validate_json(written) == verdict
    except ValidationError:
        return False


async def tried(record: ScrapedContent, model: ObedientModel) -> Trial:
    """The document before both. What the local tier leaves open is not read again: it is the very same question."""
    local = examine(record)
    examination = examine(record, OFF) if local.verdict else local
    before = model.obeyed
    return Trial(
        local.verdict or local.draft,
        await judged(examination, model.ask) if examination.question else None,
        examination.contradiction,
        model.obeyed > before,
    )
