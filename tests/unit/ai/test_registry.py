"""Providers from configuration."""

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from streams.ai import AIConfig, NoProviderConfigured, ProviderConfig, ProviderMisconfigured, UnifiedAIService
from streams.ai.providers.registry import KINDS, build_providers
from streams.clock import SystemClock
from streams.errors import UserError

KEY = SecretStr("sk-canary-0123456789")


def names(*configs: ProviderConfig, **more: bool) -> list[str]:
    """The usable ones, in order."""
    return [provider.name for provider in build_providers(AIConfig(configs, **more), SystemClock())]


async def test_an_openai_key_alone_is_enough() -> None:
    """The others are skipped, each with a line that names the missing variable."""
    with capture_logs() as logs:
        service = UnifiedAIService.from_config(
            AIConfig(tuple(ProviderConfig(name, KEY if name == "openai" else None) for name in KINDS))
        )
    assert service.providers == ("openai",)
    told = {line["provider"]: line["reason"] for line in logs}
    assert told["groq"] == "GROQ_API_KEY is not set"
    assert told["compatible"] == "COMPATIBLE_BASE_URL is not set"
    assert set(told) == set(KINDS) - {"openai"}
    assert "canary" not in str(logs) + repr(service.__dict__) + repr(ProviderConfig("openai", KEY))
    await service.aclose()


async def test_no_key_at_all_says_what_to_set() -> None:
    """One sentence with the variables."""
    with capture_logs(), pytest.raises(NoProviderConfigured, match="GROQ_API_KEY"):
        UnifiedAIService.from_config(AIConfig(tuple(ProviderConfig(name) for name in KINDS)))


def test_the_configured_order_is_kept() -> None:
    """First named, first asked."""
    assert names(ProviderConfig("openai", KEY), ProviderConfig("groq", KEY)) == ["openai", "groq"]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (ProviderConfig("gork", KEY), "known are groq, gemini, azure, openai, compatible"),
        (ProviderConfig("openai", KEY, base_url="http://localhost:1"), "AI_ALLOW_PRIVATE_ENDPOINTS"),
        (ProviderConfig("openai", SecretStr("sk-canary\nx")), "OPENAI_API_KEY"),
        (ProviderConfig("openai", SecretStr("sk-canary-é")), "OPENAI_API_KEY"),
    ],
)
def test_a_bad_configuration_is_named(config: ProviderConfig, problem: str) -> None:
    """The sentence says what to change and never the key."""
    with pytest.raises(ProviderMisconfigured, match=problem) as caught:
        names(config)
    assert isinstance(caught.value, UserError)
    assert "canary" not in str(caught.value)


def test_a_provider_cannot_be_named_twice() -> None:
    """Its figures and limits would be counted apart."""
    with pytest.raises(ProviderMisconfigured, match="twice"):
        names(ProviderConfig("openai", KEY), ProviderConfig("openai", KEY))


def test_an_unknown_price_is_used_only_with_leave() -> None:
    """Money that cannot be counted is not spent by default; self-hosted models are the exception."""
    with capture_logs() as logs:
        assert names(ProviderConfig("openai", KEY, model="gpt-99")) == []
    assert "gpt-99" in logs[0]["reason"]
    assert names(ProviderConfig("openai", KEY, model="gpt-99", allow_unknown_price=True)) == ["openai"]
    local = ProviderConfig("compatible", base_url="http://127.0.0.1:11434/v1", model="llama")
    assert names(local, allow_private_endpoints=True) == ["compatible"]


def test_azure_needs_its_endpoint() -> None:
    """A key alone says not where."""
    with capture_logs() as logs:
        assert names(ProviderConfig("azure", KEY)) == []
    assert logs[0]["reason"] == "AZURE_OPENAI_ENDPOINT is not set"


def test_the_free_tier_is_free_and_the_paid_one_is_not() -> None:
    """GROQ_TIER decides the price."""
    free, paid = (
        build_providers(AIConfig((ProviderConfig("groq", KEY, tier=t),)), SystemClock())[0] for t in ("free", "paid")
    )
    assert (free.input_price, free.output_price) == (0, 0)
    assert (paid.input_price, paid.output_price) == (75, 300)


def test_quality_is_a_better_model_where_one_is_known() -> None:
    """Else, or with a model of the user's own, it is the same as fast."""
    build = lambda **more: build_providers(AIConfig((ProviderConfig("groq", KEY, **more),)), SystemClock())[0]  # noqa: E731
    assert build().model_for("quality") == "openai/gpt-oss-120b"
    assert build(model="qwen/qwen3.8-27b").model_for("quality") == "qwen/qwen3.8-27b"
    assert build(quality_model="qwen/qwen3.8-27b").model_for("quality") == "qwen/qwen3.8-27b"
