"""A program: the worker as `fulltext worker` runs it, with one part of its money broken.

`python -m tests.chaos.spender FAULT...`. None of the faults is in the product's code.

no-reserve   a call is made whatever the budget says
no-write     a lease counts as granted when it is asked for: nothing is written down
low-bound    a call reserves a tenth of what it may cost
double       every call is made twice
"""

import asyncio
import sys
from dataclasses import replace
from typing import Any

from streams import settings as settings_module
from streams.ai.budget import Reservation
from streams.ai.pricing import Price
from streams.ai.providers.http_provider import HttpProvider
from streams.app import build_app
from streams.observability import logging
from streams.pipeline import faust_app
from streams.pipeline.ledger.lease import Lease
from streams.pipeline.ledger.lease_budget import LeaseBudget
from streams.pipeline.topics import ensure_topics


def no_reserve() -> None:
    """Check nothing, take nothing."""

    def reserve(self: LeaseBudget, attempt_id: str, provider: str, user_id: str | None, nano_usd: int) -> Reservation:
        return Reservation(attempt_id, provider, user_id, nano_usd)

    LeaseBudget.reserve = reserve  # type: ignore[method-assign]


def no_write() -> None:
    """Whoever asks has it, and the ledger never hears of it."""
    ask = Lease.ask

    def granting(self: Lease, request: Any, now: float) -> None:
        ask(self, request, now)
        self.answered(request.wanted_nano_usd, now)

    Lease.ask = granting  # type: ignore[method-assign]
    LeaseBudget.due = LeaseBudget.close = lambda _: []  # type: ignore[method-assign,assignment]


def low_bound() -> None:
    """Much too little."""
    bound = Price.bound
    Price.bound = lambda self, *sizes: bound(self, *sizes) // 10  # type: ignore[method-assign]


def double() -> None:
    """As a client library does that retries by itself."""
    send = HttpProvider._ask

    async def twice(self: Any, request: Any) -> Any:
        await send(self, replace(request))
        return await send(self, request)

    HttpProvider._ask = twice  # type: ignore[method-assign]


FAULTS = {"no-reserve": no_reserve, "no-write": no_write, "low-bound": low_bound, "double": double}
SEEN_BY = {
    "no-reserve": "overspent",
    "no-write": "spent_unleased",
    "low-bound": "upper_bounds",
    "double": "billed_once",
}
"""Fault -> the rule of the checker that must see it."""


def main(faults: list[str]) -> None:
    """Break what is asked for, then run until SIGTERM."""
    for name in faults:
        FAULTS[name]()
    settings = settings_module.load()
    logging.configure(settings.log_format, settings.log_level)
    asyncio.run(ensure_topics(settings))
    sys.exit(faust_app.run(build_app(settings)))


if __name__ == "__main__":
    main(sys.argv[1:])
