"""Configured models: defaults from the data, and old settings that go on working."""

from datetime import UTC, datetime

from pydantic import SecretStr
from structlog.testing import capture_logs

from streams.ai import AIConfig, ProviderConfig
from streams.ai.models import Catalogue
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.providers.registry import build_providers
from streams.ai.tariffs import CHOICES, tariffs_of
from streams.clock import ManualClock

NOW = datetime(2026, 11, 24, tzinfo=UTC)
AZURE = "https://1.1.1.1"
KEY = SecretStr("sk-canary-0123456789")


def build(name: str, now: datetime = NOW, **more: object) -> HttpProvider | None:
    """The provider of one configuration, if it can be used."""
    config = AIConfig((ProviderConfig(name, KEY, **more),))  # type: ignore[arg-type]
    return next(iter(build_providers(config, ManualClock(now))), None)


def models(provider: HttpProvider | None) -> list[str]:
    """Behind fast and quality."""
    assert provider is not None
    return [provider.model_for(choice) for choice in CHOICES]


def test_the_defaults_are_those_of_the_data() -> None:
    """No name of a model stands in code."""
    catalogue = Catalogue.load()
    for name in ("groq", "gemini", "openai"):
        assert models(build(name)) == [catalogue.default(name, choice) for choice in CHOICES]


def test_a_retired_model_in_the_settings_is_replaced_and_priced() -> None:
    """GROQ_MODEL of an older plan: its successor is asked, at its own price, with one line that says so."""
    with capture_logs() as logs:
        provider = build("groq", model="llama-3.1-8b-instant")
        assert provider is not None
        tariffs = tariffs_of(provider, NOW.date())
    assert models(provider) == ["openai/gpt-oss-20b"] * 2
    assert (provider.input_price, provider.output_price) == (75, 300)
    assert tariffs.models == ("openai/gpt-oss-20b",)
    assert [line["event"] for line in logs] == ["ai.model.gone"]


def test_a_model_is_used_until_its_end_and_no_longer() -> None:
    """The last day before, and the day itself."""
    with capture_logs():
        assert models(build("openai", datetime(2026, 12, 10, tzinfo=UTC), model="gpt-5-nano"))[0] == "gpt-5-nano"
        assert models(build("openai", datetime(2026, 12, 11, tzinfo=UTC), model="gpt-5-nano"))[0] == "gpt-6-luna"


def test_what_a_deployment_serves_is_left_alone() -> None:
    """Its name is the user's, so no other model can be asked there; past its end that is told, once."""
    late = datetime(2027, 6, 1, tzinfo=UTC)
    with capture_logs() as logs:
        provider = build("azure", late, base_url=AZURE, deployment="mine")
        assert provider is not None
        tariffs = tariffs_of(provider, late.date())
        assert not tariffs.gone("gpt-4.1-nano")
    assert models(provider) == ["gpt-4.1-nano"] * 2
    assert tariffs.models == ("gpt-4.1-nano",)
    assert [(line["event"], line["successor"]) for line in logs] == [("ai.model.gone", None)]
    with capture_logs():
        assert models(build("azure", late, base_url=AZURE)) == ["gpt-6-luna"] * 2


def test_in_a_free_tier_the_successor_is_free_too() -> None:
    """The tier is the key's, not the model's."""
    provider = build("groq", tier="free")
    assert provider is not None
    tariffs = tariffs_of(provider, NOW.date())
    with capture_logs():
        assert tariffs.gone("openai/gpt-oss-20b")
    price = tariffs.tariff("fast").price
    assert tariffs.models == ("openai/gpt-oss-120b",)
    assert price is not None
    assert price.free


def test_where_prices_need_not_be_known_a_successor_is_taken_at_any() -> None:
    """The user said so."""
    provider = build("openai", model="gpt-99", allow_unknown_price=True)
    assert provider is not None
    assert provider.takes("gpt-100")
    strict = build("openai")
    assert strict is not None
    assert not strict.takes("gpt-100")
