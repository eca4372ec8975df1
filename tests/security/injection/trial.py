"""One attacked document: what comes of an obedient model's answer where it is asked whatever the local tier thinks."""

from dataclasses import dataclass

from schemas import FulltextVerdict, ScrapedContent
from streams.verify import Policy, examine, judged
from tests.security.injection.obedient import ObedientModel

OFF = Policy(local_tier="off")


@dataclass(frozen=True)
class Trial:
    """`model` None: there was nothing to ask about."""

    model: FulltextVerdict | None
    contradiction: str | None
    """The strong local evidence against full text; None: there is none."""
    obeyed: bool
    suspected: bool

    @property
    def accepted(self) -> bool:
        """The model's full text was believed."""
        return self.model is not None and self.model.is_full_text


async def tried(record: ScrapedContent, model: ObedientModel) -> Trial:
    """The document before the model, with the local tier off."""
    examination, before = examine(record, OFF), model.obeyed
    verdict = await judged(examination, model.ask) if examination.question else None
    return Trial(
        verdict,
        examination.contradiction,
        model.obeyed > before,
        examination.draft.injection.suspected,
    )
