"""`Tables`: all usage state in memory. A record in, changed values out; knows nothing of Kafka."""

from collections.abc import Callable, Container, Mapping
from datetime import datetime

from schemas import Message, ProviderStats, ProviderUsage, UsageAnalytics
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.usage.events import Kind, Rejected, SourceRecord, placed, read_health, read_usage, read_verdict
from streams.pipeline.usage.general_book import GeneralBook
from streams.pipeline.usage.provider_book import ProviderBook
from streams.pipeline.usage.recent import RecentIds

logger = get_logger(__name__)

REMEMBERED: Mapping[Kind, int] = {"usage": 20_000, "verdict": 5_000, "health": 0}
"""Offsets of a partition within which a copy is known: more than a sender writes before it knows, and for verdicts
more than a crash redoes (`VERIFY_WINDOW`)."""

ListPrice = Callable[[ProviderUsage], int]
"""Nano-USD that an attempt would have cost outside a free tier; 0 where that is unknown."""


class Tables:
    """Goes on from `stats` and `analytics`. `providers`: those that there may be."""

    def __init__(
        self,
        providers: Container[str],
        clock: Clock,
        list_price: ListPrice,
        stats: Mapping[str, ProviderStats] | None = None,
        analytics: UsageAnalytics | None = None,
    ) -> None:
        self._providers = providers
        self._clock = clock
        self._list_price = list_price
        self._books = {name: ProviderBook(name, one) for name, one in (stats or {}).items()}
        self._written = set(self._books)
        """Providers whose figures are on the topic, or will be with the next write."""
        self._general = GeneralBook(analytics)
        self._recent: dict[str, RecentIds] = {}
        self._changed: set[str] = set()
        self._is_changed = False
        self._told: set[tuple[Kind, str]] = set()

    def resume_at(self, kind: Kind, source: str) -> int:
        """The first offset to be read of topic/partition: some before the first new one, for the ids in them."""
        return max(0, self._general.folded.get(source, -1) + 1 - REMEMBERED[kind])

    def is_ahead(self, source: str, end: int) -> bool:
        """Was more folded than topic/partition has, whose end is at `end`?"""
        return self._general.folded.get(source, -1) >= end

    def forget_source(self, source: str) -> None:
        """The topic was made anew and its offsets begin again."""
        for folded in [self._general.folded, *(book.folded for book in self._books.values())]:
            folded.pop(source, None)

    def fold(self, record: SourceRecord) -> None:
        """Count a record, once. Those of one source must come in the order of their offsets."""
        is_new = self._general.take(record.source, record.offset)
        self._is_changed |= is_new
        try:
            if record.kind == "usage":
                self._usage(record, is_new=is_new)
            elif record.kind == "verdict":
                self._verdict(record, is_new=is_new)
            elif record.value is not None:  # a worker's heartbeat may be taken back
                self._health(record)
        except Rejected as rejected:
            if is_new:
                self._reject(record, rejected.why)
        except Exception:  # one event that nobody thought of must not stop the figures of all others
            if is_new:
                self._reject(record, "internal_error")
            logger.exception("usage.fold_failed", source=record.source, offset=record.offset)

    def _reject(self, record: SourceRecord, why: str) -> None:
        self._general.reject(why)
        if (record.kind, why) not in self._told:  # a flood of them is counted, not logged
            self._told.add((record.kind, why))
            logger.warning("usage.rejected", kind=record.kind, why=why, source=record.source, offset=record.offset)

    def _usage(self, record: SourceRecord, *, is_new: bool) -> None:
        usage = read_usage(record.value, self._providers.__contains__)
        at = placed(usage.started_at, record.written_at, self._clock.now())
        is_copy = self._is_copy(record, usage.attempt_id)
        book = self._book(usage.provider)
        if book.take(record.source, record.offset) and not is_copy:
            book.attempt(usage, at)
            self._changed.add(usage.provider)
        if is_new:
            self._count(at, is_copy=is_copy, usage=usage)

    def _count(self, at: datetime, *, is_copy: bool, usage: ProviderUsage) -> None:
        price = self._list_price(usage) if usage.cost_kind == "free" and not is_copy else 0
        for period in self._general.periods(at):
            if is_copy:
                period.copy()
            else:
                period.attempt(usage, price)

    def _verdict(self, record: SourceRecord, *, is_new: bool) -> None:
        line = read_verdict(record.value)
        is_copy = self._is_copy(record, line.verdict_id)
        if not is_new:
            return
        for period in self._general.periods(placed(line.decided_at, record.written_at, self._clock.now())):
            if is_copy:
                period.copy()
            else:
                period.record(line)

    def _health(self, record: SourceRecord) -> None:
        health = read_health(record.value, self._providers.__contains__)
        book = self._book(health.provider)
        if book.take(record.source, record.offset) and book.heartbeat(
            health, placed(health.at, record.written_at, self._clock.now())
        ):
            self._changed.add(health.provider)

    def _book(self, provider: str) -> ProviderBook:
        book = self._books.get(provider)
        if book is None:
            book = self._books[provider] = ProviderBook(provider)
        return book

    def _is_copy(self, record: SourceRecord, one: str) -> bool:
        recent = self._recent.get(record.source)
        if recent is None:
            recent = self._recent[record.source] = RecentIds(REMEMBERED[record.kind])
        return recent.is_copy(one, record.offset)

    @property
    def is_changed(self) -> bool:
        """Was anything folded since the last `changes`?"""
        return self._is_changed

    def changes(self, behind: int = 0) -> dict[str, Message]:
        """What changed since the last time: a provider's name -> its stats, and always "" -> the analytics.

        `behind`: events that are there and not folded yet.
        """
        now = self._clock.now()
        changes: dict[str, Message] = {name: self._books[name].stats(now) for name in sorted(self._changed)}
        self._written |= self._changed
        self._changed.clear()
        self._is_changed = False
        return changes | {"": self._general.analytics(now, behind, tuple(sorted(self._written)))}
