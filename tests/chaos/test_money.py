"""Each rule about money sees its fault in made-up evidence, and none sees one where there is none."""

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.evidence import Case, Evidence, Lease
from tests.chaos.money import RULES, allowance, difference

CASE = Case(
    *("" for _ in range(9)),
    "bill",
    window=3,
    in_flight=1,
    workers=1,
    budgets={"openai/day": 1_000, "global/day": 5_000},
)


def billed(name: str | None, cost: int, second: int = 2, provider: str = "openai") -> dict[str, Any]:
    """A line of the bill."""
    at = f"1970-01-01T00:00:{second:02}+00:00"
    return {"attempt_id": name, "provider": provider, "cost_nano_usd": cost, "received_at": at, "state": "answered"}


def event(cost: int, kind: str = "reported", reserved: int = 300) -> dict[str, Any]:
    """An attempt on the ledger."""
    return {
        "outcome": "ok", "provider": "openai", "cost_nano_usd": cost, "cost_kind": kind, "reserved_nano_usd": reserved
    }  # fmt: skip


def evidence(*lines: dict[str, Any], **usage: dict[str, Any]) -> Evidence:
    """Two attempts of 100, leased before they were made, and what else is given."""
    bill = [billed("a", 100), billed("b", 100), *lines]
    leases = [Lease(1_000.0, "w1", budget, 600) for budget in CASE.budgets]
    return Evidence(
        bill=bill,
        billed={line["attempt_id"]: line for line in bill},
        usage={"a": event(100), "b": event(100)} | usage,
        leases=leases,
    )


def findings(found: Evidence, case: Case = CASE) -> set[str]:
    """The rules that have any."""
    return {name for name, rule in RULES.items() if list(rule(found, case))}


def test_sound_evidence_has_no_finding() -> None:
    """The bill is the ledger, within the leases, within the budget."""
    assert findings(evidence()) == set()


def test_attempts_marked_unknown_are_the_whole_difference() -> None:
    """One is billed less than it stays charged with, one not at all: the ledger says of both that it does not know."""
    found = evidence(billed("c", 120), c=event(300, "reserved"), d=event(300, "reserved"))
    assert findings(found) == set()
    assert (difference(found).unknown, difference(found).nano_usd) == ({"c", "d"}, -480)


def test_a_call_in_flight_at_a_kill_is_told_apart() -> None:
    """Nobody is left to write it down; `attempts` looks for the worker that died meanwhile."""
    found = evidence(billed("c", 120))
    assert difference(found).unrecorded == {"c"}
    assert findings(found) == set()


@pytest.mark.parametrize("charged", [event(99), event(101), event(0, "free")])
def test_an_amount_that_the_ledger_is_sure_of_and_has_wrong(charged: dict[str, Any]) -> None:
    """By one nano-USD, in either direction."""
    assert findings(evidence(b=charged)) == {"reconciled"}


def test_a_cost_that_nobody_billed() -> None:
    """It is on the ledger only, and not marked unknown."""
    assert findings(evidence(c=event(50))) == {"reconciled"}


@pytest.mark.parametrize("name", ["b", None])
def test_double_billing(name: str | None) -> None:
    """An attempt that is made twice, and a call that is no attempt."""
    found = evidence(billed(name, 100))
    found.bill.append(billed(name, 100))
    assert findings(found) == {"billed_once"}


def test_a_reservation_that_is_no_upper_bound() -> None:
    """Billed more than was taken for it, whether the ledger knows the price or not."""
    assert findings(evidence(b=event(100, reserved=99))) == {"upper_bounds"}


def test_a_worker_that_does_not_reserve() -> None:
    """More is billed than any lease has, and more than the budget."""
    assert findings(evidence(billed("c", 401), c=event(401, reserved=401))) == {"spent_unleased"}
    found = evidence(billed("c", 801), c=event(801, reserved=801))
    assert findings(found) == {"spent_unleased", "overspent"}


def test_a_lease_that_is_written_after_it_was_spent() -> None:
    """In the end all is there, and a crash in between would have lost it."""
    found = evidence()
    found.leases = [replace(lease, at_ms=3_000.0) for lease in found.leases]
    assert findings(found) == {"spent_unleased"}


def test_leases_that_come_to_more_than_the_budget() -> None:
    """Even for a moment, and although they are not spent; a lease that shrinks makes room for another."""
    found = evidence()
    found.leases.append(Lease(2_500.0, "w2", "openai/day", 401))
    assert findings(found) == {"overleased"}
    found.leases.insert(2, Lease(2_400.0, "w1", "openai/day", 599))
    assert findings(found) == set()


def test_the_day_after_has_a_budget_of_its_own() -> None:
    """A run over midnight may spend twice."""
    found = evidence(billed("c", 900, provider="openai"), c=event(900, reserved=900))
    found.bill[-1]["received_at"] = "1970-01-02T00:00:00+00:00"
    found.leases.append(Lease(4_000.0, "w1/second day", "openai/day", 900))
    found.leases.append(Lease(4_000.0, "w1/second day", "global/day", 900))
    assert findings(found) == set()


def test_money_that_nobody_could_spend() -> None:
    """Of what is not spent a kill explains a lease, an unknown attempt itself, each worker a reservation."""
    case = replace(CASE, budgets={"openai/day": 1_000}, exhausted=True)
    found = evidence()
    assert allowance(found, case, "openai/day") == 300
    assert findings(found, case) == {"unused"}
    found.events = [{"at_ms": 0.0, "what": "kill"}]
    assert allowance(found, case, "openai/day") == 300 + 10 + 2 * 300
    assert findings(found, case) == set()
    found.events = []
    found.usage["c"] = event(500, "reserved", reserved=500)
    assert allowance(found, case, "openai/day") == 500 + 500
    assert findings(found, case) == set()
