"""One request on its way to an answer: what a fault may look at and change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import orjson

from streams.sandbox.emulator.limits import Standing
from streams.sandbox.emulator.models import Model
from streams.sandbox.emulator.vendors.vendor import Params, Vendor
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Unservable, Written
from streams.sandbox.emulator.writer import PromptCache, write

Accepts = Callable[[str], bool]
"""Is the key good?"""
Take = Callable[[Ask], Standing]
"""Counts a request against its model's limits."""


@dataclass
class Exchange:
    """A request as received. Its parts are worked out when first asked for, and may raise Unservable."""

    vendor: Vendor
    params: Params
    body: bytes
    key: str | None
    ident: str
    """Of the answer."""
    cache: PromptCache
    take: Take
    accepts: Accepts
    gullible: bool = False
    """Obey orders that stand in the document."""

    @cached_property
    def ask(self) -> Ask:
        """The request, understood, from a caller with a good key."""
        self.check_key()
        try:
            body = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise Unservable(Problem(400))
        return self.vendor.read(self.params, body)

    def check_key(self) -> None:
        """Raises Unservable without a good key."""
        if not self.key or not self.accepts(self.key):
            raise Unservable(self.vendor.no_key(self.key))

    @property
    def model(self) -> Model | None:
        """The model asked for, where the request makes sense."""
        try:
            return self.ask.model
        except Unservable:
            return None

    def answer(
        self,
        edit: Callable[[Written], Written] | None = None,
        wishes: Mapping[str, Any] | None = None,
        *,
        tell_usage: bool = True,
    ) -> Outgoing:
        """The ordinary answer; `wishes` overrule the reader, `edit` changes what was written, before it is formatted.

        Raises Unservable for a request that this vendor would refuse.
        """
        ask = self.ask
        standing = self.take(ask)
        if standing.short_of:
            raise Unservable(self.throttled(standing))
        written = write(ask, self.cache, wishes, gullible=self.gullible)
        charged = written.usage
        written = edit(written) if edit else written
        told = written if tell_usage else replace(written, usage=None)
        body = orjson.dumps(self.vendor.write(ask, told, self.ident))
        headers = self.vendor.headers(self.ident, ask.model, standing)
        served = written.served or ask.model.name
        return Outgoing(200, body, headers, usage=charged, model=ask.model, served=served)

    def throttled(self, standing: Standing) -> Problem:
        """A request over a limit, with the limits' headers."""
        problem = self.vendor.throttled(self.model, standing.short_of or "tokens", standing.wait)
        headers = self.vendor.headers(self.ident, self.model, standing)
        return replace(problem, headers=headers | dict(problem.headers))

    def problem(self, problem: Problem) -> Outgoing:
        """An error in the vendor's form, free of charge."""
        found = self.vendor.problem(problem)
        return replace(found, headers=self.vendor.headers(self.ident, None, None) | dict(found.headers))
