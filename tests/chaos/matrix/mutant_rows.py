"""Workers that are broken on purpose: the rule named must see each."""

from tests.chaos.matrix.row import Row
from tests.chaos.matrix.worker_faults import FIRST

ROWS = (
    Row("mutant: calls twice", odd={FIRST: ("double",)}, red="billed_once"),
    Row("mutant: logs a key", odd={FIRST: ("log-key",)}, red="keys_shown"),
)
