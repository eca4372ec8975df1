"""`UnifiedAIService` as the pipeline, the verifier and the library ask it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from schemas import ProviderUsage
from streams.ai import AllProvidersFailed, CompletionOptions, InvalidRequest, NoProviderAdmits, UnifiedAIService
from streams.ai.budget import Budget
from streams.ai.limits.share import Share
from streams.app.chain import ai_config
from streams.app.money import local_budget
from streams.settings import Settings
from streams.verify import NoAnswer, Policy, Question, Reply, is_answer
from streams.verify.question import least_bytes


class ServiceAsker:
    """`UnifiedAIService` as the pipeline and the verifier ask it. `seconds`: for a record, where nobody says less."""

    def __init__(self, service: UnifiedAIService, seconds: float = 60.0) -> None:
        self.service = service
        self._seconds = seconds

    async def ask(self, question: Question, deadline_seconds: float | None = None) -> Reply:
        """One walk along the chain, for a second opinion along its stronger models.

        Raises AllProvidersFailed, NoProviderAdmits or InvalidRequest.
        """
        earlier = question.earlier
        left = deadline_seconds or self._seconds - (earlier.seconds if earlier else 0.0)
        if left <= 0:
            raise AllProvidersFailed(())
        options = CompletionOptions(
            model="quality" if earlier else "fast",
            system=question.system,
            schema=question.schema,
            accept=is_answer,
            max_tokens=question.max_tokens,
            task="verify",
            prompt_version=question.prompt_version,
            fingerprint=question.fingerprint,
            content_id=question.content_id,
            providers=self._others(question.providers, earlier.model) if earlier else question.providers,
            deadline_seconds=left,
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
            seconds=completion.latency_ms / 1_000,
        )

    async def answer(self, question: Question) -> Reply:
        """`ask` for who has no stream to hold. Raises NoAnswer."""
        try:
            return await self.ask(question)
        except NoProviderAdmits as error:
            raise NoAnswer("NO_PROVIDER_ADMITS", str(error)) from None
        except InvalidRequest as error:
            raise NoAnswer("INVALID_REQUEST", str(error)) from None
        except AllProvidersFailed as error:
            raise NoAnswer("ALL_ATTEMPTS_FAILED", str(error), error.attempts) from None

    def _others(self, allowed: tuple[str, ...] | None, model: str) -> tuple[str, ...]:
        """Providers whose stronger model is another than `model`: its own word again is no second opinion.

        Raises NoProviderAdmits when there is none.
        """
        stronger = {
            name: other for name, other in self.service.models("quality").items() if allowed is None or name in allowed
        }
        others = tuple(name for name, other in stronger.items() if other != model)
        if not others:
            raise NoProviderAdmits(dict.fromkeys(stronger, "has no stronger model"), None)
        return others

    def price_bounds(self) -> dict[str, int]:
        """Nano-USD that the smallest question reserves, by provider."""
        return self.service.price_bounds(least_bytes(), Policy().max_tokens)

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
    return ServiceAsker(service, settings.verify_record_deadline_seconds)


@asynccontextmanager
async def open_asker(settings: Settings) -> AsyncIterator[Callable[[Question], Awaitable[Reply]]]:
    """The chain for use without Kafka; what it yields raises NoAnswer.

    Raises NoProviderConfigured, SettingsError, JournalUnusable.
    """
    with local_budget(settings) as budget:
        asker = service_asker(settings, budget=budget)
        try:
            yield asker.answer
        finally:
            await asker.aclose()
