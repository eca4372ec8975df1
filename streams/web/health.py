"""`/livez` and `/readyz`: how this worker is."""

from typing import Literal

from schemas import WorkerFlow
from schemas.base import SCHEMA_VERSION, Message
from streams.web.query import Query
from streams.web.reply import Reply, as_json
from streams.web.state import WebState


class LiveAnswer(Message):
    """`/livez`: the process answers."""

    schema_version: str = SCHEMA_VERSION
    live: Literal[True] = True


class Check(Message):
    """One condition."""

    name: Literal["started", "recovered", "assigned", "progress"]
    ok: bool
    detail: str


class ReadyAnswer(Message):
    """`/readyz`: 200 when every check is good, else 503."""

    schema_version: str = SCHEMA_VERSION
    worker: str
    ready: bool
    checks: list[Check]


def live(_: WebState, __: Query) -> Reply:
    """The loop turns."""
    return as_json(LiveAnswer())


def ready(state: WebState, _: Query) -> Reply:
    """May records be counted on to be worked off?"""
    checks = [_started(state), _recovered(state), *_of_flow(state.flow(), state.stalled_after_seconds)]
    good = all(check.ok for check in checks)
    return as_json(ReadyAnswer(worker=state.worker, ready=good, checks=checks), status=200 if good else 503)


def _started(state: WebState) -> Check:
    started = state.providers() is not None
    return Check(name="started", ok=started, detail="providers connected" if started else "providers not connected yet")


def _recovered(state: WebState) -> Check:
    done = state.recovered()
    return Check(name="recovered", ok=done, detail="figures read" if done else "figures are still being read")


def _of_flow(flow: WorkerFlow, patience_seconds: float) -> list[Check]:
    moving = flow.idle_seconds <= patience_seconds
    if flow.hold_seconds is not None:
        progress = f"held for {flow.hold_seconds:.0f} s: no provider admits a call"
    else:
        progress = f"{flow.in_flight} records in flight" + (
            "" if moving else f", none ended for {flow.idle_seconds:.0f} s"
        )
    count = len(flow.partitions)
    return [
        Check(
            name="assigned",
            ok=flow.assigned,
            detail=f"{count} partitions"
            if flow.assigned
            else "no assignment in force: joining, rebalancing or stopping",
        ),
        Check(name="progress", ok=moving, detail=progress),
    ]
