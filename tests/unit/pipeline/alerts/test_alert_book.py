"""What fires, when, and when it clears."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas import ProviderHealth, ProviderStats, ProviderWindow, UsageSums
from streams.ai.budget.alerts import alert_id
from streams.pipeline.alerts import Calls, Reading, calls_of, readings_of
from streams.pipeline.alerts import book as book_module
from streams.pipeline.alerts.wording import sentence
from tests.unit.pipeline.alerts.desk_log import NOON, DeskLog, balance, failing

_MINUTE = {"provider": "groq", "model": "m", "window_start": NOON, "window_seconds": 60}


def states(told: list[Any]) -> list[tuple[str, str, float, str]]:
    """Kind, subject, threshold and state of each."""
    return [(alert.kind, alert.subject, alert.threshold, alert.state) for alert in told]


def beat(worker: str, provider: str, breaker: str = "closed", admits_in: float | None = None) -> ProviderHealth:
    """A heartbeat."""
    admits_at = None if admits_in is None else NOON + timedelta(seconds=admits_in)
    return ProviderHealth(
        worker=worker,
        provider=provider,
        model="m",
        breaker=breaker,  # type: ignore[arg-type]
        available=True,
        timeout_seconds=10,
        admits_at=admits_at,
        at=NOON,
    )


def test_a_failure_rate_fires_once_and_clears_once() -> None:
    """Above 10 % it is told, and nothing more until it was at or below 5 % for half a minute: that it is over."""
    desk = DeskLog()
    (fired,) = desk.look(failing(0.11))
    assert states([fired]) == [("failure_rate", "groq", 0.1, "firing")]
    assert (fired.value, fired.period, fired.at) == (0.11, "2026-11-24", NOON + timedelta(seconds=5))
    assert fired.alert_id == alert_id("failure_rate", "groq", 0.1, "2026-11-24")
    for share in (0.5, 0.09, 0.06, 0.04, 0.04, 0.2, 0.05, 0.05, 0.05):
        assert desk.look(failing(share)) == []
    (cleared,) = desk.look(failing(0.0), seconds=30)
    assert (cleared.alert_id, cleared.state, cleared.value) == (fired.alert_id, "cleared", 0.0)
    assert desk.look(failing(0.0), seconds=60) == []
    assert desk.book.firing == ()
    assert [alert.state for alert in desk.book.latest] == ["firing", "cleared"]


def test_few_calls_accuse_nobody_and_excuse_nobody() -> None:
    """Below 20 calls nothing fires; and what fires does not clear because its breaker lets few calls through."""
    desk = DeskLog()
    assert desk.look(failing(1.0, calls=19)) == []
    assert len(desk.look(failing(1.0, calls=20))) == 1
    for _ in range(20):
        assert desk.look(failing(1.0, calls=3), seconds=30) == []
    desk.look(failing(0.0, calls=0))
    assert states(desk.look(failing(0.0, calls=0), seconds=30)) == [("failure_rate", "groq", 0.1, "cleared")]


def test_slow_answers_are_told_in_seconds() -> None:
    """A p95 above 5 s."""
    desk = DeskLog()
    latency = [one for one in readings_of({"groq": Calls(40, 0, 5.5)}, ()) if one.kind == "latency"]
    (fired,) = desk.look(*latency)
    assert (fired.kind, fired.threshold, fired.value) == ("latency", 5.0, 5.5)


def test_a_breaker_is_told_when_it_stays_open() -> None:
    """A moment is not; probes in between do not hide it; a minute without an opening clears it."""
    desk = DeskLog()
    is_open, closed = (readings_of({}, [beat("1", "groq", state)])[:1] for state in ("open", "closed"))
    assert desk.look(*is_open) == []
    assert desk.look(*closed, seconds=61) == []
    assert desk.look(*closed, seconds=61) == []
    assert desk.look(*is_open) == []
    assert desk.look(*closed) == []
    assert states(desk.look(*is_open)) == [("breaker_open", "groq", 0, "firing")]
    assert desk.look(*closed) == []
    assert desk.look(*is_open, seconds=50) == []
    assert desk.look(*closed) == []
    assert states(desk.look(*closed, seconds=60)) == [("breaker_open", "groq", 0, "cleared")]


def test_a_hold_is_told_with_its_age() -> None:
    """A worker to which no provider admits a call; one that admits is enough to go on."""
    desk = DeskLog()
    held = readings_of({}, [beat("1", "groq", "open", 5), beat("1", "openai", admits_in=900), beat("2", "groq")])
    free = readings_of({}, [beat("1", "groq", "closed", 5), beat("1", "openai"), beat("2", "groq")])
    assert [one.value for one in (held[-1], free[-1])] == [1, 0]
    assert desk.look(held[-1]) == []
    assert desk.look(held[-1], seconds=59) == []
    (fired,) = desk.look(held[-1], seconds=3)
    assert (fired.kind, fired.subject, fired.threshold, fired.value) == ("hold", "global", 60, 62)
    desk.look(free[-1])
    assert states(desk.look(free[-1], seconds=30)) == [("hold", "global", 60, "cleared")]


def test_a_bill_above_what_was_reserved_is_told_at_once() -> None:
    """One such call is enough; it clears when the last minutes have none."""
    desk = DeskLog()

    def overrun(nano_usd: int) -> Reading:
        sums = UsageSums(calls=1, overrun_nano_usd=nano_usd)
        stats = ProviderStats(
            provider="groq", at=NOON, minutes=(ProviderWindow(**dict(sums), **_MINUTE),) if nano_usd else ()
        )
        readings = readings_of(calls_of({"groq": stats}, NOON), ())
        return next(one for one in readings if one.kind == "overrun")

    (fired,) = desk.look(overrun(2_500))
    assert (fired.subject, fired.value, fired.state) == ("groq", 2.5e-06, "firing")
    assert desk.look(overrun(2_500)) == []
    assert desk.look(overrun(0)) == []
    (cleared,) = desk.look(overrun(0), seconds=30)
    assert (cleared.alert_id, cleared.state) == (fired.alert_id, "cleared")


def test_what_is_not_seen_any_more_clears() -> None:
    """A provider that was taken out of the chain does not fire for ever."""
    desk = DeskLog()
    desk.look(failing(1.0))
    assert desk.look() == []
    assert states(desk.look(seconds=30)) == [("failure_rate", "groq", 0.1, "cleared")]


def test_each_threshold_of_a_budget_is_told_once_in_its_period() -> None:
    """80, 90, 100 %; the next day clears the day's and lets them come again, the month's stay."""
    desk = DeskLog()
    assert desk.look(balances=[balance("groq/day", 79), balance("openai/day", 0, limit=0)]) == []
    (first,) = desk.look(balances=[balance("groq/day", 80)])
    assert first.alert_id == alert_id("budget", "groq", 0.8, "2026-11-24")
    month = balance("groq/month", 95, "2026-11")
    assert len(desk.look(balances=[balance("groq/day", 100), month])) == 4
    desk.restart()
    assert desk.look(balances=[balance("groq/day", 100), month]) == []
    new_day = desk.look(
        balances=[balance("groq/day", 100), balance("groq/day", 81, "2026-11-25"), month], seconds=43200
    )
    assert [(alert.threshold, alert.period, alert.state) for alert in new_day] == [
        (0.8, "2026-11-24", "cleared"),
        (0.9, "2026-11-24", "cleared"),
        (1.0, "2026-11-24", "cleared"),
        (0.8, "2026-11-25", "firing"),
    ]
    assert desk.look(balances=[balance("groq/day", 100, "2026-11-24"), month]) == []


def test_time_does_not_go_back() -> None:
    """A new writer with a late clock neither stamps earlier nor tells of a period that is over."""
    desk = DeskLog()
    desk.look(balances=[balance("groq/day", 80)])
    desk.look(seconds=86_400)
    newest = desk.topic[-1].at
    desk.clock.wall = NOON
    desk.restart()
    (fired,) = desk.look(failing(1.0), balances=[balance("groq/day", 80)])
    assert (fired.kind, fired.at) == ("failure_rate", newest)


def test_users_are_bounded_and_providers_are_always_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd of users that spend their budgets fills no memory and hides nothing."""
    monkeypatch.setattr(book_module, "MAX_FIRING", 2)
    desk = DeskLog()
    crowd = [balance(f"user:{number}/day", 80) for number in range(5)]
    told = desk.look(balances=[*crowd, balance("groq/day", 80)])
    assert [alert.subject for alert in told] == ["user:0", "user:1", "groq"]


