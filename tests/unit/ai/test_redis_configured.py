"""How the second cache tier is configured: by one URL, which is never shown."""

import sys
from random import Random

import pytest
import structlog
from pydantic import SecretStr

from streams.ai import AIConfig, CacheRules, Completion, FakeProvider, ProviderConfig, UnifiedAIService
from streams.ai.errors import SharedCacheUnusable
from streams.ai.redis_cache import RedisCache
from streams.app import ai_config
from streams.clock import ManualClock
from streams.errors import UserError
from streams.settings import load

SECRET = "canary-4711"
NOWHERE = SecretStr(f"redis://:{SECRET}@127.0.0.1:1/0")
ANSWER = Completion("yes", 1, 1, 0, "a", "m", None, 0, cached=True, attempts=(), saved_nano_usd=5)


@pytest.mark.parametrize(
    "url",
    [f"http://:{SECRET}@host", f"{SECRET}", f"redis://:{SECRET}@host:port/0", f"redis://h/0?socket_timeout={SECRET}"],
    ids=["scheme", "no_url", "port", "option"],
)
def test_a_url_that_is_none_is_an_error_that_shows_nothing_of_it(url: str) -> None:
    """One sentence that names the variable and the form."""
    with pytest.raises(SharedCacheUnusable, match="AI_CACHE_URL is not a Redis URL") as caught:
        RedisCache(SecretStr(url), ttl_seconds=60)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert isinstance(caught.value, UserError)


def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is optional."""
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(SharedCacheUnusable, match=r"fulltext-streams\[cache\]"):
        RedisCache(NOWHERE, ttl_seconds=60)


def test_settings_reach_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time, bytes and URL; and no URL, no second tier."""
    monkeypatch.setenv("AI_CACHE_URL", NOWHERE.get_secret_value())
    config = ai_config(load(ai_cache_ttl_seconds=60, ai_cache_max_bytes=2048))
    assert config.cache == CacheRules(max_bytes=2048, ttl_seconds=60)
    assert config.cache_url == NOWHERE
    monkeypatch.delenv("AI_CACHE_URL")
    assert ai_config(load()).cache_url is None


async def test_the_service_opens_it_lazily_and_lives_without_it() -> None:
    """Nothing connects at the start; a server that is not there is a fault that is counted, not an error."""
    groq = ProviderConfig("groq", SecretStr("gsk_test_0123456789"))
    async with UnifiedAIService.from_config(AIConfig((groq,), cache_url=NOWHERE)) as service:
        assert service.cache_figures().second_tier_faults == 0
    cache = RedisCache(NOWHERE, ttl_seconds=60)
    async with UnifiedAIService([FakeProvider("yes")], cache=CacheRules(), shared_cache=cache) as service:
        assert (await service.generate_completion("question")).content == "yes"
        assert service.cache_figures().second_tier_faults == 2


async def test_a_server_that_is_away_is_told_once_and_asked_now_and_then() -> None:
    """Three failures, one line, then no more tries until the time is up; the line shows no URL."""
    clock = ManualClock()
    cache = RedisCache(NOWHERE, ttl_seconds=60, command_seconds=10, clock=clock, random=Random(1))
    with structlog.testing.capture_logs() as told:
        for _ in range(50):
            assert await cache.get(b"k", ["a"], 10) is None
            clock.advance(0.01)
    [line] = told
    assert (line["event"], line["operation"], line["error"]) == ("shared_cache.away", "read", "ConnectionError")
    assert SECRET not in repr(told)
    assert cache.faults == 50
    await cache.put(b"k", ANSWER, 0)
    assert cache.faults == 51
    await cache.aclose()
