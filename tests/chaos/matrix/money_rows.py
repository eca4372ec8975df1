"""Budgets under faults, clocks that jump, keys that are replaced."""

from tests.chaos.budget import CALL
from tests.chaos.matrix.expectations import all_decided, seen
from tests.chaos.matrix.faults import Both, FromTheStart
from tests.chaos.matrix.key_faults import BadKey, StoreDown
from tests.chaos.matrix.provider_faults import scripted
from tests.chaos.matrix.row import Row
from tests.chaos.matrix.worker_faults import FIRST, ClockJump, Ended

_UNDETERMINED = {"VERIFY_ON_OUTAGE": "undetermined"}
_TWENTY = {"budgets": {"global": 20 * CALL}}

ROWS = (
    Row(
        "a budget of 20 calls, a worker killed",
        Ended(),
        workers=2,
        records=200,
        setting=_TWENTY,
        environment=_UNDETERMINED,
        expects=(seen("undetermined_NO_PROVIDER_ADMITS"),),
    ),
    Row(
        "a budget of 20 calls, costs unknown",
        Both(FromTheStart(scripted("reset", provider="all", share=0.3)), Ended()),
        workers=2,
        records=200,
        setting=_TWENTY,
        environment=_UNDETERMINED,
        expects=(seen("undetermined_NO_PROVIDER_ADMITS"), seen("unknown_attempts")),
    ),
    Row("clock an hour ahead", ClockJump(3600), odd={FIRST: ("clock",)}, workers=2, records=120, lasts=5.0),
    Row("clock an hour back", ClockJump(-3600), odd={FIRST: ("clock",)}, workers=2, records=120, lasts=5.0),
    Row(
        "clock a day ahead, the worker started again",
        ClockJump(86_400, restarts=True),
        odd={FIRST: ("clock",)},
        workers=2,
        records=120,
        lasts=5.0,
        exits=True,
    ),
    Row(
        "key replaced under load, a bad one between",
        BadKey(),
        environment={"AI_PROVIDER_PRIORITY": "groq", "GROQ_API_KEY": ""},
        records=120,
        lasts=5.0,
    ),
    Row("store of secrets down, its key refused", StoreDown(), records=120, lasts=5.0, expects=(all_decided,)),
)
