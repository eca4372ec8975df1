"""What the usage tables are called on the cluster."""

from dataclasses import dataclass
from typing import Self

from streams.pipeline.topics import ANALYTICS, HEALTH, STATS, USAGE, VERDICTS
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class UsageNames:
    """Topics with their prefix, and ids that belong to these topics, whatever the workers' group is."""

    usage: str
    verdicts: str
    health: str
    stats: str
    analytics: str
    group: str
    """Of the candidates for the seat."""
    transactional_id: str
    """Fixed: a newer writer fences an older one."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """From the topic prefix."""
        name = settings.topic
        ours = name("usage-tables")
        return cls(name(USAGE), name(VERDICTS), name(HEALTH), name(STATS), name(ANALYTICS), ours, ours)
