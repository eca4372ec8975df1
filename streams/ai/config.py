"""What the service is built from: plain values, wherever they come from."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from streams.ai.cache import CacheRules
from streams.ai.guard import GuardRules
from streams.ai.health import HealthRules
from streams.ai.keys.source import KeySource
from streams.ai.limits.rules import Rates, rates_for
from streams.ai.retries import RetryRules
from streams.ai.shared_cache import SharedCache
from streams.clock import Clock


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider. Without a key it is skipped, unless its kind needs none."""

    name: str
    """A kind of `streams.ai.providers.registry`: groq, gemini, azure, openai, compatible."""
    api_key: SecretStr | None = None
    """One or several, separated by commas: keys, `enc:` values, or places such as `aws-sm:<secret id>#<JSON field>`."""
    base_url: str | None = None
    """None: the vendor's own. For Azure the resource's endpoint."""
    model: str | None = None
    """None: the kind's default. For Azure the model behind the deployment, which decides the price."""
    quality_model: str | None = None
    """None: the kind's, if the fast model is its default too; else the fast model."""
    tier: Literal["free", "paid"] = "paid"
    """free: the key has no billing, calls cost nothing."""
    timeout_seconds: float | None = None
    """For one attempt, always; None: adaptive, from the kind's start value."""
    rates: Rates | None = None
    """The key's limits; None: those of the tier where they are known, else what the provider's headers tell."""
    deployment: str | None = None
    """Azure only: name of the deployment; None: the model's name."""
    api_version: str = "v1"
    """Azure only: `v1`, or a dated version for the deployment paths."""
    allow_unknown_price: bool | None = None
    """Use the provider although its model has no known price; None: only kinds that are usually self-hosted."""
    api_key_file: Path | None = None
    """One key or `enc:` value on each line, read again when the file changes; then `api_key` is not looked at."""
    key_source: KeySource | None = None
    """Any other place where keys are kept; then neither `api_key` nor `api_key_file` is looked at."""


@dataclass(frozen=True, slots=True)
class AIConfig:
    """The whole service."""

    providers: tuple[ProviderConfig, ...]
    """In the order in which they are asked."""
    allow_private_endpoints: bool = False
    """Allow http and private addresses as base URLs."""
    chain_deadline_seconds: float = 60.0
    max_in_flight: int = 256
    """Calls at the same time; more wait for their turn. Sizes the connection pools too."""
    requests_per_minute: int | None = None
    """Questions that go to a provider, of all users together; None: no limit."""
    user_requests_per_minute: int | None = None
    """The same of each user; calls without a user id are not limited so."""
    secrets_encryption_key: SecretStr | None = None
    """Fernet keys that open `enc:` values, separated by commas: the first encrypts, all decrypt."""
    secrets_encryption_key_file: Path | None = None
    """The same in a file, read again when a value cannot be opened."""
    breaker: GuardRules = field(default_factory=GuardRules)
    retries: RetryRules = field(default_factory=RetryRules)
    health: HealthRules = field(default_factory=HealthRules)
    cache: CacheRules | None = field(default_factory=CacheRules)
    """None: every call is made, equal ones at the same time too."""
    cache_url: SecretStr | None = None
    """Redis for a second tier, redis:// or rediss://, which workers share and which outlives them."""

    def rates_of(self, provider: str, model: str) -> Rates:
        """The limits of a model for one key of `provider`, one of those configured: the user's, else the tier's."""
        configured = next(one for one in self.providers if one.name == provider)
        return configured.rates or rates_for(provider, model, configured.tier)

    def open_shared_cache(self, clock: Clock) -> SharedCache | None:
        """The second tier, if one is wanted. Raises SharedCacheUnusable."""
        if self.cache is None or self.cache_url is None:
            return None
        from streams.ai.redis_cache import RedisCache

        return RedisCache(self.cache_url, ttl_seconds=self.cache.ttl_seconds, clock=clock)
