"""The keys of one provider, in order of use; state elsewhere hangs on their ids, which follow the key material."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import SecretStr

from streams.ai.keys.material import KeysUnreadable, key_id
from streams.ai.keys.source import ImmediateSource, KeySource
from streams.clock import Clock
from streams.logs import get_logger

logger = get_logger(__name__)

_CHECK_SECONDS = 1.0
"""Sources are asked no more often whether they changed."""
_BURST = 4
"""Rejected keys make the sources be read so many times in a row, and then once a second."""


@dataclass(slots=True)
class _Held:
    source: KeySource
    keys: tuple[SecretStr, ...] = ()
    """Of the last good read."""


class KeyRing:
    """Belongs to one event loop; close it when done. No keys at all is fine: some servers ask for none.

    Sources that change are read again in the background, one read at a time; one that cannot be read keeps the keys
    of its last good read. Raises KeysUnreadable when an immediate source cannot be read at the start.
    """

    def __init__(self, provider: str, sources: Sequence[KeySource], clock: Clock) -> None:
        self._provider = provider
        self._clock = clock
        self._held = [
            _Held(source, source.read_now() if isinstance(source, ImmediateSource) else ()) for source in sources
        ]
        self._keys = self._by_id()
        self._told: set[str] = set()
        """Rejected keys for which the sources were read again already."""
        self._owed = False
        """A key was rejected after so many others that the read has to wait."""
        self._paid_until = float("-inf")
        """Each read for a rejected key takes a second of the clock; at most `_BURST` of them may lie ahead of it."""
        self._check_at = 0.0
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    @property
    def wanted(self) -> bool:
        """Are there sources? Then asking without a key makes no sense."""
        return bool(self._held)

    def ids(self) -> tuple[str, ...]:
        """Ids of the keys in order of use; empty: ask without one (the first read is to come, or none is needed)."""
        self._watch()
        return tuple(self._keys)

    def secret(self, key_id: str) -> SecretStr | None:
        """The key behind an id; None: it is gone."""
        return self._keys.get(key_id)

    async def ready(self) -> None:
        """Wait for the first keys where they are not there from the start."""
        if self._held and not self._keys and self._clock.monotonic() - self._read_at >= _CHECK_SECONDS:
            await self.refresh()

    async def refresh(self) -> None:
        """Read all sources now, or wait for the read under way. Raises nothing: what fails is logged."""
        await asyncio.shield(self._start())

    async def rejected(self, key_id: str, wait_seconds: float) -> None:
        """The provider rejected this key: read the sources again, once for each key, and wait a while for it."""
        if key_id not in self._keys or key_id in self._told:
            return
        self._told.add(key_id)
        now = self._clock.monotonic()
        self._paid_until = max(self._paid_until, now)
        if self._paid_until - now > _BURST - 1:
            self._owed = True
            return
        self._paid_until += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_seconds):
                await self.refresh()

    async def aclose(self) -> None:
        """End a read under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    def _watch(self) -> None:
        now = self._clock.monotonic()
        if now < self._check_at:
            return
        self._check_at = now + _CHECK_SECONDS
        if self._owed or any(held.source.changed() for held in self._held):
            with suppress(RuntimeError):  # outside of a loop nothing can be read, and nothing is asked either
                self._start()

    def _start(self) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        if self._reading is None or self._reading.done():
            self._reading = loop.create_task(self._read_all())
        return self._reading

    async def _read_all(self) -> None:
        self._owed = False
        try:
            await asyncio.gather(*(self._read(held) for held in self._held))
        finally:
            self._read_at = self._clock.monotonic()
        before, self._keys = self._keys, self._by_id()
        self._told &= self._keys.keys()
        if before.keys() != self._keys.keys():
            logger.info(
                "ai.keys.changed",
                provider=self._provider,
                keys=len(self._keys),
                added=len(self._keys.keys() - before.keys()),
                removed=len(before.keys() - self._keys.keys()),
            )

    async def _read(self, held: _Held) -> None:
        try:
            held.keys = await held.source.read()
        except KeysUnreadable as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - a fault in a source must not end calls that have a key
            problem = type(error).__name__
        else:
            return
        logger.warning(
            "ai.keys.unreadable",
            provider=self._provider,
            source=held.source.label,
            problem=problem,
            kept=len(held.keys),
        )

    def _by_id(self) -> dict[str, SecretStr]:
        return {key_id(key): key for held in self._held for key in held.keys}