def test_a_budget_without_room_for_a_call_is_used_up() -> None:
    """The rest is less than a call may cost: told at the last threshold, but not while calls may give some back."""
    desk = DeskLog()
    spent = balance("groq/day", 95)
    assert len(desk.look(balances=[replace(spent, left=0, reserved=5)])) == 2
    (used_up,) = desk.look(balances=[replace(spent, left=0, dry=True)])
    assert (used_up.threshold, used_up.value) == (1.0, 0.95)
    assert sentence(used_up) == "groq has used up its budget for 2026-11-24: 95% is spent."
    assert desk.look(balances=[replace(spent, left=0, dry=True)]) == []


def test_every_alert_is_one_sentence() -> None:
    """With subject and figure, firing and cleared."""
    desk = DeskLog()
    readings = [failing(1.0), Reading("latency", "groq", 6.0, 50), Reading("breaker_open", "groq", 1)]
    readings.append(Reading("overrun", "groq", 0.0000025))
    desk.look(*readings, Reading("hold", "global", 1), balances=[balance("groq/day", 80)], seconds=0)
    desk.look(*readings, Reading("hold", "global", 1), seconds=70)
    desk.look(seconds=0)
    desk.look(seconds=86_400)
    said = [sentence(alert) for alert in desk.topic]
    assert len(said) == len(set(said)) == 12
    assert "groq has spent 80% of its budget for 2026-11-24 (80%)." in said
    assert "groq fails 100% of its calls (more than 10%)." in said
