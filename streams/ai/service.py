"""`UnifiedAIService`: ask a model, cheaply and safely, whichever provider is up."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Self

from schemas import ProviderHealth, ProviderUsage
from streams.ai.adaptive import AdaptiveTimeouts
from streams.ai.budget import Budget, Unlimited
from streams.ai.cache import CacheRules
from streams.ai.chain import Chain
from streams.ai.config import AIConfig
from streams.ai.deadlines import TimeoutPolicy
from streams.ai.errors import NoProviderConfigured
from streams.ai.guard import GuardRules
from streams.ai.health import HealthRules
from streams.ai.health_report import ProviderHealthReport
from streams.ai.lane import Lane
from streams.ai.limits.limiter import Limiter
from streams.ai.limits.people import PeopleLimits
from streams.ai.limits.rules import Rates
from streams.ai.limits.share import Share, WholeShare
from streams.ai.options import CompletionOptions, prepared
from streams.ai.provider import AIProvider, Closable
from streams.ai.remember import CacheFigures, RememberingChain
from streams.ai.retries import RetryRules
from streams.ai.shared_cache import SharedCache
from streams.ai.tally import ProviderTotals
from streams.ai.tariffs import tariffs_of
from streams.ai.telling import tell_question
from streams.ai.types import Completion, ModelChoice
from streams.ai.watch import Watch
from streams.clock import Clock, SystemClock

NOT_CONFIGURED = (
    "no AI provider can be used; set GROQ_API_KEY, GEMINI_API_KEY, AZURE_OPENAI_API_KEY with AZURE_OPENAI_ENDPOINT, "
    "OPENAI_API_KEY, or COMPATIBLE_BASE_URL"
)


class UnifiedAIService:
    """A chain of providers behind one method. Belongs to one event loop; close it when done.

    Example::

        async with UnifiedAIService.from_config(config) as service:
            completion = await service.generate_completion("Is this ...?")
    """

    def __init__(
        self,
        providers: Sequence[AIProvider],
        *,
        on_attempt: Callable[[ProviderUsage], None] | None = None,
        timeouts: TimeoutPolicy | None = None,
        breaker: GuardRules | None = None,
        retries: RetryRules | None = None,
        cache: CacheRules | None = None,
        rates: Callable[[str, str], Rates] | None = None,
        share: Share | None = None,
        people: PeopleLimits | None = None,
        budget: Budget | None = None,
        max_in_flight: int = 256,
        shared_cache: SharedCache | None = None,
        health: HealthRules | None = None,
        deadline_seconds: float = 60.0,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        """Take `providers` in the order in which they are asked; `on_attempt` hears of every attempt.

        `rates(provider, model)` are the limits of one key, of which this process may use `share`; `people` the limits
        of users; `budget` the money. At most `max_in_flight` attempts are made at a time; users take turns for what
        is scarce.

        With `cache`, a question that was answered before, or is being asked by another caller, is not asked again;
        `shared_cache` is its second tier, closed with the service.
        Raises NoProviderConfigured when there are none.
        """
        if not providers:
            raise NoProviderConfigured(NOT_CONFIGURED)
        self._clock = clock = clock or SystemClock()
        timeouts = timeouts or AdaptiveTimeouts(clock)
        random = random or Random()  # noqa: S311 - jitter, no secret
        self._lanes = tuple(
            Lane(
                provider,
                tariffs_of(provider, clock.now().date()),
                timeouts=timeouts,
                rules=breaker or GuardRules(),
                budget=budget or Unlimited(),
                limiter_of=_limiters(provider.name, rates, clock, share or WholeShare()),
                retries=retries,
                clock=clock,
                random=random,
            )
            for provider in providers
        )
        self._on_attempt = on_attempt or _ignore
        self._watch = Watch(self._lanes, health or HealthRules(), clock=clock, random=random)
        self._chain = Chain(
            self._lanes,
            clock=clock,
            on_attempt=self._count,
            deadline_seconds=deadline_seconds,
            people=PeopleLimits(None, None, clock) if people is None else people,
            max_in_flight=max_in_flight,
        )
        self._remembering = (
            RememberingChain(
                self._chain, cache, clock=clock, deadline_seconds=deadline_seconds, shared_cache=shared_cache
            )
            if cache
            else None
        )

    @classmethod
    def from_config(
        cls,
        config: AIConfig,
        *,
        on_attempt: Callable[[ProviderUsage], None] | None = None,
        share: Share | None = None,
        budget: Budget | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> Self:
        """The service for `config`; a provider that cannot be used is skipped with a log line that says why.

        Raises NoProviderConfigured when none is left, ProviderMisconfigured for an unknown name or a bad base URL,
        SharedCacheUnusable for a bad URL of the shared cache.
        """
        from streams.ai.providers.registry import build_providers

        clock = clock or SystemClock()
        return cls(
            build_providers(config, clock),
            on_attempt=on_attempt,
            timeouts=AdaptiveTimeouts(
                clock, fixed={p.name: p.timeout_seconds for p in config.providers if p.timeout_seconds}
            ),
            breaker=config.breaker,
            retries=config.retries,
            health=config.health,
            cache=config.cache,
            rates=config.rates_of,
            share=share,
            budget=budget,
            people=PeopleLimits(config.user_requests_per_minute, config.requests_per_minute, clock),
            max_in_flight=config.max_in_flight,
            shared_cache=config.open_shared_cache(clock),
            deadline_seconds=config.chain_deadline_seconds,
            clock=clock,
            random=random,
        )

    @property
    def providers(self) -> tuple[str, ...]:
        """Names of the usable providers, in order."""
        return tuple(lane.name for lane in self._lanes)

    async def generate_completion(
        self, prompt: str, options: CompletionOptions | None = None, user_id: str | None = None
    ) -> Completion:
        """Ask the providers in order until one answers.

        Raises InvalidRequest (the prompt cannot be sent, or the options name a provider that there is not),
        AllProvidersFailed (some were tried), NoProviderAdmits (none could be tried now), what the budget raises when it
        cannot be relied on, and CancelledError when the caller is cancelled: an attempt in flight is then on the ledger
        as cancelled.
        """
        prompt, options = prepared(prompt, options or CompletionOptions())
        if not set(options.providers or ()) <= set(self.providers):
            from streams.ai.providers.registry import check_known

            check_known(options.providers or (), self.providers)
        chain = self._remembering if self._remembering and options.cache else self._chain
        return await tell_question(chain.ask(prompt, options, user_id), prompt, options, self._clock)

    def admits(self, providers: tuple[str, ...] | None = None) -> bool:
        """Would any of `providers` (None: any at all) be asked now?"""
        return any(lane.refusal() is None for lane in self._chain.allowed(providers))

    def next_admission_in(self, providers: tuple[str, ...] | None = None) -> float | None:
        """Seconds until it is worth asking again, 0 for now; None: waiting alone will not help."""
        refusals = [lane.refusal() for lane in self._chain.allowed(providers)]
        if None in refusals:
            return 0.0
        waits = [refused.retry_in_seconds for refused in refusals if refused]
        return min((wait for wait in waits if wait is not None), default=None)

    def models(self, choice: ModelChoice) -> dict[str, str]:
        """The model that each provider would use for `choice` now, by name, in order."""
        return {lane.name: lane.tariffs.tariff(choice).model for lane in self._lanes}

    def price_bounds(self, text_bytes: int, max_tokens: int) -> dict[str, int]:
        """Nano-USD that a `fast` call of so many UTF-8 bytes reserves, by name, in order; 0: free, or price unknown."""
        prices = {lane.name: lane.tariffs.tariff("fast").price for lane in self._lanes}
        return {name: price.bound(text_bytes, max_tokens) if price else 0 for name, price in prices.items()}

    def health(self, worker: str = "local") -> tuple[ProviderHealth, ...]:
        """How each provider looks from here, in order."""
        return self._watch.heartbeats(worker)

    def get_provider_health(self) -> dict[str, ProviderHealthReport]:
        """How each provider is, by name, in order: status, breaker, latency, error rate, last check, last error."""
        return self._watch.reports()

    def get_provider_metrics(self) -> dict[str, ProviderTotals]:
        """What each provider's attempts came to, by name, in order: since the start, and by the minute."""
        return self._watch.totals()

    def start_health_checks(self) -> None:
        """Look after providers that live traffic says nothing about, until `aclose`. `async with` does this.

        A check asks for the list of models: free, and on no ledger.
        """
        self._watch.monitor.start()

    def cache_figures(self) -> CacheFigures:
        """What the cache did since the start; all 0 without one."""
        return self._remembering.figures() if self._remembering else CacheFigures()

    async def aclose(self) -> None:
        """Close the connections of the providers and of the shared cache."""
        self._chain.close()
        if self._remembering:
            await self._remembering.aclose()
        await self._watch.monitor.aclose()
        for lane in self._lanes:
            if isinstance(lane.provider, Closable):
                await lane.provider.aclose()

    async def __aenter__(self) -> Self:
        self.start_health_checks()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _count(self, line: ProviderUsage) -> None:
        self._watch.heard(line)
        self._on_attempt(line)


def _limiters(
    provider: str, rates: Callable[[str, str], Rates] | None, clock: Clock, share: Share
) -> Callable[[str], Limiter]:
    """Makes the limiter of a model for one key of `provider`."""
    return lambda model: Limiter(rates(provider, model) if rates else Rates(), clock, share)


def _ignore(_: ProviderUsage) -> None:
    """Nobody asked to hear of attempts."""
