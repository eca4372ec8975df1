"""A row: what is in force, what breaks and when, and what must be seen besides the checker's rules. Only data."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chaos.matrix.conditions import A_THIRD, Condition
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.inputs import asked
from tests.chaos.matrix.run import Run
from tests.chaos.records import Item

Expectation = Callable[[Run, Mapping[str, Any]], Iterable[str]]
"""The run and the checker's figures -> what is not as it must be, a sentence each."""
Inputs = Callable[[int, int, Random], Sequence[Item]]
"""First number, how many numbers, chance -> inputs."""


@dataclass(frozen=True)
class Row:
    """One row of the matrix."""

    name: str
    fault: Fault = field(default_factory=Fault)
    strikes: Condition = A_THIRD
    """When: of the first half of the inputs, for a share."""
    lasts: float = 2.0
    """Seconds from the moment at which the fault has met something."""
    workers: int = 1
    records: int = 60
    """Half of them before the fault, half of them during it."""
    inputs: Inputs = asked
    setting: Mapping[str, Any] = field(default_factory=dict)
    """Of `Setting`, where this row differs."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """For the workers."""
    odd: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Worker -> what of it is changed, by `odd_worker`."""
    seeds: int = 1
    dead_letters: bool = False
    """Whether there may be any."""
    exits: bool = False
    """Whether a worker may end by itself; a supervisor starts it again."""
    expects: Sequence[Expectation] = ()
    blind: Collection[str] = ()
    """Rules of the checker whose evidence the fault itself destroys."""
    red: str | None = None
    """A broken program: the rule that must see it."""
