"""Inputs that are none, too large, sent again, or mean harm."""

from tests.chaos.matrix.expectations import asked_once, dead_letters, lines_are_events, users_are_no_labels
from tests.chaos.matrix.inputs import copies, forging, many_users, oversize, poison
from tests.chaos.matrix.row import Row

ROWS = (
    Row("poison of every kind", inputs=poison, records=80, dead_letters=True, expects=(dead_letters(16),)),
    Row("oversize dead letters", inputs=oversize, records=16, dead_letters=True, expects=(dead_letters(4),)),
    Row(
        "each record three times",
        inputs=copies,
        records=60,
        environment={"VERIFY_SECOND_OPINION": "off"},
        expects=(asked_once,),
    ),
    Row("documents that forge log lines", inputs=forging, records=40, expects=(lines_are_events,)),
    Row(
        "every record from another user",
        inputs=many_users,
        records=200,
        environment={"AI_USER_DAILY_BUDGET_USD": "0.50"},
        expects=(users_are_no_labels,),
    ),
)
