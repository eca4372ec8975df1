"""The service under hundreds of callers and every fault, the short form; and the judge can say no."""

from dataclasses import replace
from pathlib import Path

from schemas import Outcome, ProviderUsage
from streams.ai.budget import MemoryBudget, Reservation
from streams.sandbox.emulator import FAULTS
from tests.chaos.soak import soak
from tests.chaos.soak_findings import RULES, judge
from tests.chaos.soak_plan import Plan, Traces
from tests.chaos.weather import KINDS

BRIEF = Plan(seconds=1.5, callers=40, max_in_flight=30, latency_mean=0.1)


def test_the_weather_knows_every_fault() -> None:
    """A fault that is new in the emulator blows here too."""
    assert {kind["fault"] for kind in KINDS} == set(FAULTS)


async def test_every_attempt_is_on_the_bill_and_nothing_is_left(tmp_path: Path) -> None:
    """200 callers, faults of every kind, one call in ten cancelled: every rule holds but the time, which is a figure.

    How late calls end depends on who else uses this machine; the long run, `make soak`, judges it.
    """
    wanted = {"answered", "AllProvidersFailed", "cancelled", "reported", "reserved", "free"}
    seen: set[str] = set()
    for number in range(6):  # a busy machine makes few calls in five seconds
        (folder := tmp_path / str(number)).mkdir()
        traces = await soak(folder, Plan(seconds=5.0, seed=number))
        report = judge(traces, late_seconds=None)
        assert report["ok"], report
        seen |= {word for word, count in traces.ended.items() if count} | {line.cost_kind for line in traces.ledger}
        if seen >= wanted:
            break
    assert seen >= wanted


class Forgetful(list[ProviderUsage]):
    """A ledger that loses the line of its first good answer, which is billed for sure."""

    lost = False

    def append(self, line: ProviderUsage) -> None:
        if line.outcome is Outcome.OK and not self.lost:
            self.lost = True
        else:
            super().append(line)


class Hoarder(MemoryBudget):
    """A budget that never hears of the tenth settlement."""

    settled = 0

    def settle(self, reservation: Reservation, nano_usd: int) -> None:
        self.settled += 1
        if self.settled != 10:
            super().settle(reservation, nano_usd)


async def test_a_lost_line_of_the_ledger_is_found(tmp_path: Path) -> None:
    """It is billed and on no ledger, and the budget and the limits have counted it."""
    report = judge(await soak(tmp_path, BRIEF, ledger=Forgetful()), late_seconds=None)
    assert {"on_the_ledger", "limiters"} <= report["counts"].keys(), report
    assert report["counts"]["on_the_ledger"] == 1


async def test_a_reservation_that_is_never_settled_is_found(tmp_path: Path) -> None:
    """Its money is still reserved at the end."""
    report = judge(await soak(tmp_path, BRIEF, budget_kind=Hoarder), late_seconds=None)
    assert {"budgets", "left"} <= report["counts"].keys(), report
    assert "1 reservations" in report["findings"]["left"]


def _first(traces: Traces, kind: str) -> ProviderUsage:
    return next(line for line in traces.ledger if line.cost_kind == kind)


def _replaced(traces: Traces, old: ProviderUsage, **changes: object) -> Traces:
    ledger = [line.model_copy(update=changes) if line is old else line for line in traces.ledger]
    return replace(traces, ledger=ledger)


async def test_each_rule_can_say_no(tmp_path: Path) -> None:
    """A sound run of which one trace is altered: its rule turns red."""
    sound = await soak(tmp_path, BRIEF)
    assert judge(sound, late_seconds=None)["ok"]
    reported, ident = _first(sound, "reported"), {"attempt_id": "nobody's"}
    sold_short = {"cost_nano_usd": reported.cost_nano_usd - 1}
    altered = {
        "exceptions": replace(sound, strange=["KeyError: 'groq'"]),
        "on_the_bill": replace(sound, bill=[b for b in sound.bill if b["attempt_id"] != reported.attempt_id]),
        "on_the_ledger": replace(sound, bill=[*sound.bill, sound.bill[0] | ident]),
        "uncertain": _replaced(sound, reported, cost_kind="reserved"),
        "charged": _replaced(sound, reported, **sold_short),
        "budgets": _replaced(sound, reported, **sold_short),
        "limiters": _replaced(sound, reported, input_tokens=reported.input_tokens + 1),
        "left": replace(sound, left=sound.left | {"connections": 1}),
        "deadlines": replace(sound, late=[*sound.late, *[0.2] * len(sound.late)], lag=[0.0], busy=[0.0]),
    }
    assert {rule.__name__ for rule in RULES} | {"deadlines"} == altered.keys()
    for rule, traces in altered.items():
        late = 0.1 if rule == "deadlines" else None
        assert rule in judge(traces, late_seconds=late)["counts"], rule
