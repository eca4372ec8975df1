"""The chain of providers from the settings."""

from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from streams.ai import AIConfig, CacheRules, ProviderConfig
from streams.errors import SettingsError
from streams.settings import DEFAULT_PRIORITY, SecretFile, Settings


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
