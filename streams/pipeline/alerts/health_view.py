"""`HealthView`: how every living worker sees its providers, from the heartbeats on `provider-health`."""

from pydantic import ValidationError

from schemas import ProviderHealth
from streams.clock import Clock
from streams.logs import get_logger

logger = get_logger(__name__)

BEAT_SECONDS = 10.0
SILENT_SECONDS = 3 * BEAT_SECONDS + 5
"""A worker that was not heard for so long is gone. Measured where it is heard, so clocks need not agree."""
MAX_BEATS = 10_000
"""Workers times providers; above it the longest silent go first."""


class HealthView:
    """The last heartbeat of each worker and provider."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beats: dict[str, tuple[float, ProviderHealth]] = {}
        """Key -> when it was heard, and what; the longest silent first."""

    def heard(self, key: bytes | None, value: bytes | None) -> None:
        """A record of the topic. A tombstone is a worker's clean end; what does not parse is passed over."""
        name = (key or b"").decode(errors="replace")
        self._beats.pop(name, None)
        if value is None:
            return
        try:
            beat = ProviderHealth.model_validate_json(value)
        except ValidationError:
            logger.warning("health.bad_heartbeat", key=name[:100])
            return
        self._beats[name] = (self._clock.monotonic(), beat)
        self._forget()

    def living(self) -> tuple[ProviderHealth, ...]:
        """The heartbeats of all workers that are there, by worker, providers in the order that they were told in."""
        self._forget()
        return tuple(sorted((beat for _, beat in self._beats.values()), key=lambda beat: beat.worker))

    def of_provider(self, provider: str) -> tuple[ProviderHealth, ...]:
        """One provider as every living worker sees it."""
        return tuple(beat for beat in self.living() if beat.provider == provider)

    def _forget(self) -> None:
        oldest_allowed = self._clock.monotonic() - SILENT_SECONDS
        while self._beats:
            name, (heard_at, _) = next(iter(self._beats.items()))
            if heard_at >= oldest_allowed and len(self._beats) <= MAX_BEATS:
                return
            del self._beats[name]
