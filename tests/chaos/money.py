"""What must hold of the money: the vendors' bill beside budgets, leases and the ledger of attempts. Nano-USD."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from tests.chaos.evidence import Case, Evidence

UNKNOWN = ("reserved", "estimated", "unknown")
"""Kinds of cost by which the product says that it does not know what the vendor billed."""
PARTS = 100
"""The product says that it leases a budget in about so many parts."""


class Difference(NamedTuple):
    """The bill beside the ledger of attempts: attempt ids, and what is billed and not on the ledger."""

    wrong: set[str]
    """Both state an amount, the product is sure of its own, and they differ; or only the ledger has it."""
    unknown: set[str]
    """Marked unknown."""
    unrecorded: set[str]
    """Billed, and nowhere on the ledger: in flight when a worker was killed, which `attempts` looks into."""
    nano_usd: int


def difference(evidence: Evidence) -> Difference:
    """Reconcile by attempt id."""
    billed = {name: line["cost_nano_usd"] for name, line in evidence.billed.items()}
    charged = {name: event["cost_nano_usd"] for name, event in evidence.usage.items()}
    unknown = {name for name, event in evidence.usage.items() if event["cost_kind"] in UNKNOWN}
    differ = {name for name, cost in charged.items() if cost != billed.get(name, 0)}
    unrecorded = {name for name, cost in billed.items() if cost and name not in charged}
    return Difference(differ - unknown, unknown, unrecorded, sum(billed.values()) - sum(charged.values()))


def reconciled(evidence: Evidence, case: Case) -> Iterator[str]:
    """The bill is the ledger of attempts; they differ by the attempts marked unknown and by nothing else."""
    for name in sorted(difference(evidence).wrong):
        line, event = evidence.billed.get(name), evidence.usage[name]
        bill = f"{line['cost_nano_usd']} ({line['state']})" if line else "nothing"
        yield f"{name}: {bill} on the bill, {event['cost_nano_usd']} ({event['cost_kind']}) on the ledger"


def billed_once(evidence: Evidence, case: Case) -> Iterator[str]:
    """No attempt is on the bill twice, and nothing was charged that is no attempt."""
    times = Counter(line["attempt_id"] for line in evidence.bill if line["cost_nano_usd"])
    for name, count in times.items():
        if count > 1 or name is None:
            yield f"{name} was billed {count} times"


def upper_bounds(evidence: Evidence, case: Case) -> Iterator[str]:
    """No attempt was billed more than was reserved for it."""
    for name, event in evidence.usage.items():
        line = evidence.billed.get(name)
        if line and event["cost_kind"] != "free" and line["cost_nano_usd"] > event["reserved_nano_usd"]:
            yield f"{name}: {line['cost_nano_usd']} billed, {event['reserved_nano_usd']} reserved"


def overspent(evidence: Evidence, case: Case) -> Iterator[str]:
    """No budget is exceeded by what the vendors bill, on any day."""
    for budget, limit in case.budgets.items():
        for day, spent in _by_day(evidence, budget).items():
            if spent > limit:
                yield f"{budget} {day}: {spent} billed, the budget is {limit} ({spent / limit:.2f} times)"


def overleased(evidence: Evidence, case: Case) -> Iterator[str]:
    """At no moment do the leases come to more than the budget."""
    for budget, limit in case.budgets.items():
        most = max(_granted(evidence, budget), key=lambda step: step[1], default=(0.0, 0))
        if most[1] > limit * len(_by_day(evidence, budget) or (1,)):
            yield f"{budget}: leases of {most[1]}, the budget is {limit}"


def spent_unleased(evidence: Evidence, case: Case) -> Iterator[str]:
    """When a call is made, leases for all that is billed so far are in Kafka: what is spent was durable before."""
    for budget in case.budgets:
        steps = _granted(evidence, budget)
        for at_ms, spent in _spending(evidence, budget):
            upto = bisect_right(steps, at_ms, key=lambda step: step[0])
            granted = steps[upto - 1][1] if upto else 0
            if spent > granted:
                yield f"{budget}: {spent} billed when leases of {granted} were written"
                break


def unused(evidence: Evidence, case: Case) -> Iterator[str]:
    """What was kept from being spent: a lease a kill, the unknown attempts, a reservation a worker, and no more."""
    for budget, limit in case.budgets.items() if case.exhausted else ():
        left, bound = limit - sum(_by_day(evidence, budget).values()), allowance(evidence, case, budget)
        if left > bound:
            yield f"{budget}: {left} of {limit} unused, {bound} may be"


def allowance(evidence: Evidence, case: Case, budget: str) -> int:
    """The most that may stay unused of a budget when more was asked for than it pays."""
    reservation = max((event["reserved_nano_usd"] for event in evidence.usage.values()), default=0)
    kills = sum(event["what"] in ("kill", "exit") for event in evidence.events)
    events = [evidence.usage[name] for name in difference(evidence).unknown]
    unknown = sum(event["cost_nano_usd"] for event in events if _concerns(budget, event["provider"]))
    return kills * lease(case, budget, reservation) + unknown + case.workers * reservation


def lease(case: Case, budget: str, reservation: int) -> int:
    """The most that a worker has in its lease and not spent: a part, and twice what its calls in flight reserve."""
    return -(-case.budgets[budget] // PARTS) + 2 * case.in_flight * reservation


def figures(evidence: Evidence, case: Case) -> dict[str, int]:
    """For a report."""
    found = difference(evidence)
    over = [spent - limit for name, limit in case.budgets.items() for spent in _by_day(evidence, name).values()]
    return {
        "billed_nano_usd": sum(line["cost_nano_usd"] for line in evidence.bill),
        "ledger_nano_usd": sum(event["cost_nano_usd"] for event in evidence.usage.values()),
        "unknown_attempts": len(found.unknown),
        "bill_minus_ledger_nano_usd": found.nano_usd,
        "overspent_nano_usd": max([0, *over]),
    }


def _concerns(budget: str, provider: str) -> bool:
    return budget.partition("/")[0] in (provider, "global")


def _by_day(evidence: Evidence, budget: str) -> dict[str, int]:
    """UTC day -> what was billed."""
    spent: dict[str, int] = defaultdict(int)
    for line in evidence.bill:
        if _concerns(budget, line["provider"]):
            spent[line["received_at"][:10]] += line["cost_nano_usd"]
    return spent


def _spending(evidence: Evidence, budget: str) -> Iterator[tuple[float, int]]:
    """Milliseconds, and what was billed up to then."""
    lines = sorted(
        ((_ms(line), line["cost_nano_usd"]) for line in evidence.bill if _concerns(budget, line["provider"])),
    )
    yield from zip((at for at, _ in lines), accumulate(cost for _, cost in lines), strict=True)


def _granted(evidence: Evidence, budget: str) -> list[tuple[float, int]]:
    """Milliseconds, and the sum of all leases from then on."""
    held: dict[str, int] = {}
    steps = []
    for one in evidence.leases:
        if one.budget == budget:
            held[one.name] = one.granted
            steps.append((one.at_ms, sum(held.values())))
    return steps


def _ms(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["received_at"]).timestamp() * 1000


RULES: dict[str, Callable[[Evidence, Case], Iterator[str]]] = {
    rule.__name__: rule
    for rule in (reconciled, billed_once, upper_bounds, overspent, overleased, spent_unleased, unused)
}
