"""The providers by name. A new one is a file in this folder and a line in `KINDS`."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from streams.ai.config import AIConfig, ProviderConfig
from streams.ai.endpoints import checked_base_url
from streams.ai.errors import InvalidRequest, ProviderMisconfigured
from streams.ai.http import Http, HttpClient
from streams.ai.keys import KeyRing, KeysUnreadable
from streams.ai.keys.build import prefix_of, sources_of
from streams.ai.models import Catalogue
from streams.ai.pricing import Price, PriceBook
from streams.ai.providers.azure import AzureProvider
from streams.ai.providers.compatible import CompatibleProvider
from streams.ai.providers.gemini import GeminiProvider
from streams.ai.providers.groq import GroqProvider
from streams.ai.providers.http_provider import HttpProvider, ProviderSetup
from streams.ai.providers.openai import OpenAIProvider
from streams.ai.retirement import in_service
from streams.ai.types import ModelChoice
from streams.clock import Clock
from streams.logs import get_logger

logger = get_logger(__name__)


class Kind(NamedTuple):
    """A kind of provider; its default models are data (`models.toml`). `needs`: without it, it is skipped."""

    adapter: type[HttpProvider]
    base_url: str | None
    needs: str
    self_hosted: bool = False
    """Needs no key, and its price need not be known."""


_GROQ = "https://api.groq.com/openai/v1"
_GEMINI = "https://generativelanguage.googleapis.com/v1beta"
_OPENAI = "https://api.openai.com/v1"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "groq": Kind(GroqProvider, _GROQ, "GROQ_API_KEY"),
        "gemini": Kind(GeminiProvider, _GEMINI, "GEMINI_API_KEY"),
        "azure": Kind(AzureProvider, None, "AZURE_OPENAI_API_KEY"),
        "openai": Kind(OpenAIProvider, _OPENAI, "OPENAI_API_KEY"),
        "compatible": Kind(CompatibleProvider, None, "COMPATIBLE_BASE_URL", self_hosted=True),
    }
)


def build_providers(
    config: AIConfig, clock: Clock, connect: Callable[[int], Http] | None = None
) -> tuple[HttpProvider, ...]:
    """The usable providers of `config`, in its order. One that lacks something is skipped with a line that says so.

    Raises ProviderMisconfigured for an unknown or repeated name, a bad base URL or a key that cannot be sent.
    """
    connect = connect or partial(HttpClient, allow_private=config.allow_private_endpoints)
    book, catalogue = PriceBook.load(), Catalogue.load()
    built: dict[str, HttpProvider] = {}
    for provider in config.providers:
        if provider.name in built:
            raise ProviderMisconfigured(provider.name, "named twice in AI_PROVIDER_PRIORITY")
        adapter = _build(provider, config, clock, connect, book, catalogue)
        if adapter is not None:
            built[provider.name] = adapter
    return tuple(built.values())


def check_known(names: Iterable[str], configured: Iterable[str]) -> None:
    """Raise InvalidRequest for a name that is neither `configured` nor that of any kind there is."""
    known = dict.fromkeys((*configured, *KINDS))
    if unknown := [name for name in names if name not in known]:
        raise InvalidRequest(f"providers: unknown provider {unknown[0][:60]!r}; known: {', '.join(known)}")


def _build(
    provider: ProviderConfig,
    config: AIConfig,
    clock: Clock,
    connect: Callable[[int], Http],
    book: PriceBook,
    catalogue: Catalogue,
) -> HttpProvider | None:
    kind = KINDS.get(provider.name)
    if kind is None:
        raise ProviderMisconfigured(provider.name, f"no such AI provider; known are {', '.join(KINDS)}")
    model, base_url = provider.model or catalogue.default(provider.name, "fast"), provider.base_url or kind.base_url
    lacks = _lacks(provider, kind, model, base_url)
    if lacks or model is None or base_url is None:
        logger.info("ai.provider.skipped", provider=provider.name, reason=f"{lacks} is not set")
        return None
    price_of = _price_of(provider, book, clock)
    allowed = kind.self_hosted if provider.allow_unknown_price is None else provider.allow_unknown_price
    models = _models(provider, catalogue, model)
    if provider.deployment is None:  # what a deployment of the user's serves is not for us to change

        def takes(name: str) -> bool:
            return allowed or price_of(name) is not None

        today = clock.now().date()
        now = {name: in_service(catalogue, provider.name, name, today, takes) for name in set(models.values())}
        models = {choice: now[name] for choice, name in models.items()}
    unknown = sorted(name for name in models.values() if price_of(name) is None)
    if unknown and not allowed:
        logger.warning("ai.provider.skipped", provider=provider.name, reason=f"no known price for {unknown[0]}")
        return None
    setup = ProviderSetup(
        name=provider.name,
        keys=_ring(provider, config, clock),
        base_url=checked_base_url(provider.name, base_url, allow_private=config.allow_private_endpoints),
        models=models,
        price_of=price_of,
        http=connect(config.max_in_flight),
        clock=clock,
        deployment=provider.deployment,
        api_version=provider.api_version,
        allow_unknown_price=allowed,
    )
    return kind.adapter(setup)


def _lacks(provider: ProviderConfig, kind: Kind, model: str | None, base_url: str | None) -> str | None:
    """The variable that is missing, if any."""
    prefix = prefix_of(provider.name)
    if not (provider.api_key or provider.api_key_file or provider.key_source or kind.self_hosted):
        return kind.needs
    if base_url is None:
        return f"{prefix}_ENDPOINT" if provider.name == "azure" else f"{prefix}_BASE_URL"
    return f"{prefix}_MODEL" if model is None else None


def _ring(provider: ProviderConfig, config: AIConfig, clock: Clock) -> KeyRing:
    try:
        return KeyRing(provider.name, sources_of(provider, config, clock), clock)
    except KeysUnreadable as error:
        raise ProviderMisconfigured(provider.name, str(error)) from None


def _models(provider: ProviderConfig, catalogue: Catalogue, model: str) -> dict[ModelChoice, str]:
    default = model == catalogue.default(provider.name, "fast")
    default_quality = catalogue.default(provider.name, "quality") if default else None
    return {"fast": model, "quality": provider.quality_model or default_quality or model}


def _price_of(provider: ProviderConfig, book: PriceBook, clock: Clock) -> Callable[[str], Price | None]:
    def price_of(model: str) -> Price | None:
        price = book.find(provider.name, model, clock.now().date())
        return price.as_free() if price and provider.tier == "free" else price

    return price_of
