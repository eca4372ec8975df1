"""What must hold of the usage tables: they are the ledger of attempts, attempt by attempt, and so the vendors' bill.

`money.reconciled` holds the ledger against the bill by attempt id; a table has no ids, so it is held against the sums
over the ledger's events, by provider and model: calls, outcomes, tokens, and cost by kind.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.chaos.evidence import Case, Evidence
from tests.chaos.money import UNKNOWN

_TOKENS = ("input_tokens", "output_tokens")


def tables_are_the_ledger(evidence: Evidence, case: Case) -> Iterator[str]:
    """Each event is in its provider's month once, and nothing else is."""
    if case.bill is None or case.stats_topic is None:
        return
    ledger, tables = _of_ledger(evidence), _of_tables(evidence)
    for provider in sorted(ledger.keys() | tables.keys()):
        for name in sorted(ledger[provider].keys() | tables[provider].keys()):
            events, table = ledger[provider][name], tables[provider][name]
            if events != table:
                yield f"{provider}: {name} is {table} in the tables and {events} on the ledger"


def tables_are_the_bill(evidence: Evidence, case: Case) -> Iterator[str]:
    """What is in the tables and not on the bill is marked unknown; the other way round, it is on no ledger either."""
    if case.bill is None or case.stats_topic is None:
        return
    sure = sum(
        cost
        for provider in evidence.tables.values()
        for window in provider.get("months", ())
        for kind, cost in window.get("cost_nano_usd", {}).items()
        if kind not in UNKNOWN
    )
    billed = sum(
        line["cost_nano_usd"]
        for name, line in evidence.billed.items()
        if name in evidence.usage and evidence.usage[name]["cost_kind"] not in UNKNOWN
    )
    if sure != billed:
        yield f"{billed} billed for attempts whose price is known, {sure} in the tables"


def _of_ledger(evidence: Evidence) -> defaultdict[str, Counter[str]]:
    """Provider -> sums by name."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in evidence.usage.values():
        sums, model = found[event["provider"]], event["model"]
        sums[f"{model} calls"] += 1
        sums[f"{model} {event['outcome']}"] += 1
        sums[f"{model} {event['cost_kind']} nano-USD"] += event["cost_nano_usd"]
        for name in _TOKENS:
            sums[f"{model} {name}"] += event[name]
    return found


def _of_tables(evidence: Evidence) -> defaultdict[str, Counter[str]]:
    """The same of the months."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for provider, value in evidence.tables.items():
        for window in value.get("months", ()):
            _add(found[provider], window)
    return found


def _add(sums: Counter[str], window: dict[str, Any]) -> None:
    model = window["model"]
    sums[f"{model} calls"] += window.get("calls", 0)
    for outcome, count in window.get("outcomes", {}).items():
        sums[f"{model} {outcome}"] += count
    for kind, cost in window.get("cost_nano_usd", {}).items():
        sums[f"{model} {kind} nano-USD"] += cost
    for name in _TOKENS:
        sums[f"{model} {name}"] += window.get(name, 0)


RULES: dict[str, Callable[[Evidence, Case], Iterator[str]]] = {
    rule.__name__: rule for rule in (tables_are_the_ledger, tables_are_the_bill)
}
