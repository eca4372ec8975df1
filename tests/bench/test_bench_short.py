"""The bench's short form: both sides finish everything, and the report has every figure. No time is asserted."""

import math
from dataclasses import asdict

import pytest

from tests.bench import pages
from tests.bench.collect import Finished
from tests.bench.figures import Run, TooShort, figures
from tests.bench.meter import Curve
from tests.bench.plan import Plan
from tests.bench.records import make
from tests.bench.report import as_json, as_text
from tests.bench.session import measure, stage

SHORT = Plan(
    records=120, rounds=1, in_flight=16, partitions=2, windows=(8,), curve_seconds=1.0, mean_seconds=0.05, hangs=0.0
)


async def test_both_sides_finish_and_are_reported(kafka, topic_prefix):
    """Worker and bare loops finish all their records, and every figure of every run is a number above zero."""
    results = await measure(SHORT, kafka, topic_prefix, lambda _: None)
    assert [entry.side for entry in results.rounds] == ["worker", "bare httpx", "bare aiohttp"]
    assert [entry.finished for entry in results.rounds] == [SHORT.records, SHORT.slow_records, SHORT.records]
    assert [window for window, _ in results.curve] == [8]
    for entry in (*results.rounds, *(entry for _, entry in results.curve)):
        shares = {name: value for name, value in asdict(entry).items() if isinstance(value, float)}
        assert all(math.isfinite(value) and value >= 0 for value in shares.values()), entry
        assert min(entry.records_per_second, entry.mean_call_seconds, entry.efficiency, entry.stretch_seconds) > 0
        assert entry.p99_seconds > 0
        assert entry.peak_mb > 10
    report = as_json(results)
    assert report["summary"]["unfinished"] == []
    assert set(report["summary"]["cpu_ratio"]) <= {"bare httpx", "bare aiohttp"}
    assert "emulator: at most" in as_text(results)


async def test_pages_are_asked_while_records_are_judged(kafka, topic_prefix):
    """Both pages answer, records go on meanwhile, and the report names every figure."""
    async with stage(SHORT, kafka) as built:
        report = await pages.measure(built, topic_prefix, seconds=1.0, records=300)
    assert report.records > 0
    assert [one.path for one in report.pages] == ["/stats", "/health/ai-providers"]
    for one in report.pages:
        assert 0 < one.p50_ms <= one.p95_ms <= one.p99_ms <= one.worst_ms
    assert pages.as_text(report).count("target 60 ms") == 2


def steady(rate: float, seconds: float, count: int = 1_000) -> Run:
    """A run without any disturbance that uses a tenth of a core."""
    done = tuple(Finished(str(number), 100 + number / rate, seconds, seconds) for number in range(count))
    cpu = Curve([0.0, 10_000.0], [0.0, 1_000.0])
    return Run("side", 10, count, done, cpu, Curve(), Curve(), Curve())


def test_full_use_is_efficiency_one():
    """Ten in flight and half a second a call are twenty records a second at best: then the efficiency is 1."""
    assert figures(steady(20, 0.5)).efficiency == pytest.approx(1)
    assert figures(steady(10, 0.5)).efficiency == pytest.approx(0.5)


def test_cpu_is_spread_over_the_records():
    """A tenth of a core at twenty records a second is five milliseconds a record."""
    assert figures(steady(20, 0.5)).cpu_ms_per_record == pytest.approx(5)


def test_slow_start_and_end_do_not_count():
    """The first and last fifth may take any time."""
    run = steady(20, 0.5)
    late = tuple(
        Finished(r.id, r.at + (500 if int(r.id) > 850 else 0) - (500 if int(r.id) < 150 else 0), 0.5, 0.5)
        for r in run.finished
    )
    assert figures(Run("side", 10, 1_000, late, run.cpu, Curve(), Curve(), Curve())).efficiency == pytest.approx(1)


def test_no_middle_no_figures():
    """Too few records, or all at the same moment, give no figures."""
    with pytest.raises(TooShort):
        figures(steady(20, 0.5, count=9))
    with pytest.raises(TooShort):
        figures(steady(math.inf, 0.5))


def test_records_differ():
    """Every record has its own key and its own text, and the same seed gives the same ones."""
    records = list(make(200, seed=3))
    assert len({key for key, _ in records}) == len({value for _, value in records}) == 200
    assert records == list(make(200, seed=3))
    assert max(len(value) for _, value in records) < 4_000
