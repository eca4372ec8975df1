"""The short form of the usage bench: everything is folded and reported; the simulated hours keep what they should."""

from tests.bench.usage.memory import HOURS, Kept, simulate, slope
from tests.bench.usage.report import growth, told_memory, told_speed
from tests.bench.usage.speed import measure
from tests.bench.usage.writer import Speed


async def test_every_event_is_in_the_figures(kafka, topic_prefix):
    """A process of its own folds them all."""
    speed = await measure(kafka, topic_prefix, 2_000)
    assert speed.calls == 2_000


def test_hours_are_kept_and_memory_is_flat():
    """52 hours at one event in a minute and a half, a restart: the last 26 are there, and nothing piles up."""
    kept = simulate(1 / 90, write_seconds=3_600)
    assert kept.calls == kept.events == HOURS * 40
    assert len(kept.tracked_bytes) == len(kept.resident_bytes) == HOURS
    # ids are remembered for 20,000 events, more than there are: 100 bytes each is theirs
    assert kept.tracked_slope < 40 * 200 + 0.01 * kept.tracked_bytes[0]


def test_the_report_tells_growth():
    """A KiB an hour on 100 KiB is 26 %."""
    kept = Kept(1, tuple(1024 * (100 + hour) for hour in range(HOURS)), (5,) * HOURS, 1)
    assert slope(kept.tracked_bytes) == 1024
    assert round(growth(kept), 2) == 0.26
    assert "4,500 events per second of one core (target 3,000: reached)" in told_speed(
        Speed(9_000, 10.0, 2.0, 1, 1, 9_000)
    )
    assert "flat is at most 1%: NOT reached" in told_memory(kept)
