"""What a demo saw."""

from dataclasses import dataclass

from schemas import FulltextVerdict, ProviderUsage
from streams.sandbox.samples import Sample


@dataclass(frozen=True)
class Run:
    """Sample name -> its last verdict, and every usage event."""

    samples: list[Sample]
    verdicts: dict[str, FulltextVerdict]
    usage: list[ProviderUsage]

    @property
    def right(self) -> int:
        """Samples whose verdict is their label."""
        return sum(
            sample.name in self.verdicts and self.verdicts[sample.name].verdict == sample.label
            for sample in self.samples
        )
