"""A writer may die at any moment: what the next one tells is what one that never died would have told."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Outcome
from tests.unit.pipeline.usage.events import NOON, Kept, folded, heartbeat, record, tables, usage, verdict

attempts = st.builds(
    usage,
    number=st.integers(0, 30),
    seconds=st.floats(-90_000, 90_000) | st.floats(-120, 120),
    provider=st.sampled_from(["groq", "gemini", "nobody"]),
    model=st.sampled_from(["m", "n"]) | st.text(max_size=3),
    task=st.sampled_from(["verify", "check"]),
    user_id=st.none() | st.sampled_from("abc"),
    outcome=st.sampled_from(Outcome),
    latency_ms=st.integers(0, 10**6),
    cost_nano_usd=st.integers(0, 10**12),
    cost_kind=st.sampled_from(["reported", "reserved", "free"]),
    error=st.none() | st.text(max_size=5),
)


@st.composite
def histories(draw):
    """Records of three sources, mixed, each source in the order of its offsets, some offsets left out."""
    offsets = {"usage": 0, "verdict": 0, "health": 0}
    history = []
    for kind in draw(st.lists(st.sampled_from(["usage", "usage", "verdict", "health"]), max_size=40)):
        offset = offsets[kind] = offsets[kind] + draw(st.integers(1, 3))
        if kind == "usage":
            history.append(record(draw(attempts | st.just(b"{broken")), offset))
        elif kind == "verdict":
            decider = draw(st.sampled_from(["local_rules", "llm:groq/m"]))
            history.append(verdict(draw(st.integers(0, 9)), offset, decided_by=decider, cost_nano_usd=offset))
        else:
            worker = draw(st.sampled_from(["w1", "w2"]))
            history.append(heartbeat(offset, draw(st.sampled_from(["closed", "open", "half-open"])), worker))
    return history


@settings(deadline=None, max_examples=150)
@given(history=histories(), data=st.data())
def test_restarts_change_nothing(history, data):
    """Killed anywhere, with or without its last second written, and begun again from the topics: the same figures."""
    kept = Kept()
    running = tables(now=NOON + timedelta(days=2))
    position = 0
    for _ in range(data.draw(st.integers(0, 4), label="kills")):
        for one in history[position : data.draw(st.integers(position, len(history)), label="up to")]:
            running.fold(one)
        if data.draw(st.booleans(), label="written"):
            kept.write(running.changes())
        running = tables(kept.stats, kept.analytics, now=NOON + timedelta(days=2))
        starts = {one.source: running.resume_at(one.kind, one.source) for one in history}
        unread = [i for i, one in enumerate(history) if one.offset >= starts[one.source]]
        position = min(unread, default=len(history))
    for one in history[position:]:
        running.fold(one)
    kept.write(running.changes())
    assert kept.figures() == folded(history, now=NOON + timedelta(days=2)).figures()


@settings(deadline=None)
@given(history=histories())
def test_redelivery_changes_nothing(history):
    """All records handed over twice are folded once."""
    made, kept = tables(), Kept()
    for one in [*history, *history]:
        made.fold(one)
    kept.write(made.changes())
    assert kept.figures() == folded(history).figures()


@settings(deadline=None)
@given(
    moments=st.lists(st.floats(0, 59 * 60 - 1), max_size=20, unique=True),
    data=st.data(),
)
def test_order_within_what_is_kept_does_not_matter(moments, data):
    """Attempts of one hour give the same windows in any order."""
    events = [usage(number, seconds, cost_nano_usd=number) for number, seconds in enumerate(moments)]
    mixed = data.draw(st.permutations(events))
    one, other = (folded([record(e, o) for o, e in enumerate(order)]).figures() for order in (events, mixed))
    assert one == other


def test_a_lost_value_is_made_anew():
    """A provider's value that cannot be read comes back from the events; what others know is not counted again."""
    history = [record(usage(i, i, provider=("groq", "gemini")[i % 2]), i) for i in range(10)]
    whole = folded(history)
    again = tables({"gemini": whole.stats["gemini"]})
    for one in history:
        again.fold(one)
    kept = Kept()
    kept.write({"gemini": whole.stats["gemini"]})
    kept.write(again.changes())
    assert kept.figures() == whole.figures()
