"""The load run's short form, and its parts that a run could not tell apart from luck. No time is asserted."""

from dataclasses import replace

from tests.chaos.load import Plan, load
from tests.chaos.memory import slope

BRIEF = Plan(
    seconds=8.0, rate=15.0, change_seconds=0.5, broker_seconds=(3.0, 4.0), pause_seconds=(1.0, 2.0), key_seconds=1.0
)


async def test_nothing_is_lost_and_the_lag_comes_back_to_zero(tmp_path):
    """Two workers, faults of all providers, a broker that stands still and keys that change: every rule holds."""
    report = await load(tmp_path, replace(BRIEF, seed=3))
    assert report["ok"], report
    found = report["figures"]
    assert found["drained"]
    assert min(found["changes_of_weather"], found["keys_replaced"], found["event_broker_pause"]) >= 1
    assert 0 < found["way_p50_seconds"] <= found["way_p99_seconds"] <= found["way_most_seconds"]
    assert found["asked_way_p50_seconds"] > 0
    assert found["memory_most_mb"] > 50


def test_a_leak_has_a_slope_and_a_warm_up_has_none():
    """One MB a minute is 60 an hour; what is taken in the first quarter and kept is no growth."""
    assert slope([(second, 100 + second / 60) for second in range(0, 3_600, 2)]) == 60.0
    assert slope([(second, min(100 + second, 200)) for second in range(1_000)]) == 0.0
    assert slope([(0.0, 100.0)]) is None
