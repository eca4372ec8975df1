"""One provider's windows, as `ProviderStats` tells them, but growing."""

from collections.abc import Iterable
from datetime import datetime

from schemas import BreakerState, ProviderHealth, ProviderStats, ProviderUsage, ProviderWindow
from streams.pipeline.usage.series import Series
from streams.pipeline.usage.windows import DAY, HOUR, MAX_NAME_CHARS, MINUTE, MONTH, Size, Window, counted

MAX_MODELS = 8
MAX_WORKERS = 64


class ProviderBook:
    """Folds events once: each source's offsets must come in order, and one that was folded is passed over."""

    def __init__(self, provider: str, stats: ProviderStats | None = None) -> None:
        self.provider = provider
        self.folded: dict[str, int] = dict(stats.folded) if stats else {}
        self._breakers: dict[str, BreakerState] = dict(stats.breakers) if stats else {}
        self._minutes = self._series(MINUTE, stats.minutes if stats else ())
        self._hours = self._series(HOUR, stats.hours if stats else ())
        self._days = self._series(DAY, stats.days if stats else ())
        self._months = self._series(MONTH, stats.months if stats else ())

    def _series(self, size: Size, windows: Iterable[ProviderWindow]) -> Series[Window]:
        series = Series(size, lambda start, seconds, model: Window(self.provider, model, start, seconds))
        series.restore((window.window_start, window.model, Window.of(window)) for window in windows)
        return series

    def take(self, source: str, offset: int) -> bool:
        """Is this offset new? It is folded now."""
        if offset <= self.folded.get(source, -1):
            return False
        self.folded[source] = offset
        return True

    def attempt(self, usage: ProviderUsage, at: datetime) -> None:
        """Count an attempt that began at `at` (UTC)."""
        for window in self._windows(usage.model, at):
            window.add(usage, at)

    def heartbeat(self, health: ProviderHealth, at: datetime) -> bool:
        """Count it where a worker's breaker is in another state than before, at first closed. Was there news?"""
        worker = health.worker[:MAX_NAME_CHARS]
        before = self._breakers.pop(worker, None)
        self._breakers[worker] = health.breaker
        while len(self._breakers) > MAX_WORKERS:
            del self._breakers[next(iter(self._breakers))]
        if health.breaker != (before or "closed"):
            for window in self._windows(health.model, at):
                window.enter(health.breaker)
        return health.breaker != before

    def _windows(self, model: str, at: datetime) -> list[Window]:
        model = counted(model, self._months.names, MAX_MODELS)
        every = (self._minutes, self._hours, self._days, self._months)
        return [window for series in every if (window := series.at(at, model)) is not None]

    def stats(self, at: datetime) -> ProviderStats:
        """All of it, as written at `at`."""
        return ProviderStats(
            provider=self.provider,
            at=at,
            folded=self.folded,
            minutes=tuple(window.message() for window in self._minutes),
            hours=tuple(window.message() for window in self._hours),
            days=tuple(window.message() for window in self._days),
            months=tuple(window.message() for window in self._months),
            breakers=self._breakers,
        )
