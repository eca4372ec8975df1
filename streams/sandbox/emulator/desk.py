"""Deciding what a request gets: a fault, the ordinary answer, or the vendor's objection. And its line of the bill."""

from dataclasses import dataclass, replace
from datetime import datetime

from streams.sandbox.emulator.bill import BillLine
from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.faults import BadFault, Fault
from streams.sandbox.emulator.models import Usage
from streams.sandbox.emulator.wire import Outgoing, Problem, Unservable

_NOTHING = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is sent, and the word for it on the bill."""

    outgoing: Outgoing
    state: str


def decide(exchange: Exchange, fault: Fault | None) -> Decision:
    """What this request gets. Never raises."""
    try:
        if fault is None:
            return Decision(exchange.answer(), "answered")
        return Decision(fault.apply(exchange), f"fault:{fault.name}")
    except Unservable as error:
        return Decision(exchange.problem(error.problem), "rejected")
    except BadFault as error:
        return Decision(exchange.problem(Problem(500, message=str(error))), "rejected")


def hung(decision: Decision) -> Decision:
    """The same work, charged, and never answered."""
    return Decision(replace(decision.outgoing, manner="hang"), "hung")


def bill_line(exchange: Exchange, decision: Decision, attempt_id: str | None, received: datetime) -> BillLine:
    """The line of one request."""
    outgoing = decision.outgoing
    usage = outgoing.usage or _NOTHING
    asked = outgoing.model or exchange.model
    return BillLine(
        attempt_id=attempt_id,
        provider=exchange.vendor.name,
        model=asked.name if asked else None,
        served_model=outgoing.served or None,
        status=outgoing.status,
        state=decision.state,
        input_tokens=usage.input,
        cached_tokens=usage.cached,
        output_tokens=usage.output,
        reasoning_tokens=usage.reasoning,
        cost_nano_usd=outgoing.model.bill(usage) if outgoing.model and outgoing.usage else 0,
        received_at=received.isoformat(),
    )
