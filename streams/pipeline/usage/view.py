"""`StatsView`: what the compacted topics say, in memory. Every worker follows them, the writer begins with them."""

from aiokafka import TopicPartition
from pydantic import ValidationError

from schemas import ProviderStats, UsageAnalytics
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.usage.names import UsageNames

logger = get_logger(__name__)


class StatsView:
    """The same figures in every worker, within about a second."""

    def __init__(self, names: UsageNames, clock: Clock) -> None:
        self._names = names
        self._clock = clock
        self._heard_at: float | None = None
        self.topics = (names.stats, names.analytics)
        self.position: dict[TopicPartition, int] = {}
        """The next offsets to be read."""
        self.stats: dict[str, ProviderStats] = {}
        """By provider; one of which nothing was ever seen is missing."""
        self.analytics: UsageAnalytics | None = None
        """None: nothing was ever folded."""
        self.recovered = False
        """Was everything read that was there at the start?"""
        self.unreadable: set[str] = set()
        """Keys whose last value is no message; the writer makes them anew from the events that are kept."""

    @property
    def lost(self) -> set[str]:
        """Providers of which figures were written and are gone: somebody has deleted the topic."""
        return self.analytics.lost(self.stats) if self.analytics else set()

    def age_seconds(self) -> float | None:
        """Since figures were last heard of, by our own clock; None: never. A living writer writes every ten seconds."""
        return None if self._heard_at is None else self._clock.monotonic() - self._heard_at

    def apply(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Take one record in."""
        name = (key or b"").decode("utf-8", "replace")
        self._heard_at = self._clock.monotonic()
        try:
            if topic == self._names.analytics:
                self.analytics = None if value is None else UsageAnalytics.model_validate_json(value)
            elif value is None:
                self.stats.pop(name, None)
            else:
                self.stats[name] = ProviderStats.model_validate_json(value)
            self.unreadable.discard(f"{topic}/{name}")
        except ValidationError:
            logger.exception("usage.unreadable_stats", topic=topic, key=name)
            self.unreadable.add(f"{topic}/{name}")
            if topic == self._names.analytics:
                self.analytics = None
            else:
                self.stats.pop(name, None)
