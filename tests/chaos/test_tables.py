"""Each rule about the usage tables sees its fault in made-up evidence, and none sees one where there is none."""

from typing import Any

import pytest

from tests.chaos.evidence import Case, Evidence
from tests.chaos.tables import RULES

CASE = Case(*("" for _ in range(9)), "bill", window=3, in_flight=1, stats_topic="stats")


def event(cost: int, kind: str = "reported") -> dict[str, Any]:
    """An attempt on the ledger."""
    tokens = {"input_tokens": 10, "output_tokens": 1}
    return {"outcome": "ok", "provider": "groq", "model": "m", "cost_nano_usd": cost, "cost_kind": kind, **tokens}


def table(**changes: Any) -> dict[str, Any]:
    """Groq's month: three attempts, one of them unknown."""
    window = {
        "model": "m", "calls": 3, "outcomes": {"ok": 3}, "input_tokens": 30, "output_tokens": 3,
        "cost_nano_usd": {"reported": 200, "reserved": 300},
    }  # fmt: skip
    return {"provider": "groq", "months": [window | changes]}


def findings(groq: dict[str, Any], **others: dict[str, Any]) -> set[str]:
    """The rules that have any."""
    billed = {name: {"cost_nano_usd": 100} for name in "abx"}
    usage = {"a": event(100), "b": event(100), "c": event(300, "reserved")}
    evidence = Evidence(billed=billed, usage=usage, tables={"groq": groq, **others})
    return {name for name, rule in RULES.items() if list(rule(evidence, CASE))}


def test_sound_tables_have_no_finding() -> None:
    """Two calls as billed, one marked unknown, and one on the bill that died with its worker."""
    assert findings(table()) == set()


def test_months_are_added() -> None:
    """A run over the end of a month has two."""
    first = table(calls=1, outcomes={"ok": 1}, input_tokens=10, output_tokens=1, cost_nano_usd={"reported": 100})
    rest = {"calls": 2, "outcomes": {"ok": 2}, "input_tokens": 20, "output_tokens": 2}
    second = table(**rest, cost_nano_usd={"reported": 100, "reserved": 300})
    assert findings({"months": [*first["months"], *second["months"]]}) == set()


@pytest.mark.parametrize(
    "changes", [{"calls": 4}, {"outcomes": {"ok": 2, "timeout": 1}}, {"input_tokens": 29}, {"model": "n"}]
)
def test_a_table_that_counts_otherwise(changes: dict[str, Any]) -> None:
    """One call too many, another outcome, a token lost, another model."""
    assert findings(table(**changes)) == {"tables_are_the_ledger"}


def test_a_table_that_costs_otherwise() -> None:
    """Doubled cost, and a cost whose kind is another."""
    every = {"tables_are_the_ledger", "tables_are_the_bill"}
    assert findings(table(cost_nano_usd={"reported": 400, "reserved": 300})) == every
    assert findings(table(cost_nano_usd={"reported": 500})) == every


def test_a_provider_that_nobody_asked_or_that_is_missing() -> None:
    """Both are told."""
    assert "tables_are_the_ledger" in findings(table(), gemini=table())
    assert "tables_are_the_ledger" in findings({})
