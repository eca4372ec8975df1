"""The Redis whose answers workers share: is it there, does it take and give, and is it quick enough?"""

import asyncio
import uuid
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from streams.ai.errors import SharedCacheUnusable
from streams.ai.redis_cache import COMMAND_SECONDS, redis_client
from streams.cli.doctoring.finding import Finding, Subject
from streams.clock import Clock

_SECONDS = 5.0
_KEPT_MS = 1_000
"""The key that is written for the test goes by itself."""
_SETTING = "AI_CACHE_URL"
_REMEDIES = {
    "AuthenticationError": "put the right user and password into the URL",
    "NoPermissionError": "let its user SET, GETRANGE and DEL the keys fulltext:*",
    "ReadOnlyError": "name the primary: a replica keeps nothing",
    "OutOfMemoryError": "give it more memory, or set its maxmemory-policy to allkeys-lru",
}
_AWAY = (
    "see that it runs, and that address and TLS (rediss://) are right; until then workers pay again for what is in it"
)


async def cache(subject: Subject) -> list[Finding]:
    """Writes a key that is gone after a second, and reads it."""
    url = subject.settings.ai_cache_url
    if url is None:
        return [Finding("good", f"{_SETTING} is not set: each worker remembers its own answers only")]
    try:
        redis = redis_client(url.get_secret_value())
    except SharedCacheUnusable as error:
        return [Finding("act", str(error), _SETTING)]
    try:
        return await _look(redis, _address(url), subject.clock)
    finally:
        with suppress(Exception):
            async with asyncio.timeout(_SECONDS):
                await redis.aclose()


async def _look(redis: Any, address: str, clock: Clock) -> list[Finding]:
    from redis.exceptions import RedisError

    try:
        async with asyncio.timeout(_SECONDS):
            key = f"fulltext:doctor:{uuid.uuid4().hex}"
            await redis.set(key, b"1", px=_KEPT_MS)  # the connection is made with it
            before = clock.monotonic()
            await redis.getrange(key, 0, 1)
            seconds = clock.monotonic() - before
            memory = await _memory(redis)
    except (RedisError, OSError, TimeoutError) as error:
        kind = type(error).__name__
        return [Finding("act", f"Redis at {address} cannot be used ({kind})", _SETTING, _REMEDIES.get(kind, _AWAY))]
    return [*_of_speed(address, seconds), *_of_memory(memory)]


def _of_speed(address: str, seconds: float) -> list[Finding]:
    told = f"Redis at {address} takes answers and gives them back, in {seconds * 1_000:.0f} ms"
    if seconds <= COMMAND_SECONDS / 2:
        return [Finding("good", told)]
    remedy = f"workers wait {COMMAND_SECONDS * 1_000:.0f} ms for it and then ask a model: have one that is nearer"
    return [Finding("note", told, _SETTING, remedy)]


async def _memory(redis: Any) -> dict[str, Any]:
    """What it says of its memory; nothing where this user may not ask."""
    from redis.exceptions import ResponseError

    try:
        return dict(await redis.info("memory"))
    except ResponseError:
        return {}


def _of_memory(memory: dict[str, Any]) -> list[Finding]:
    if not memory.get("maxmemory") or memory.get("maxmemory_policy") != "noeviction":
        return []
    told = "Redis refuses new answers when its memory is full (maxmemory-policy noeviction)"
    return [Finding("note", told, _SETTING, "set its maxmemory-policy to allkeys-lru")]


def _address(url: SecretStr) -> str:
    """Host and port, never user or password."""
    parts = urlsplit(url.get_secret_value())
    return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
