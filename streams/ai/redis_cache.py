"""Answers in Redis, shared by workers and kept across restarts. A Redis that is dead, slow or full delays nobody long.

Every call has a small deadline of its own, and after a few failures Redis is left alone for a while, then probed.
Reading and writing are guarded apart: a full Redis can still be read. Values hold answers, which quote documents,
but no prompts; whoever can write to this Redis can plant answers, so they are checked like a provider's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

from pydantic import SecretStr

from streams.ai.cache_value import VERSION, decode, encode
from streams.ai.errors import SharedCacheUnusable
from streams.ai.guard import Guard, GuardRules
from streams.ai.outcomes import Vote
from streams.ai.shared_cache import Found
from streams.ai.types import Completion
from streams.clock import Clock, SystemClock
from streams.logs import get_logger

logger: Any = get_logger(__name__)

COMMAND_SECONDS = 0.25
"""For one call, connecting and waiting for a connection included."""
MAX_VALUE_BYTES = 256 * 1024
"""An answer of 65,536 tokens; larger values are neither written nor read."""
RULES = GuardRules(consecutive=3, open_seconds=1.0, open_seconds_max=30.0, probe_seconds=1.0)
_CONNECTIONS = 16
_CLOSE_SECONDS = 1.0
_INSTALL = "AI_CACHE_URL needs the package redis; install it with: pip install 'fulltext-streams[cache]'"
_BAD_URL = "AI_CACHE_URL is not a Redis URL; write redis://[user:password@]host:port/database, or rediss:// for TLS"

T = TypeVar("T")


class RedisCache:
    """The second tier (`streams.ai.shared_cache.SharedCache`). Connects when first needed."""

    def __init__(
        self,
        url: SecretStr,
        *,
        ttl_seconds: float,
        command_seconds: float = COMMAND_SECONDS,
        rules: GuardRules = RULES,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        """Keep answers for `ttl_seconds`. Raises SharedCacheUnusable, which never shows the URL."""
        self._redis = _client(url.get_secret_value())
        self._ttl_seconds = ttl_seconds
        self._command_seconds = command_seconds
        self._clock = clock = clock or SystemClock()
        random = random or Random()  # noqa: S311 - jitter, no secret
        self._reads, self._writes = (Guard(name, rules, clock, random) for name in ("read", "write"))
        self._away: set[Guard] = set()
        self.faults = 0
        self.ignored = 0

    async def get(self, question: bytes, providers: Sequence[str], seconds: float) -> Found | None:
        """The first fresh answer in the order of `providers`; one round trip."""
        if not providers:
            return None

        async def read() -> list[Any]:
            async with self._redis.pipeline(transaction=False) as pipe:
                for provider in providers:
                    pipe.getrange(_key(question, provider), 0, MAX_VALUE_BYTES)  # one byte more than is allowed
                return _sound(await pipe.execute(raise_on_error=False))

        for provider, value in zip(providers, await self._call(self._reads, read, seconds) or (), strict=False):
            if value and (found := self._found(provider, value)):
                return found
        return None

    async def put(self, question: bytes, answer: Completion, seconds: float) -> None:
        """Write it, with its time to live, which Redis keeps."""
        try:
            value = encode(answer, round(self._clock.now().timestamp() + self._ttl_seconds))
        except ValueError:
            value = b""
        if not 0 < len(value) <= MAX_VALUE_BYTES:
            self.ignored += 1
            return
        key, milliseconds = _key(question, answer.provider), max(1, round(self._ttl_seconds * 1000))
        await self._call(self._writes, lambda: self._redis.set(key, value, px=milliseconds), seconds)

    async def forget(self, question: bytes, provider: str, seconds: float) -> None:
        """Delete it."""
        await self._call(self._writes, lambda: self._redis.delete(_key(question, provider)), seconds)

    async def aclose(self) -> None:
        """Close the connections."""
        with suppress(Exception):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._redis.aclose()

    def _found(self, provider: str, value: object) -> Found | None:
        decoded = decode(value) if isinstance(value, bytes) and len(value) <= MAX_VALUE_BYTES else None
        if decoded is None or decoded[0].provider != provider:
            self.ignored += 1
            return None
        answer, until = decoded
        left = until - self._clock.now().timestamp()
        return Found(answer, min(left, self._ttl_seconds)) if left > 0 else None

    async def _call(self, guard: Guard, command: Callable[[], Awaitable[T]], seconds: float) -> T | None:
        """What `command` gives; None, and a fault counted, when it cannot be had in time."""
        permit = guard.admit() if seconds > 0 else None
        if permit is None:
            self.faults += 1
            return None
        started = self._clock.monotonic()
        vote, fault = Vote.NONE, ""
        try:
            async with asyncio.timeout(min(seconds, self._command_seconds)):
                result = await command()
        except Exception as error:  # noqa: BLE001 - whatever breaks in a cache must not break a question
            fault = type(error).__name__
            self.faults += 1
            if not isinstance(error, TimeoutError) or seconds >= self._command_seconds:
                vote = Vote.FAILURE  # else it was the caller who had no time
            return None
        else:
            vote = Vote.SUCCESS
            return result
        finally:
            guard.settle(permit, vote, self._clock.monotonic() - started)
            self._tell(guard, fault)

    def _tell(self, guard: Guard, fault: str) -> None:
        """One line when Redis is given up and one when it is back: not one for every call."""
        if guard.state == "closed":
            if guard in self._away:
                self._away.discard(guard)
                logger.info("shared_cache.back", operation=guard.breaker.name)
        elif guard not in self._away:
            self._away.add(guard)
            logger.warning("shared_cache.away", operation=guard.breaker.name, error=fault)


def _client(url: str) -> Any:
    try:
        from redis.asyncio import BlockingConnectionPool, Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise SharedCacheUnusable(_INSTALL) from None
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=None,  # how long a call waits for a connection, or for an answer, is bounded around it
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
    except ValueError:
        raise SharedCacheUnusable(_BAD_URL) from None
    return Redis.from_pool(pool)


def _key(question: bytes, provider: str) -> str:
    return f"fulltext:answer:{VERSION}:{question.hex()}:{provider}"


def _sound(results: list[Any]) -> list[Any]:
    """The results of a pipeline. Raises the first error, but for a key that somebody else uses for another type."""
    for result in results:
        if isinstance(result, Exception) and not str(result).startswith("WRONGTYPE"):
            raise result
    return results
