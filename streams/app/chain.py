"""The chain of providers from the settings, as the pipeline and the library ask it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from schemas import ProviderUsage
from streams.ai import AIConfig, CacheRules, CompletionOptions, ProviderConfig, UnifiedAIService
from streams.ai.budget import Budget
from streams.ai.limits.share import Share
from streams.app.money import local_budget
from streams.errors import SettingsError
from streams.settings import DEFAULT_PRIORITY, SecretFile, Settings
from streams.verify import Question, Reply, is_answer


def ai_config(settings: Settings) -> AIConfig:
    """The chain as the settings describe it. Raises SettingsError for an unknown provider."""
    known = {
        "groq": ProviderConfig(
            "groq", settings.groq_api_key, settings.groq_base_url, settings.groq_model, tier=settings.groq_tier
        ),
        "gemini": ProviderConfig("gemini", settings.gemini_api_key, settings.gemini_base_url, settings.gemini_model),
        "azure": ProviderConfig(
            "azure",
            settings.azure_openai_api_key,
            settings.azure_openai_endpoint,
            settings.azure_openai_model,
            deployment=settings.azure_openai_deployment,
            api_version=settings.azure_openai_api_version,
        ),
        "openai": ProviderConfig("openai", settings.openai_api_key, settings.openai_base_url, settings.openai_model),
        "compatible": ProviderConfig(
            "compatible", settings.compatible_api_key, settings.compatible_base_url, settings.compatible_model
        ),
    }
    names = [name.strip().lower() for name in settings.ai_provider_priority.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise SettingsError("AI_PROVIDER_PRIORITY", f"unknown provider {name!r}; known: {', '.join(known)}")
    if settings.compatible_base_url and "compatible" not in names and settings.ai_provider_priority == DEFAULT_PRIORITY:
        names.append("compatible")
    return AIConfig(
        tuple(_reread(known[name]) for name in dict.fromkeys(names)),
        allow_private_endpoints=settings.ai_allow_private_endpoints,
        chain_deadline_seconds=settings.verify_record_deadline_seconds,
        max_in_flight=settings.verify_max_in_flight,
        requests_per_minute=settings.ai_requests_per_minute,
        user_requests_per_minute=settings.ai_user_requests_per_minute,
        cache=CacheRules(max_bytes=settings.ai_cache_max_bytes, ttl_seconds=settings.ai_cache_ttl_seconds),
        cache_url=settings.ai_cache_url,
        secrets_encryption_key=settings.secrets_encryption_key,
        secrets_encryption_key_file=_path(settings.secrets_encryption_key),
    )


def _reread(provider: ProviderConfig) -> ProviderConfig:
    """With keys that came from a file read there again when it changes."""
    return replace(provider, api_key_file=_path(provider.api_key))


def _path(secret: SecretStr | None) -> Path | None:
    return secret.path if isinstance(secret, SecretFile) else None


class ServiceAsker:
    """`UnifiedAIService` as the pipeline and the verifier ask it."""

    def __init__(self, service: UnifiedAIService) -> None:
        self.service = service

    async def ask(self, question: Question, deadline_seconds: float | None = None) -> Reply:
        """One walk along the chain. Raises AllProvidersFailed or NoProviderAdmits."""
        options = CompletionOptions(
            system=question.system,
            schema=question.schema,
            accept=is_answer,
            max_tokens=question.max_tokens,
            task="verify",
            prompt_version=question.prompt_version,
            content_id=question.content_id,
            providers=question.providers,
            deadline_seconds=deadline_seconds,
        )
        completion = await self.service.generate_completion(question.user, options, user_id=question.user_id)
        return Reply(
            content=completion.content,
            provider=completion.provider,
            model=completion.model,
            cost_nano_usd=completion.cost_nano_usd,
            cached=completion.cached,
            saved_nano_usd=completion.saved_nano_usd,
            attempts=completion.attempts,
        )

    def admits(self, providers: tuple[str, ...] | None = None) -> bool:
        """Whether any of these providers would admit a call now."""
        return self.service.admits(providers)

    async def aclose(self) -> None:
        """Close the providers' connections."""
        await self.service.aclose()


def service_asker(
    settings: Settings,
    on_attempt: Callable[[ProviderUsage], None] | None = None,
    share: Share | None = None,
    budget: Budget | None = None,
) -> ServiceAsker:
    """The real chain. Call it inside the loop that uses it. Raises NoProviderConfigured."""
    config = ai_config(settings)
    service = UnifiedAIService.from_config(config, on_attempt=on_attempt, share=share, budget=budget)
    service.start_health_checks()
    return ServiceAsker(service)


@asynccontextmanager
async def open_asker(settings: Settings) -> AsyncIterator[Callable[[Question], Awaitable[Reply]]]:
    """The chain for use without Kafka. Raises NoProviderConfigured, SettingsError, JournalUnusable."""
    with local_budget(settings) as budget:
        asker = service_asker(settings, budget=budget)
        try:
            yield asker.ask
        finally:
            await asker.aclose()
