"""Whatever happens, and wherever the writer dies: nothing is told twice, and everything that fired clears."""

from collections import defaultdict
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import BudgetAlert
from streams.ai.budget import Balance
from streams.pipeline.alerts import Observation, Reading
from tests.unit.pipeline.alerts.desk_log import DeskLog, balance, failing, label

READINGS = st.one_of(
    st.builds(failing, st.sampled_from((0.0, 0.05, 0.07, 0.11, 1.0)), st.sampled_from((0, 5, 20, 100))),
    st.builds(Reading, st.just("latency"), st.just("groq"), st.sampled_from((0.0, 4.5, 6.0)), st.just(50)),
    st.builds(Reading, st.just("breaker_open"), st.sampled_from(("groq", "openai")), st.sampled_from((0, 1))),
    st.builds(Reading, st.just("hold"), st.just("global"), st.sampled_from((0, 1))),
)
LOOKS = st.lists(
    st.tuples(
        st.lists(READINGS, max_size=4, unique_by=lambda reading: (reading.kind, reading.subject)),
        st.sampled_from((0.0, 5.0, 12.0, 61.0, 40_000.0)),
        st.dictionaries(st.sampled_from(("groq", "global", "user:42")), st.integers(0, 120), max_size=3),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    max_size=25,
)


def balances(desk: DeskLog, seconds: float, spent: dict[str, int]) -> list[Balance]:
    """Of the day that it will be."""
    day = (desk.clock.seconds + seconds + 43_200) // 86_400
    return [balance(f"{name}/day", share, label(int(day))) for name, share in spent.items()]


def check(topic: list[BudgetAlert]) -> None:
    """Of each alert: fired, cleared, fired, cleared; of each kind, subject and threshold one at a time."""
    by_id, firing = defaultdict[str, list[str]](list), set[tuple[str, str, float, str]]()
    for alert in topic:
        by_id[alert.alert_id].append(alert.state)
        one = (alert.kind, alert.subject, alert.threshold, alert.period if alert.kind == "budget" else "")
        assert (one in firing) == (alert.state == "cleared")
        (firing.add if alert.state == "firing" else firing.discard)(one)
    for told in by_id.values():
        assert told == (["firing", "cleared"] * len(told))[: len(told)]
    assert all(len(told) <= 2 for told in budgets(topic).values())


def budgets(topic: list[BudgetAlert]) -> dict[str, list[str]]:
    """The states told of each budget's threshold and period: once each."""
    found = defaultdict[str, list[str]](list)
    for alert in topic:
        if alert.kind == "budget":
            found[alert.alert_id].append(alert.state)
    return found


@settings(deadline=None)
@given(LOOKS)
def test_no_history_tells_anything_twice(looks):
    """Crashes after any number of writes included: a restart repeats nothing that is on the topic."""
    desk = DeskLog()
    for readings, seconds, spent, crash in looks:
        desk.look(*readings, balances=balances(desk, seconds, spent), seconds=seconds, crash=crash)
    check(desk.topic)


@settings(deadline=None)
@given(LOOKS)
def test_everything_that_fired_clears_when_all_is_well(looks):
    """A good while, and a day later nothing fires any more."""
    desk = DeskLog()
    for readings, seconds, spent, crash in looks:
        desk.look(*readings, balances=balances(desk, seconds, spent), seconds=seconds, crash=crash)
    desk.look()
    desk.look(seconds=86_400)
    check(desk.topic)
    assert desk.book.firing == ()


@settings(deadline=None)
@given(LOOKS)
def test_two_writers_at_once_copy_each_other(looks):
    """In a takeover both may tell one crossing, one after the other: the second is a copy, same id and same state."""
    first, second = DeskLog(), DeskLog()
    second.clock, second.topic = first.clock, first.topic
    for readings, seconds, spent, crash in looks:
        told = balances(first, seconds, spent)
        if crash is not None:
            second.restart()
        first.clock.advance(seconds)
        seen = Observation(readings, told, first.clock.now(), first.clock.monotonic())
        for alert in [*first.book.due(seen), *second.book.due(seen)]:
            first.topic.append(alert)
        first.read_on()
        second.read_on()
    check(list(without_copies(first.topic)))


def without_copies(topic: list[BudgetAlert]) -> Iterator[BudgetAlert]:
    """An alert that says what the last one of its id said is a copy."""
    last: dict[str, str] = {}
    for alert in topic:
        if last.get(alert.alert_id) != alert.state:
            last[alert.alert_id] = alert.state
            yield alert
