"""A worker's heartbeats: each provider as it sees it, every ten seconds and when something changes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from schemas import ProviderHealth
from streams.clock import Clock
from streams.pipeline.alerts.health_view import BEAT_SECONDS

Send = Callable[[str, bytes | None, bytes | None], Awaitable[None]]
"""`Delivery.send`: topic, key, value; returns when the broker has acknowledged."""


class Heartbeats:
    """`topic` is compacted; the key is worker/provider. `health` gives the messages of now."""

    def __init__(self, topic: str, health: Callable[[], Sequence[ProviderHealth]], send: Send, clock: Clock) -> None:
        self._topic = topic
        self._health = health
        self._send = send
        self._clock = clock
        self._told: dict[bytes, tuple[float, tuple[str, str, bool]]] = {}
        """Key -> when, and what of it is told at once when it changes."""

    async def beat(self) -> None:
        """Tell what is due; call it every second. Raises what `send` raises."""
        now = self._clock.monotonic()
        due = []
        for health in self._health():
            key = f"{health.worker}/{health.provider}".encode()
            state = (health.breaker, health.status, health.available)
            told = self._told.get(key)
            if told is None or told[1] != state or now - told[0] >= BEAT_SECONDS:
                self._told[key] = now, state
                due.append(self._send(self._topic, key, health.model_dump_json().encode()))
        await asyncio.gather(*due)

    async def end(self) -> None:
        """A clean stop: tombstones. Raises what `send` raises."""
        keys, self._told = list(self._told), {}
        await asyncio.gather(*(self._send(self._topic, key, None) for key in keys))
