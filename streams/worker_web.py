"""A worker's pages put together: its socket, who may ask, and the state behind the answers."""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from schemas import BudgetAlert, ProviderStats, UsageAnalytics
from streams.ai.budget import Balance
from streams.clock import Clock
from streams.flow_meter import FlowMeter, Outcomes
from streams.pipeline import pages
from streams.pipeline.faust_app import VerifierApp
from streams.pipeline.verifier import Topics
from streams.settings import Settings
from streams.web import listen
from streams.web.access import Access
from streams.web.routes import ROUTES, Route
from streams.web.server import guard, respond
from streams.web.state import Providers, WebState

STALLED_SECONDS = 60.0
"""Beyond a record's deadline: with none ended for so long, a worker is not ready."""

AskerT = TypeVar("AskerT")


@runtime_checkable
class HasService(Protocol):
    """An asker whose chain can be looked at."""

    @property
    def service(self) -> Providers:
        """The chain."""
        ...


def _none() -> None:
    """No snapshot yet."""


@dataclass(frozen=True, slots=True)
class Views:
    """What a worker has read of all workers; see `WebState`. As they stand: nothing was read, nothing is awaited."""

    stats: Callable[[], Mapping[str, ProviderStats]] = dict
    analytics: Callable[[], UsageAnalytics | None] = _none
    alerts: Callable[[], Sequence[BudgetAlert]] = tuple
    balances: Callable[[], Sequence[Balance]] = tuple
    recovered: Callable[[], bool] = lambda: True


def open_socket(settings: Settings) -> socket.socket:
    """Where the pages will be served; it listens at once. Raises SettingsError and PortTaken."""
    listen.check(settings.web_host, guarded=settings.web_token is not None)
    fixed = "web_port" in settings.model_fields_set
    return listen.open_socket(settings.web_host, settings.web_port, fixed=fixed)


class WorkerWeb:
    """The pages of one worker; without a socket there are none, and everything else is counted all the same."""

    def __init__(self, settings: Settings, topics: Topics, clock: Clock, listening: socket.socket | None) -> None:
        self.outcomes = Outcomes(topics)
        self._settings = settings
        self._clock = clock
        self._listening = listening
        self._providers: Providers | None = None
        self.views = Views()
        """Set before the app starts."""

    def opened(self, asker: AskerT) -> AskerT:
        """Remember the chain when it is opened, and give it on."""
        self._providers = asker.service if isinstance(asker, HasService) else None
        return asker

    def options(self) -> dict[str, Any]:
        """Settings for Faust."""
        if self._listening is None:
            return {"web_enabled": False}
        return pages.options(guard(Access(self._settings.web_host, self._settings.web_token)))

    def mount(self, app: VerifierApp) -> None:
        """Serve the pages while `app` runs."""
        if self._listening is None:
            return
        meter = FlowMeter(app.verifier, self.outcomes, self._clock)
        state = WebState(
            worker=f"{socket.gethostname()}-{os.getpid()}",
            clock=self._clock,
            providers=lambda: self._providers,
            balances=self.views.balances,
            stats=self.views.stats,
            analytics=self.views.analytics,
            alerts=self.views.alerts,
            recovered=self.views.recovered,
            flow=meter.look,
            stalled_after_seconds=self._settings.verify_record_deadline_seconds + STALLED_SECONDS,
        )
        pages.mount(app, self._listening, {route.path: _page(route, state) for route in ROUTES}, meter.keep_watch)


def _page(route: Route, state: WebState) -> pages.Page:
    async def page(request: Any) -> Any:
        return respond(route, state, request)

    return page
