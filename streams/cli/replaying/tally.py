"""What became of the records, counted while they go."""

from dataclasses import dataclass, field

from streams.cli.replaying.candidate import Candidate

_NAMED = 10


@dataclass
class Tally:
    """Right at every moment, also after an error."""

    read: int = 0
    """Records of the source that were looked at."""
    selected: int = 0
    replayed: int = 0
    """Acknowledged and noted; in a dry run: what would be sent."""
    already: int = 0
    """Selected, but replayed before."""
    gone: int = 0
    """No longer where they stood, or something else stands there."""
    failed: int = 0
    """Not taken by Kafka."""
    foreign: int = 0
    """On the dead-letter topic, but no dead letter."""
    bytes: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)
    """Of the replayed ones."""
    messages: list[str] = field(default_factory=list)
    """The first few of each kind, for a person."""

    @property
    def complete(self) -> bool:
        """True when everything that was selected was replayed, now or before, or is above the limit."""
        return not self.gone and not self.failed

    def count(self, candidate: Candidate) -> None:
        """One more that was replayed."""
        self.replayed += 1
        self.bytes += len(candidate.value or b"")
        self.by_reason[candidate.why] = self.by_reason.get(candidate.why, 0) + 1

    def tell(self, count: int, message: str) -> None:
        """Keep the first few of a kind, of which this is number `count`."""
        if count <= _NAMED:
            self.messages.append(message)
