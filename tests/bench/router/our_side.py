"""The service behind `ask`: two providers, everything else as it comes."""

from pydantic import SecretStr

from streams.ai import (
    AIConfig,
    CacheRules,
    CompletionOptions,
    GuardRules,
    ProviderConfig,
    RetryRules,
    UnifiedAIService,
)
from streams.ai.budget import BudgetLimits, MemoryBudget, Overrun
from streams.ai.providers import registry as _registry  # noqa: F401 - loaded late otherwise, and not counted as import
from streams.clock import SystemClock
from tests.bench.router.job import FIRST_MODEL, KEY, SECOND_MODEL, Setup, Variant

_NEVER = 10**9


class OurSide:
    """`UnifiedAIService` with its defaults; the cache only where the job says so."""

    def __init__(self, service: UnifiedAIService, options: CompletionOptions, cooldown_seconds: float) -> None:
        self._service = service
        self._options = options
        self.cooldown_seconds = cooldown_seconds
        """The breaker's first open time."""

    async def ask(self, prompt: str) -> None:
        """Raises AIError."""
        await self._service.generate_completion(prompt, self._options)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()


def build(variant: Variant, setup: Setup) -> OurSide:
    """The side for `setup`."""
    breaker, retries = GuardRules(), RetryRules()
    if not setup.skips_dead:
        breaker = GuardRules(consecutive=_NEVER, min_calls=_NEVER)
        retries = RetryRules(share=0.0, burst=0.0)
    config = AIConfig(
        (
            ProviderConfig("groq", SecretStr(KEY), setup.first_url, FIRST_MODEL),
            ProviderConfig("openai", SecretStr(KEY), setup.second_url, SECOND_MODEL),
        ),
        allow_private_endpoints=True,
        max_in_flight=setup.concurrency,
        breaker=breaker,
        retries=retries,
        cache=CacheRules() if setup.cache else None,
    )
    service = UnifiedAIService.from_config(config, budget=_budget(setup))
    options = CompletionOptions() if setup.max_tokens is None else CompletionOptions(max_tokens=setup.max_tokens)
    return OurSide(service, options, breaker.open_seconds)


def _budget(setup: Setup) -> MemoryBudget | None:
    if setup.budget_nano_usd is None:
        return None
    return MemoryBudget(BudgetLimits(daily={"groq": setup.budget_nano_usd}), SystemClock(), _overrun)


def _overrun(overrun: Overrun) -> None:
    print(f"billed above its reservation: {overrun}")  # noqa: T201
