"""`/_admin`: faults, bill and counts of a running emulator, for callers on this machine.

    PUT    /_admin/faults/groq   {"fault": "status", "code": 503, "share": 0.5}   or a list of them
    GET    /_admin/faults/groq
    DELETE /_admin/faults/groq
    GET    /_admin/bill?last=100
    GET    /_admin/stats

`all` in a provider's place means every provider.
"""

from dataclasses import asdict
from typing import Any, Protocol

import orjson
from aiohttp import web

from streams.sandbox.emulator.bill import Bill
from streams.sandbox.emulator.faults import BadFault, Description
from streams.sandbox.emulator.stats import Stats

ALL = "all"
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Steered(Protocol):
    """What the routes steer."""

    @property
    def providers(self) -> tuple[str, ...]:
        """Their names."""
        ...

    @property
    def bill(self) -> Bill:
        """The bill."""
        ...

    @property
    def stats(self) -> dict[str, Stats]:
        """Counts by provider."""
        ...

    def script(self, provider: str, fault: Any) -> None:
        """Put faults in force."""
        ...

    def faults(self, provider: str) -> list[dict[str, Any]]:
        """The faults in force."""
        ...


def routes(emulator: Steered) -> list[web.RouteDef]:
    """The routes of the admin side."""
    admin = _Admin(emulator)
    return [
        web.put("/_admin/faults/{provider}", admin.put),
        web.get("/_admin/faults/{provider}", admin.get),
        web.delete("/_admin/faults/{provider}", admin.delete),
        web.get("/_admin/bill", admin.bill),
        web.get("/_admin/stats", admin.stats),
    ]


class _Admin:
    def __init__(self, emulator: Steered) -> None:
        self._emulator = emulator

    async def put(self, request: web.Request) -> web.Response:
        """Replace the faults of a provider."""
        providers = self._providers(request)
        try:
            said: list[Description] | Description = orjson.loads(await request.read())
            for provider in providers:
                self._emulator.script(provider, said)
        except (orjson.JSONDecodeError, BadFault) as error:
            return _json({"error": str(error)}, 400)
        return self._faults(providers)

    async def get(self, request: web.Request) -> web.Response:
        """The faults in force."""
        return self._faults(self._providers(request))

    async def delete(self, request: web.Request) -> web.Response:
        """End the faults of a provider."""
        providers = self._providers(request)
        for provider in providers:
            self._emulator.script(provider, None)
        return self._faults(providers)

    async def bill(self, request: web.Request) -> web.Response:
        """The newest lines of the bill and its sum."""
        _local(request)
        last = request.query.get("last", "1000")
        if not last.isdecimal():
            return _json({"error": "last is a whole number"}, 400)
        bill = self._emulator.bill
        lines = [asdict(line) for line in bill.last(int(last))]
        return _json({"lines": bill.lines, "cost_nano_usd": bill.cost_nano_usd, "last": lines})

    async def stats(self, request: web.Request) -> web.Response:
        """Counts by provider."""
        _local(request)
        return _json({provider: stats.describe() for provider, stats in self._emulator.stats.items()})

    def _providers(self, request: web.Request) -> tuple[str, ...]:
        _local(request)
        provider, known = request.match_info["provider"], self._emulator.providers
        if provider == ALL:
            return known
        if provider not in known:
            said = orjson.dumps({"error": f"no provider {provider!r}; there are {', '.join(known)} and {ALL}"}).decode()
            raise web.HTTPNotFound(text=said, content_type="application/json")
        return (provider,)

    def _faults(self, providers: tuple[str, ...]) -> web.Response:
        return _json({provider: self._emulator.faults(provider) for provider in providers})


def _local(request: web.Request) -> None:
    """A web page must not reach this side under a name that it made point here."""
    if request.host.rsplit(":", 1)[0] not in _LOCAL_HOSTS:
        raise web.HTTPForbidden(text="only for this machine")


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")
