"""One vendor's side of the server: takes requests, has them decided and billed, lets time pass, delivers."""

import asyncio
import random
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from streams.clock import Clock
from streams.sandbox.emulator.bill import Bill
from streams.sandbox.emulator.delivery import deliver
from streams.sandbox.emulator.desk import Decision, bill_line, decide, hung
from streams.sandbox.emulator.exchange import Accepts, Exchange
from streams.sandbox.emulator.faults.registry import EVERYWHERE
from streams.sandbox.emulator.faults.script import Script
from streams.sandbox.emulator.latency import Latency
from streams.sandbox.emulator.limits import Limits, Meter, Standing
from streams.sandbox.emulator.stats import Stats
from streams.sandbox.emulator.tokens import count_messages
from streams.sandbox.emulator.vendors.vendor import Vendor
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Unservable
from streams.sandbox.emulator.writer import PromptCache

ATTEMPT_HEADER = "X-Client-Request-Id"
_PRESUMED_OUTPUT = 500
"""Tokens that a request is taken to need when it names no limit."""


@dataclass
class VendorServer:
    """Everything that one vendor needs at run time."""

    vendor: Vendor
    script: Script
    bill: Bill
    latency: Latency
    limits: Limits
    accepts: Accepts
    gullible: bool
    clock: Clock
    rng: random.Random
    stats: Stats = field(default_factory=Stats)
    cache: PromptCache = field(default_factory=PromptCache)
    meters: dict[str, Meter] = field(default_factory=dict)

    def routes(self) -> list[web.RouteDef]:
        """The vendor's paths; whatever else comes under its prefix is a 404 in its form."""
        found = [web.post(path, self.complete) for path in self.vendor.chat_paths]
        found += [web.get(path, self.list_models) for path in self.vendor.list_paths]
        found += [web.get(path, self.show_model) for path in self.vendor.model_paths]
        return [*found, web.route("*", self.vendor.prefix + "/{tail:.*}", self.nothing_here)]

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """A completion. The line of the bill is written before anything is sent."""
        received = self.clock.now()
        self.stats.enter()
        try:
            try:
                body = await request.read()
            except web.HTTPRequestEntityTooLarge:
                return await deliver(request, self._plain(Problem(413)))
            exchange = self._exchange(request, body)
            decision = decide(exchange, self.script.pick(self.vendor.name, body))
            wait = self._wait(decision)
            if wait is None:
                decision = hung(decision)
            line = bill_line(exchange, decision, request.headers.get(ATTEMPT_HEADER), received)
            self.bill.add(line)
            self.stats.bill(line)
            if wait:
                await asyncio.sleep(wait)
            return await deliver(request, decision.outgoing)
        finally:
            self.stats.leave()

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        """`GET models`."""
        return await deliver(request, self._looked_up(request, None))

    async def show_model(self, request: web.Request) -> web.StreamResponse:
        """`GET models/{model}`."""
        return await deliver(request, self._looked_up(request, request.match_info["model"]))

    async def nothing_here(self, request: web.Request) -> web.StreamResponse:
        """A path that the vendor does not have."""
        return await deliver(request, self._plain(Problem(404)))

    def _looked_up(self, request: web.Request, name: str | None) -> Outgoing:
        fault = self.script.pick(self.vendor.name, b"", only=EVERYWHERE)
        exchange = self._exchange(request, b"")
        if fault:
            return fault.apply(exchange)
        try:
            exchange.check_key()
            found = self.vendor.listing() if name is None else self.vendor.describe(self.vendor.find(name))
        except Unservable as error:
            return exchange.problem(error.problem)
        return Outgoing(200, orjson.dumps(found), self.vendor.headers(exchange.ident, None, None))

    def _plain(self, problem: Problem) -> Outgoing:
        return self.vendor.problem(problem)

    def _exchange(self, request: web.Request, body: bytes) -> Exchange:
        return Exchange(
            vendor=self.vendor,
            params={**request.query, **request.match_info},
            body=body,
            key=self.vendor.key(request.headers),
            ident=f"{self.rng.getrandbits(96):024x}",
            cache=self.cache,
            take=self._take,
            accepts=self.accepts,
            gullible=self.gullible,
        )

    def _take(self, ask: Ask) -> Standing:
        """Azure and OpenAI charge a limit of tokens with what a request may use, not with what it did."""
        meter = self.meters.setdefault(ask.model.name, Meter(self.limits, self.clock))
        return meter.take(count_messages(ask.texts) + (ask.max_tokens or _PRESUMED_OUTPUT))

    def _wait(self, decision: Decision) -> float | None:
        """Seconds before the first byte; None: for ever. Errors come at once."""
        outgoing = decision.outgoing
        if outgoing.usage is None:
            return 0.0
        drawn = self.latency.draw(self.rng)
        extra = outgoing.seconds if outgoing.manner == "whole" else 0.0
        return None if drawn is None else drawn + extra
