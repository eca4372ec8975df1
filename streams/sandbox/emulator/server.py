"""The server: one port, on loopback unless told otherwise, four vendors behind it."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from streams.clock import Clock, SystemClock
from streams.errors import UserError
from streams.sandbox.emulator import admin, models
from streams.sandbox.emulator.bill import Bill
from streams.sandbox.emulator.faults import Description, Script
from streams.sandbox.emulator.latency import DEFAULT, Latency
from streams.sandbox.emulator.limits import Limits
from streams.sandbox.emulator.stats import Stats
from streams.sandbox.emulator.vendor_server import VendorServer
from streams.sandbox.emulator.vendors import VENDORS

LOOPBACK = "127.0.0.1"
_MAX_BODY = 64 * 1024 * 1024
_LEAVE_SECONDS = 0.1
_ALIASES: Mapping[str, str] = {"compatible": "openai"}
"""A compatible server is OpenAI's format under another name."""
WRONG_KEY = "wrong"


class PortTaken(UserError):
    """The port cannot be had."""


class Emulator:
    """The four vendors on one port of this machine, as an async context manager.

    `latency` is for all vendors or by name; the same `seed` and requests give the same answers, times and faults.
    `accepts` says which keys are good; by default all but `wrong`. `host` is where it listens: who reaches it may ask,
    faults and bill are for loopback names only. Raises PortTaken, and BillUnwritable for a bill that cannot be written.
    """

    def __init__(
        self,
        port: int = 0,
        bill: Path | None = None,
        *,
        seed: int = 0,
        latency: Latency | Mapping[str, Latency] | None = None,
        latency_scale: float = 1.0,
        limits: Mapping[str, Limits] | None = None,
        accepts: Callable[[str], bool] = lambda key: key != WRONG_KEY,
        gullible: bool = False,
        host: str = LOOPBACK,
        clock: Clock | None = None,
    ) -> None:
        self._host = host
        self._wanted_port = port
        self.bill = Bill(bill)
        """One line per request."""
        rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._script = Script(rng)
        self._clock = clock or SystemClock()
        self._servers: list[VendorServer] = []
        for vendor_class in VENDORS:
            vendor = vendor_class(models.load()[vendor_class.name])
            pace = latency if isinstance(latency, Latency) else {**DEFAULT, **(latency or {})}[vendor.name]
            self._servers.append(
                VendorServer(
                    vendor=vendor,
                    script=self._script,
                    bill=self.bill,
                    latency=pace.scaled(latency_scale),
                    limits=(limits or {}).get(vendor.name) or Limits(request_seconds=vendor.request_window),
                    accepts=accepts,
                    gullible=gullible,
                    clock=self._clock,
                    rng=rng,
                )
            )
        self._runner: web.AppRunner | None = None
        self._open = ExitStack()
        self.port = 0
        """Of the running server."""

    @property
    def providers(self) -> tuple[str, ...]:
        """The vendors' names."""
        return tuple(server.vendor.name for server in self._servers)

    @property
    def stats(self) -> dict[str, Stats]:
        """Counts by provider."""
        return {server.vendor.name: server.stats for server in self._servers}

    @property
    def base_urls(self) -> dict[str, str]:
        """Provider -> base URL on this machine, as the settings want it (for `azure` the endpoint)."""
        root = f"http://{LOOPBACK}:{self.port}"
        found = {server.vendor.name: root + server.vendor.base for server in self._servers}
        return found | {alias: found[name] for alias, name in _ALIASES.items()}

    def environment(self) -> dict[str, str]:
        """The variables that point a worker here, with keys that mean nothing elsewhere."""
        urls = self.base_urls
        return {
            "GROQ_BASE_URL": urls["groq"],
            "GROQ_API_KEY": "emulated-groq-key",
            "GEMINI_BASE_URL": urls["gemini"],
            "GEMINI_API_KEY": "emulated-gemini-key",
            "AZURE_OPENAI_ENDPOINT": urls["azure"],
            "AZURE_OPENAI_DEPLOYMENT": "gpt-4.1-nano",
            "AZURE_OPENAI_API_KEY": "emulated-azure-key",
            "OPENAI_BASE_URL": urls["openai"],
            "OPENAI_API_KEY": "emulated-openai-key",
            "GROQ_TIER": "paid",  # what it costs is to be seen, and its limits are not those of the free tier
            "AI_CACHE_URL": "",  # made-up answers must not get into a cache that others use
            "AI_ALLOW_PRIVATE_ENDPOINTS": "true",
        }

    def script(self, provider: str, fault: Description | list[Description] | None) -> None:
        """Put a fault (or several; the first that meets a request wins) in force; None ends them all.

        Raises BadFault, and KeyError for an unknown provider.
        """
        name = _ALIASES.get(provider, provider)
        if name not in self.providers:
            raise KeyError(provider)
        self._script.set(name, fault if isinstance(fault, list) else [] if fault is None else [fault])

    def faults(self, provider: str) -> list[dict[str, Any]]:
        """The faults in force, as they would be written down."""
        return self._script.describe(_ALIASES.get(provider, provider))

    async def __aenter__(self) -> Self:
        self._open.enter_context(self.bill)
        app = web.Application(client_max_size=_MAX_BODY)
        app.add_routes(admin.routes(self))
        for server in self._servers:
            app.add_routes(server.routes())
        # Cancelling handlers of callers who left: a hanging answer must not outlive its connection.
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=_LEAVE_SECONDS)
        try:
            await self._runner.setup()
            site = web.TCPSite(self._runner, self._host, self._wanted_port, backlog=1_024)
            await site.start()
        except OSError as error:
            await self._stop()
            raise PortTaken(
                f"cannot listen on {self._host}:{self._wanted_port} ({error.strerror}); choose another"
            ) from None
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await asyncio.shield(self._stop())

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._open.close()
