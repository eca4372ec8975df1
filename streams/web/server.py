"""Around every page: access first, faults as JSON, and the headers that browsers obey."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web

from streams.logs import get_logger
from streams.web.access import Access
from streams.web.live_page import PAGE, POLICY
from streams.web.problems import Problem
from streams.web.query import Query
from streams.web.routes import ROUTES, Route
from streams.web.state import WebState

logger: Any = get_logger(__name__)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "fulltext",
}
METHODS = "GET, HEAD"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(access: Access) -> Any:
    """The middleware around every page, and around what is none."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            access.check(request.path, request.headers.get("Host"), request.headers.get("Authorization"))
            response = await handler(request)
        except Problem as problem:
            response = _told(problem, request.path)
        except web.HTTPMethodNotAllowed:
            response = _told(
                Problem(405, "this page can only be read", f"use {METHODS}", {"Allow": METHODS}), request.path
            )
        except web.HTTPException as refused:
            response = _told(Problem(refused.status, *_no_page()), request.path)
        except Exception:
            logger.exception("web.failed", path=request.path)
            response = _told(Problem(500, "the page failed", "see the worker's log: web.failed"), request.path)
        response.headers.update(HEADERS)
        return response

    return guarded


def pages_of(state: WebState) -> dict[str, Handler]:
    """Path -> page, for every route."""
    return {route.path: partial(respond, route, state) for route in ROUTES}


async def respond(route: Route, state: WebState, request: web.Request) -> web.Response:
    """The page at `route`. Raises Problem."""
    query = Query(request.match_info, tuple(request.query.items()))
    query.check(route.parameters)
    reply = route.answer(state, query)
    return web.Response(body=reply.body, status=reply.status, headers={"Content-Type": reply.content_type})


def _no_page() -> tuple[str, str]:
    return "there is no such page", f"there are {', '.join(route.path for route in ROUTES)}"


def _told(problem: Problem, path: str) -> web.Response:
    """As JSON; a browser at `/` without a token gets the page, which holds no data and asks for it."""
    if problem.status == 401 and path == "/":
        headers = {"Content-Type": PAGE.content_type, **problem.headers}
        return web.Response(body=PAGE.body, status=problem.status, headers=headers)
    headers = {"Content-Type": "application/json", **problem.headers}
    return web.Response(body=problem.body(), status=problem.status, headers=headers)
