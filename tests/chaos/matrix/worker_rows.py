"""Workers that are killed at barriers, stopped, frozen, out of room, and moved about by rebalances."""

import signal

from tests.chaos.matrix.conditions import at_the_provider, halted
from tests.chaos.matrix.expectations import seen
from tests.chaos.matrix.faults import Both, FromTheStart
from tests.chaos.matrix.inputs import mixed
from tests.chaos.matrix.provider_faults import scripted
from tests.chaos.matrix.row import Row
from tests.chaos.matrix.worker_faults import FIRST, DiskFull, Ended, Frozen, PoolKilled, Storm

_SLOW = FromTheStart(scripted("delay", provider="all", seconds=4.0))


def _killed_at(barrier: str) -> Row:
    return Row(
        f"killed at: {barrier.replace('-', ' ')}",
        Ended(),
        strikes=halted,
        odd={FIRST: (f"halt-{barrier}",)},
        expects=(seen("event_kill"),),
    )


ROWS = (
    Row("killed at: request sent", Both(_SLOW, Ended()), strikes=at_the_provider(4)),
    _killed_at("answered"),
    _killed_at("before-produce"),
    _killed_at("before-ack"),
    Row("one of two killed", Ended(), workers=2, records=200, inputs=mixed, dead_letters=True),
    Row("drain with calls in flight", Both(_SLOW, Ended(signal.SIGTERM)), strikes=at_the_provider(4)),
    Row(
        "drain while providers hang",
        Both(FromTheStart(scripted("hang", provider="all")), Ended(signal.SIGTERM)),
        strikes=at_the_provider(4),
    ),
    Row("frozen longer than a session", Frozen(), lasts=15.0, workers=2, records=200),
    Row("reading pool killed", PoolKilled(), records=120, inputs=mixed, dead_letters=True),
    Row("no room for its log", DiskFull(), lasts=5.0, records=120, inputs=mixed, dead_letters=True),
    Row(
        "rebalance storm, 4 workers",
        Storm(8),
        workers=4,
        records=400,
        inputs=mixed,
        dead_letters=True,
        setting={"partitions": 4, "session_timeout": 3.0},
        seeds=10,
        expects=(seen("event_join", 8),),
    ),
    Row(
        "calls cancelled by a rebalance",
        Both(_SLOW, Storm(2)),
        strikes=at_the_provider(4),
        workers=2,
        environment={"VERIFY_DRAIN_SECONDS": "0.2"},
        expects=(seen("outcome_cancelled"),),
    ),
)
