"""Pages of a worker: Faust's web server on our socket, with none of Faust's own pages."""

import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp.web import AppRunner, BaseSite, SockSite
from faust.web.drivers.aiohttp import Web

from streams.pipeline.faust_app import VerifierApp

Page = Callable[[Any], Awaitable[Any]]
"""From aiohttp's request to its response."""
_SHUTDOWN_SECONDS = 1.0
"""For answers on their way at a stop; aiohttp's own default is a minute."""


class SocketWeb(Web):  # type: ignore[misc]
    """Faust's server on a socket that listens already. Faust's own pages tell table data and topology: none is on."""

    def __init__(self, app: VerifierApp, listening: socket.socket) -> None:
        super().__init__(app)
        self._listening = listening
        self._runner = AppRunner(self.web_app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    def _enabled_blueprints(self) -> list[Any]:
        return []

    def _create_site(self) -> BaseSite:
        return SockSite(self._runner, self._listening)


def options(middleware: Any) -> dict[str, Any]:
    """What Faust must be told for `mount`. `middleware`: aiohttp's, around every answer."""
    return {
        "web_enabled": True,
        "web_application_options": {"middlewares": [middleware]},
        "web_tables_enabled": False,
        "web_router_enabled": False,
        "web_stats_enabled": False,
        "web_graph_enabled": False,
        "web_metrics_enabled": False,
    }


def mount(app: VerifierApp, listening: socket.socket, pages: Mapping[str, Page]) -> None:
    """Serve `pages` (path -> page) while the app runs."""
    app.web = SocketWeb(app, listening)
    for path, page in pages.items():
        app.page(path)(_view(page))


def _view(page: Page) -> Any:
    async def view(_: Any, request: Any, **__: Any) -> Any:
        return await page(request)

    return view
