"""THE table: path -> function, answer, meaning. The server mounts it, and the OpenAPI document is made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from schemas.base import Message
from streams.web import budgets, exposition, health, live_page, provider_health, records, stats
from streams.web.query import Query
from streams.web.reply import Reply
from streams.web.state import WebState


@dataclass(frozen=True, slots=True)
class Route:
    """One page."""

    path: str
    """Variable parts in braces."""
    answer: Callable[[WebState, Query], Reply]
    """Raises Problem."""
    meaning: str
    model: type[Message] | None = None
    """Of a JSON answer; None: `content_type` is something else."""
    content_type: str = "application/json"
    parameters: tuple[str, ...] = ()
    """What may stand behind the question mark."""
    statuses: tuple[int, ...] = (200,)
    """Of answers with `model`; problems come on top."""


def openapi(_: WebState, __: Query) -> Reply:
    """The document as it is committed; it is made from the table below (`streams.web.openapi`)."""
    return Reply(files("streams.web").joinpath("openapi.json").read_bytes())


ROUTES: tuple[Route, ...] = (
    Route("/", live_page.page, "The live page.", content_type="text/html"),
    Route(
        "/stats", stats.stats, "What calls came to, and what goes through.", stats.StatsAnswer, parameters=("window",)
    ),
    Route("/stats/users", records.users, "Who spent what today and this month (UTC).", records.UsersAnswer),
    Route("/stats/{provider}", stats.provider, "One provider's figures.", stats.ProviderAnswer, parameters=("window",)),
    Route("/budgets", budgets.budgets, "What may be spent, what is, and what is left.", budgets.BudgetsAnswer),
    Route(
        "/health/ai-providers",
        provider_health.ai_providers,
        "How the providers are, as all workers see them.",
        provider_health.AIHealthAnswer,
    ),
    Route("/livez", health.live, "The process answers; asks for no token.", health.LiveAnswer),
    Route(
        "/readyz", health.ready, "May records be counted on to be worked off?", health.ReadyAnswer, statuses=(200, 503)
    ),
    Route("/metrics", exposition.scrape, "This worker's metrics, for Prometheus.", content_type="text/plain"),
    Route("/openapi.json", openapi, "This document."),
)
