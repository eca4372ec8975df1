"""Users, tasks, and what the cheap ways of deciding saved."""

from schemas import Outcome, Spending
from streams.pipeline.usage.general_book import MAX_USERS
from streams.pipeline.usage.windows import MAX_NAME_CHARS
from tests.unit.pipeline.usage.events import Kept, folded, record, tables, usage, verdict


def day(*records):
    """The day's analytics."""
    return folded(records).analytics.days[0]


def test_users_have_their_cost():
    """By user, and those of nobody in particular apart."""
    found = day(record(usage(1, user_id="a"), 0), record(usage(2, user_id="a"), 1), record(usage(3), 2))
    assert found.users == {"a": Spending(calls=2, cost_nano_usd=14)}
    assert found.no_user == Spending(calls=1, cost_nano_usd=7)
    assert found.tasks == {"verify": Spending(calls=3, cost_nano_usd=21)}
    assert found.models == {"groq/m": Spending(calls=3, cost_nano_usd=21)}
    assert found.outcomes == {Outcome.OK: Spending(calls=3, cost_nano_usd=21)}


def test_users_are_bounded():
    """Past the bound they are one sum; nothing is lost."""
    found = day(*(record(usage(i, user_id=f"u{i}"), i) for i in range(MAX_USERS + 5)))
    assert len(found.users) == MAX_USERS
    assert found.other_users == Spending(calls=5, cost_nano_usd=35)


def test_long_names_are_cut():
    """Nobody's name fills the topic, and two that differ only far behind are one."""
    found = day(*(record(usage(i, user_id="u" * 1_000 + str(i), task="t" * 1_000), i) for i in range(2)))
    assert [len(name) for name in (*found.users, *found.tasks)] == [MAX_NAME_CHARS] * 2


def test_ways_of_deciding():
    """Local, cached, asked and undecided records are told apart, and together they are all."""
    attempt = {"outcome": "timeout"}
    found = day(
        verdict(0),
        verdict(1),
        verdict(2, decided_by="llm:groq/m", verdict="full_text", cost_nano_usd=100, attempts=[attempt]),
        verdict(3, decided_by="llm:groq/m", cached=True, saved_nano_usd=60),
        verdict(4, verdict="undetermined", attempts=[attempt], cost_nano_usd=20),
        verdict(5, verdict="undetermined"),
    )
    assert (found.local_records, found.cached_records, found.asked_records, found.undecided_records) == (2, 1, 2, 1)
    assert found.records == 6
    assert found.decided_by == {"local_rules": 4, "llm:groq/m": 2}
    assert found.verdicts == {"paywall": 3, "full_text": 1, "undetermined": 2}
    assert found.cache_saved_nano_usd == 60
    assert found.local_saved_nano_usd == 2 * (100 + 20) // 2
    assert found.local_share == 2 / 6
    assert found.saved_nano_usd == 120 + 60


def test_a_copy_of_a_verdict_is_counted_once():
    """A crash redoes records: their verdicts come again under the same id."""
    found = day(verdict(1, 0), verdict(1, 1))
    assert (found.records, found.copies) == (1, 1)


def test_the_free_tier_saves_its_list_price():
    """Answered free calls count with what they would have cost; failed ones saved nothing."""
    made, kept = tables(list_price=lambda one: one.input_tokens * 100), Kept()
    free = {"cost_kind": "free", "cost_nano_usd": 0}
    for offset, event in enumerate([usage(1, **free), usage(2, **free, outcome=Outcome.THROTTLED), usage(3)]):
        made.fold(record(event, offset))
    kept.write(made.changes())
    found = kept.analytics.days[0]
    assert (found.free_calls, found.free_list_price_nano_usd) == (1, 1_000)


def test_only_what_changed_is_written():
    """A provider once, and again only after something came; the analytics always, as a sign of life."""
    made = tables()
    assert not made.is_changed
    made.fold(record(usage(1), 0))
    made.fold(record(usage(2, provider="gemini"), 1))
    assert set(made.changes()) == {"groq", "gemini", ""}
    assert not made.is_changed
    made.fold(record(usage(3), 2))
    assert set(made.changes()) == {"groq", ""}
    assert set(made.changes()) == {""}


def test_an_event_that_nobody_thought_of_is_counted_and_passed_over():
    """A fault of our own while folding stops neither the next event nor a later writer."""

    def fails(usage):
        raise ZeroDivisionError

    made, kept = tables(list_price=fails), Kept()
    made.fold(record(usage(1, cost_kind="free", cost_nano_usd=0), 0))
    made.fold(record(usage(2), 1))
    kept.write(made.changes())
    assert kept.analytics.rejected == {"internal_error": 1}
    assert kept.analytics.folded == {"provider-usage/0": 1}
    assert kept.analytics.days[0].no_user.calls == 1


def test_a_topic_made_anew_is_read_again():
    """Its offsets begin again; what was folded of the old one stays."""
    first = folded([record(usage(i), i) for i in range(5)])
    made = tables(first.stats, first.analytics)
    assert made.is_ahead("provider-usage/0", 3)
    assert not made.is_ahead("provider-usage/0", 5)
    made.forget_source("provider-usage/0")
    made.fold(record(usage(9), 0))
    assert made.changes()["groq"].days[0].calls == 6
