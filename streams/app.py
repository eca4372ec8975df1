"""Composition root: the one place where real parts are put together.

`open_service`, `open_asker` and `build_app` take the settings and give parts; tests call the same functions.
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr

from schemas import ProviderUsage
from streams.ai import (
    AIConfig,
    AllProvidersFailed,
    CacheRules,
    CompletionOptions,
    InvalidRequest,
    NoProviderAdmits,
    ProviderConfig,
    UnifiedAIService,
)
from streams.ai.budget import Budget, BudgetLimits, MemoryBudget, Overrun, Unlimited
from streams.ai.budget.journal import FileJournal
from streams.ai.limits.share import Share
from streams.clock import Clock, SystemClock
from streams.errors import SettingsError
from streams.logs import get_logger
from streams.pipeline.connection import client_arguments
from streams.pipeline.faust_app import VerifierApp, make_app
from streams.pipeline.faust_credentials import faust_credentials
from streams.pipeline.group import FaustGroup
from streams.pipeline.heard_delivery import HeardDelivery
from streams.pipeline.ledger import ClusterBudget, HoldCheck, LedgerNames
from streams.pipeline.usage import usage_tables
from streams.pipeline.verifier import Limits, Topics, Verifier
from streams.settings import DEFAULT_PRIORITY, ProviderName, SecretFile, Settings
from streams.verify import NoAnswer, Policy, Question, Reply, is_answer
from streams.worker_web import Views, WorkerWeb

logger: Any = get_logger(__name__)

KNOWN_PROVIDERS = get_args(ProviderName)
_RECORD_OVERHEAD = 1024 * 1024
"""Room for keys and headers above a record's value, in every size limit."""


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


def policy(settings: Settings) -> Policy:
    """How documents are judged."""
    return Policy(local_tier=settings.verify_local_tier, second_opinion=settings.verify_second_opinion)


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


def budget_limits(settings: Settings) -> BudgetLimits:
    """What may be spent. Raises SettingsError naming the variable and the part."""
    return BudgetLimits.parse(
        settings.ai_daily_budget_usd, settings.ai_monthly_budget_usd, settings.ai_user_daily_budget_usd, KNOWN_PROVIDERS
    )


@contextmanager
def local_budget(settings: Settings) -> Iterator[Budget]:
    """The budget of one process, over restarts where a journal is set. Raises SettingsError, JournalUnusable."""
    limits = budget_limits(settings)
    if not limits:
        yield Unlimited()
        return
    journal = FileJournal(settings.ai_budget_journal) if settings.ai_budget_journal else None
    budget = MemoryBudget(limits, SystemClock(), _tell_overrun, journal=journal)
    try:
        yield budget
    finally:
        budget.close()


def cluster_budget(settings: Settings, client: dict[str, Any], clock: Clock) -> ClusterBudget | None:
    """The budget that workers share; None where none is configured. Raises SettingsError."""
    limits = budget_limits(settings)
    if not limits:
        return None
    check = HoldCheck(settings.topic("scraped-content"), limits) if settings.verify_on_outage == "hold" else None
    return ClusterBudget(
        client,
        LedgerNames.of(settings),
        limits,
        clock,
        _tell_overrun,
        session_seconds=settings.kafka_session_timeout_seconds,
        check=check,
    )


def _tell_overrun(overrun: Overrun) -> None:
    taken = overrun.reservation
    logger.error(
        "budget.overrun",
        provider=taken.provider,
        attempt_id=taken.attempt_id,
        reserved_nano_usd=taken.nano_usd,
        cost_nano_usd=overrun.nano_usd,
    )


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


def build_app(
    settings: Settings, open_chain: Callable[..., Any] = service_asker, listening: socket.socket | None = None
) -> VerifierApp:
    """The worker's Faust app. `open_chain(settings, on_attempt, share, budget)` gives the Asker.

    `listening`: where the pages are served; None: nowhere. Raises SettingsError.
    """
    clock = SystemClock()
    client = client_arguments(settings)
    size = settings.verify_max_record_bytes + _RECORD_OVERHEAD
    topics = Topics(
        settings.topic("scraped-content"), settings.topic("fulltext-verdicts"), settings.topic("scraped-content.dlq")
    )
    limits = Limits(
        window=settings.window,
        in_flight=settings.verify_max_in_flight,
        deadline_seconds=settings.verify_record_deadline_seconds,
        grace_seconds=min(settings.verify_drain_seconds, settings.kafka_session_timeout_seconds / 2),
        hold_on_outage=settings.verify_on_outage == "hold",
        max_record_bytes=settings.verify_max_record_bytes,
        pool_processes=settings.verify_pool_processes,
        dlq_max_ratio=settings.dlq_max_ratio,
        dlq_min_records=settings.dlq_min_records,
    )

    web = WorkerWeb(settings, topics, clock, listening)

    def verifier_of(app: VerifierApp) -> Verifier:
        money = cluster_budget(settings, client, clock)
        budget = money.budget if money else Unlimited()
        tables = usage_tables(settings, clock, KNOWN_PROVIDERS)
        web.views = Views(
            stats=lambda: tables.view.stats,
            analytics=lambda: tables.view.analytics,
            balances=money.budget.balances if money else tuple,
            recovered=lambda: tables.view.recovered,
        )
        return Verifier(
            topics,
            limits,
            policy(settings),
            HeardDelivery(client, settings.topic("provider-usage"), web.outcomes.sent, max_request_bytes=size),
            FaustGroup(app, client, max_fetch_bytes=size),
            lambda on_attempt, share: web.opened(open_chain(settings, on_attempt, share, budget)),
            crash=app.crash,
            clock=clock,
            money=money,
            usage=tables,
        )

    app = make_app({**_faust_options(settings, size), **web.options()}, verifier_of)
    web.mount(app)
    return app


def _faust_options(settings: Settings, size: int) -> dict[str, Any]:
    session = settings.kafka_session_timeout_seconds
    return {
        "id": settings.kafka_group_id,
        "version": 1,
        "broker": [f"kafka://{host.strip()}" for host in (settings.kafka_bootstrap_servers or "").split(",")],
        "broker_credentials": faust_credentials(settings),
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "processing_guarantee": "at_least_once",
        "stream_wait_empty": False,  # we drain ourselves; True never ends while records are held
        "stream_buffer_maxsize": 1024,
        "broker_max_poll_interval": settings.kafka_max_poll_interval_seconds,
        "broker_session_timeout": session,
        "broker_heartbeat_interval": min(3.0, session / 3),
        "broker_rebalance_timeout": max(60.0, settings.verify_drain_seconds * 4),
        "broker_request_timeout": max(90.0, session),
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": size,
        "stream_processing_timeout": 3600.0,  # we watch progress ourselves
        "table_standby_replicas": 0,
    }
