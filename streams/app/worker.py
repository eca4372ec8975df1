"""A worker: the Faust app and everything in it."""

import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

from schemas import ProviderHealth, ProviderUsage
from streams.ai.budget import Balance, Unlimited
from streams.ai.limits.share import Share
from streams.app.asker import ServiceAsker, service_asker
from streams.app.money import KNOWN_PROVIDERS, budget_limits, check_hold, cluster_budget
from streams.clock import SystemClock
from streams.pipeline import pages
from streams.pipeline.alerts import Calls, alert_desk, calls_of
from streams.pipeline.connection import client_arguments
from streams.pipeline.delivery import Delivery
from streams.pipeline.faust_app import VerifierApp, make_app
from streams.pipeline.faust_credentials import faust_credentials
from streams.pipeline.group import FaustGroup
from streams.pipeline.usage import usage_tables
from streams.pipeline.usage.spent import of_all_workers, with_spent
from streams.pipeline.verifier import Limits, Topics, Verifier
from streams.settings import Settings
from streams.verify import Policy
from streams.web.access import Access
from streams.web.provider_health import own_health
from streams.web.server import guard, pages_of
from streams.web.state import Providers, WebState

STALLED_SECONDS = 60.0
"""Beyond a record's deadline: with none ended for so long, a worker is not ready."""
_RECORD_OVERHEAD = 1024 * 1024
"""Room for keys and headers above a record's value, in every size limit."""


def build_app(
    settings: Settings, open_chain: Callable[..., Any] = service_asker, listening: socket.socket | None = None
) -> VerifierApp:
    """The worker's Faust app. `open_chain(settings, on_attempt, share, budget)` gives the Asker.

    `listening`: where the pages are served; None: nowhere. Raises SettingsError.
    """
    parts = Parts(settings, open_chain)

    def verifier_of(app: VerifierApp) -> Verifier:
        verifier = parts.verifier(app)
        if listening is not None:
            pages.mount(app, listening, pages_of(parts.state(verifier)))
        return verifier

    return make_app({**_faust_options(settings), **_web_options(settings, listening)}, verifier_of)


class Parts:
    """A worker's parts, each made once. Raises SettingsError."""

    def __init__(self, settings: Settings, open_chain: Callable[..., Any]) -> None:
        self._settings = settings
        self._open_chain = open_chain
        self._clock = SystemClock()
        self._client = client_arguments(settings)
        self._worker = f"{socket.gethostname()}-{os.getpid()}"
        self._providers: Providers | None = None
        self._budget_limits = budget_limits(settings)
        self._money = cluster_budget(settings, self._budget_limits, self._client, self._clock)
        self._usage = usage_tables(settings, self._clock, KNOWN_PROVIDERS)
        self._desk = alert_desk(
            settings, self._clock, own_health=self._own_health, calls=self._calls, balances=self._balances
        )

    def verifier(self, app: VerifierApp) -> Verifier:
        """Everything between the stream and the broker's word."""
        settings, size = self._settings, _max_bytes(self._settings)
        return Verifier(
            Topics(*(settings.topic(name) for name in ("scraped-content", "fulltext-verdicts", "scraped-content.dlq"))),
            _limits(settings),
            Policy(local_tier=settings.verify_local_tier, second_opinion=settings.verify_second_opinion),
            Delivery(self._client, settings.topic("provider-usage"), max_request_bytes=size),
            FaustGroup(app, self._client, max_fetch_bytes=size),
            self._open,
            crash=app.crash,
            clock=self._clock,
            money=self._money,
            alerts=self._desk,
            usage=self._usage,
        )

    def state(self, verifier: Verifier) -> WebState:
        """What the pages tell."""
        return WebState(
            worker=self._worker,
            clock=self._clock,
            providers=lambda: self._providers,
            balances=self._shared_balances,
            left=self._left,
            stats=lambda: self._usage.view.stats,
            analytics=lambda: self._usage.view.analytics,
            alerts=lambda: tuple(reversed(self._desk.book.latest)),
            firing=lambda: self._desk.book.firing,
            figures_age=self._usage.view.age_seconds,
            heartbeats=self._desk.health.living,
            recovered=lambda: self._usage.view.recovered,
            flow=verifier.flow,
            stalled_after_seconds=self._settings.verify_record_deadline_seconds + STALLED_SECONDS,
        )

    def _open(self, on_attempt: Callable[[ProviderUsage], None], share: Share) -> Any:
        budget = self._money.budget if self._money else Unlimited()
        asker = self._open_chain(self._settings, on_attempt, share, budget)
        if isinstance(asker, ServiceAsker):
            self._providers = asker.service
            if self._settings.verify_on_outage == "hold":
                check_hold(self._budget_limits, asker.price_bounds())
        return asker

    def _balances(self) -> Sequence[Balance]:
        return tuple(with_spent(self._money.budget.balances(), self._usage.view)) if self._money else ()

    def _shared_balances(self) -> Sequence[Balance]:
        return tuple(of_all_workers(self._money.budget.balances(), self._usage.view)) if self._money else ()

    def _left(self, provider: str) -> Sequence[Balance]:
        return self._money.budget.left(provider, None) if self._money else ()

    def _calls(self) -> dict[str, Calls] | None:
        """Of the last minutes, as `/stats` tells them; None: not read yet."""
        view = self._usage.view
        return calls_of(view.stats, self._clock.now()) if view.recovered else None

    def _own_health(self) -> Sequence[ProviderHealth]:
        return own_health(self._worker, self._providers, self._left)


def _limits(settings: Settings) -> Limits:
    return Limits(
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


def _max_bytes(settings: Settings) -> int:
    return settings.verify_max_record_bytes + _RECORD_OVERHEAD


def _web_options(settings: Settings, listening: socket.socket | None) -> dict[str, Any]:
    if listening is None:
        return {"web_enabled": False}
    return pages.options(guard(Access(settings.web_host, settings.web_token)))


def _faust_options(settings: Settings) -> dict[str, Any]:
    session = settings.kafka_session_timeout_seconds
    return {
        "env": {},  # Faust would let its own variables win over all of these, and WEB_PORT is one of them
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
        "consumer_max_fetch_size": _max_bytes(settings),
        "stream_processing_timeout": 3600.0,  # we watch progress ourselves
        "table_standby_replicas": 0,
    }
