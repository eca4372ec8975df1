"""Answers in Redis, shared by workers and kept across restarts. A Redis that is dead, slow or full delays nobody long.

Every exchange has a small deadline of its own, and after a few failures Redis is left alone for a while, then probed.
Reading and writing are guarded apart: a full Redis can still be read. Values hold answers, which quote documents,
but no prompts; whoever can write to this Redis can plant answers, so they are checked like a provider's.
"""

import asyncio
import math
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Any

from pydantic import SecretStr

from streams.ai.cache_value import VERSION, decode, encode
from streams.ai.errors import SharedCacheUnusable
from streams.ai.guard import Guard, GuardRules
from streams.ai.redis_batches import Batches
from streams.ai.shared_cache import Found
from streams.ai.types import Completion
from streams.clock import Clock, SystemClock

COMMAND_SECONDS = 0.25
"""For one exchange, connecting included."""
MAX_VALUE_BYTES = 256 * 1024
"""An answer of 65,536 tokens; larger values are neither written nor read."""
RULES = GuardRules(consecutive=2, open_seconds=1.0, open_seconds_max=30.0, probe_seconds=60.0)
"""A probe's place is never given away: every exchange ends."""
_CLOSE_SECONDS = 1.0
_INSTALL = "AI_CACHE_URL needs the package redis; install it with: pip install 'fulltext-streams[cache]'"
_BAD_URL = "AI_CACHE_URL is not a Redis URL; write redis://[user:password@]host:port/database, or rediss:// for TLS"


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
        self._redis = redis_client(url.get_secret_value())
        self._ttl_seconds = ttl_seconds
        self._clock = clock = clock or SystemClock()
        random = random or Random()  # noqa: S311 - jitter, no secret
        self._reads, self._writes = (
            Batches(self._redis, Guard(name, rules, clock, random), clock, seconds=command_seconds)
            for name in ("read", "write")
        )
        self.ignored = 0

    @property
    def faults(self) -> int:
        """Calls that failed, ran out of time, or were not tried because earlier ones had failed."""
        return self._reads.faults + self._writes.faults

    async def get(self, question: bytes, providers: Sequence[str], seconds: float) -> Found | None:
        """The first fresh answer in the order of `providers`; one round trip."""
        if not providers:
            return None
        # one byte more than is allowed shows that a value is too large
        commands = (("GETRANGE", _key(question, provider), 0, MAX_VALUE_BYTES) for provider in providers)
        values = await self._reads.send(*commands, seconds=seconds)
        for provider, value in zip(providers, values or (), strict=False):
            if value and (found := self._found(provider, value)):
                return found
        return None

    async def put(self, question: bytes, answer: Completion, seconds: float) -> None:
        """Write it, with its time to live, which Redis keeps."""
        try:
            value = encode(answer, math.ceil(self._clock.now().timestamp() + self._ttl_seconds))
        except ValueError:
            value = b""
        if not 0 < len(value) <= MAX_VALUE_BYTES:
            self.ignored += 1
            return
        key, milliseconds = _key(question, answer.provider), max(1, round(self._ttl_seconds * 1000))
        await self._writes.send(("SET", key, value, "PX", milliseconds), seconds=seconds)

    async def forget(self, question: bytes, provider: str, seconds: float) -> None:
        """Delete it."""
        await self._writes.send(("DEL", _key(question, provider)), seconds=seconds)

    async def aclose(self) -> None:
        """Close the connections, when what is under way has ended."""
        await asyncio.gather(self._reads.aclose(), self._writes.aclose())
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


def redis_client(url: str) -> Any:
    """Redis' own client, not connected yet, which tries nothing twice. Raises SharedCacheUnusable."""
    try:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise SharedCacheUnusable(_INSTALL) from None
    try:
        return Redis.from_url(
            url,
            socket_timeout=None,  # how long an exchange may take is bounded around it
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
    except ValueError:
        raise SharedCacheUnusable(_BAD_URL) from None


def _key(question: bytes, provider: str) -> str:
    return f"fulltext:answer:{VERSION}:{question.hex()}:{provider}"
