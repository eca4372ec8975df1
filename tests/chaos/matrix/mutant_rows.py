"""Workers that are broken on purpose: the rule named must see each. One that uses Faust's acks is in `mutants`."""

from tests.chaos.matrix.conditions import share
from tests.chaos.matrix.faults import Both, FromTheStart
from tests.chaos.matrix.inputs import one_marked
from tests.chaos.matrix.provider_faults import scripted
from tests.chaos.matrix.row import Row
from tests.chaos.matrix.worker_faults import FIRST, Ended

ROWS = (
    Row(
        "mutant: acknowledges before the outcome",
        Both(FromTheStart(scripted("hang", provider="all")), Ended()),
        strikes=share(1.0),  # all is committed while no answer has come
        records=20,
        odd={FIRST: ("ack-first",)},
        red="lost",
    ),
    Row("mutant: drops a verdict", inputs=one_marked, odd={FIRST: ("drop",)}, red="lost"),
    Row("mutant: calls twice", odd={FIRST: ("double",)}, red="billed_once"),
    Row("mutant: logs a key", odd={FIRST: ("log-key",)}, red="keys_shown"),
)
