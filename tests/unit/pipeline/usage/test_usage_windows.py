"""What stands in the windows, how long they are kept, and what is not counted."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas import Outcome, UsageSums
from streams.pipeline.usage.provider_book import MAX_MODELS
from streams.pipeline.usage.windows import MONTH, OTHERS
from tests.unit.pipeline.usage.events import NOON, folded, heartbeat, record, usage


def groq(*events, now=NOON):
    """Groq's stats after these attempts."""
    return folded([record(event, offset) for offset, event in enumerate(events)], now).stats["groq"]


def test_a_minute_has_what_happened_in_it():
    """Outcomes, tokens, cost by kind, latencies, errors and tasks of a model's minute; the next one begins anew."""
    stats = groq(
        usage(1, 0, latency_ms=100, cached_tokens=3, reasoning_tokens=2),
        usage(2, 59.9, outcome=Outcome.TIMEOUT, latency_ms=5_000, cost_kind="reserved", error="read"),
        usage(3, 60, task="check"),
    )
    first, second = stats.minutes
    assert (first.window_start, first.window_seconds, first.calls) == (NOON, 60, 2)
    assert first.outcomes == {Outcome.OK: 1, Outcome.TIMEOUT: 1}
    assert (first.input_tokens, first.cached_tokens, first.output_tokens, first.reasoning_tokens) == (20, 3, 10, 2)
    assert first.cost_nano_usd == {"reported": 7, "reserved": 7}
    assert first.latency_sum_ms == 5_100
    assert 5_000 <= first.latency_ms(0.95) <= 5_500
    assert first.errors["timeout"].count == 1
    assert first.errors["timeout"].last_error == "read"
    assert second.tasks == {"check": 1}


def test_what_costs_more_than_was_reserved_stands_apart():
    """Only the part above the reservation, and nothing of those that stayed below theirs makes up for it."""
    stats = groq(
        usage(1, 0, cost_nano_usd=30, reserved_nano_usd=10),
        usage(2, 0, cost_nano_usd=1, reserved_nano_usd=10),
        usage(3, 60, cost_nano_usd=11, reserved_nano_usd=10),
    )
    assert [window.overrun_nano_usd for window in stats.minutes] == [20, 1]
    assert stats.months[0].overrun_nano_usd == 21


def test_longer_windows_are_sums_of_the_shorter():
    """Minutes that are kept, merged, are the hour; so are day and month."""
    stats = groq(*(usage(i, 7 * i, cost_nano_usd=i, latency_ms=i) for i in range(100)))
    whole = UsageSums.merge(stats.minutes)
    for longer in (stats.hours, stats.days, stats.months):
        assert UsageSums.merge(longer) == whole
    assert stats.since(NOON) == whole
    assert stats.since(NOON + timedelta(minutes=5)).calls == 57


def test_windows_are_pruned():
    """60 minutes, 26 hours, two days and two months are kept, however much goes through."""
    stats = groq(*(usage(i, 600 * i) for i in range(6 * 24 * 80)), now=NOON + timedelta(days=80))
    assert len(stats.minutes) == 6
    assert len(stats.hours) == 26
    assert [window.calls for window in stats.days] == [144, 72]
    assert [window.window_start.month for window in stats.months] == [1, 2]


def test_a_late_event_goes_where_it_still_can():
    """Two hours late: no minute takes it, but hour, day and month do."""
    stats = groq(usage(1, 0), usage(2, -2 * 3600))
    assert [len(windows) for windows in (stats.minutes, stats.hours, stats.days)] == [1, 2, 1]
    assert stats.days[0].calls == stats.months[0].calls == 2


@pytest.mark.parametrize("said", [NOON + timedelta(days=365), NOON - timedelta(days=1), datetime(2099, 1, 1)])  # noqa: DTZ001
def test_a_clock_that_jumped_is_not_believed(said):
    """What Kafka's time stamp contradicts counts when it was written."""
    event = usage(1).model_copy(update={"started_at": said})
    stats = folded([record(event, 0, written_at=NOON)]).stats["groq"]
    assert stats.minutes[0].window_start == NOON


def test_nothing_happens_in_the_future():
    """A time stamp of next year, Kafka's too, does not make all others late."""
    stats = groq(usage(1, 365 * 24 * 3600), usage(2, 1))
    assert [window.calls for window in stats.minutes] == [2]


def test_models_are_bounded():
    """Past the bound models are counted together; nothing is lost from the sums."""
    stats = groq(*(usage(i, 0, model=f"m{i}") for i in range(3 * MAX_MODELS)))
    assert len(stats.minutes) == MAX_MODELS + 1
    others = next(window for window in stats.minutes if window.model == OTHERS)
    assert others.calls == 2 * MAX_MODELS


def test_a_copy_is_counted_once():
    """The same attempt at another offset."""
    kept = folded([record(usage(1), 0), record(usage(2), 1), record(usage(1), 2)])
    assert kept.stats["groq"].days[0].calls == 2
    assert kept.analytics.days[0].copies == 1


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (b"", "invalid_event"),
        (None, "invalid_event"),
        (b"\xff{", "invalid_event"),
        (usage(1).model_dump_json().replace('"cost_nano_usd":7', '"cost_nano_usd":-7').encode(), "invalid_event"),
        (usage(1, provider="nobody"), "unknown_provider"),
        (usage(1, input_tokens=10**18), "impossible_figures"),
        (usage(1, cost_nano_usd=10**16), "impossible_figures"),
    ],
)
def test_bad_events_are_counted_and_poison_nothing(event, why):
    """Each is passed over with its reason; those around it count."""
    kept = folded([record(usage(1), 0), record(event, 1, written_at=NOON), record(usage(2), 2)])
    assert kept.analytics.rejected == {why: 1}
    assert kept.stats["groq"].days[0].calls == 2
    assert kept.analytics.folded == {"provider-usage/0": 2}


def test_breakers_are_seen_to_change():
    """A heartbeat counts where a worker's breaker is in another state than before; workers are apart."""
    beats = [heartbeat(0, "closed"), heartbeat(1, "open"), heartbeat(2, "open"), heartbeat(3, "closed", "w2")]
    stats = folded([*beats, heartbeat(4, "half-open"), heartbeat(5, "closed")]).stats["groq"]
    assert stats.minutes[0].breaker == {"open": 1, "half-open": 1, "closed": 1}
    assert stats.breakers == {"w1": "closed", "w2": "closed"}


def test_months_have_their_length():
    """February of a leap year, and December into the next year."""
    february = datetime(2028, 2, 1, tzinfo=UTC)
    assert (MONTH.end(february) - february).days == 29
    assert MONTH.end(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert MONTH.oldest(datetime(2027, 1, 1, tzinfo=UTC)) == datetime(2026, 12, 1, tzinfo=UTC)
