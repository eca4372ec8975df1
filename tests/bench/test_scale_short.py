"""The scale bench's short form: every row finishes, and the report has its figures. No time is asserted."""

from dataclasses import replace

from tests.bench.figures import Figures
from tests.bench.plan import Plan
from tests.bench.scale import plan, report
from tests.bench.scale.pace import Paced, paced
from tests.bench.scale.run import Grown, run
from tests.bench.session import stage

SHORT = Plan(mean_seconds=0.05, hangs=0.0)
ALONE = [Paced(1, 2.0), Paced(4, 2.5)]


async def test_two_workers_work_a_row_off_together(kafka, topic_prefix):
    """Every record of a row with two workers and ten users finishes, and the row has its figures."""
    row = replace(plan.quick()[3], records=60, in_flight=16)
    async with stage(SHORT, kafka) as built:
        grown = await run(built, topic_prefix, row)
    assert grown.figures.finished == row.records
    assert min(grown.cpu_seconds, grown.kafka_cpu_seconds, grown.figures.peak_mb) > 0
    assert not report.unfinished([grown])
    assert "| users | 2 | 4 | 10 |" in report.table([grown]).as_markdown()


async def test_reading_alone_takes_time_at_any_pace(tmp_path):
    """Two processes that share the rate report what a document took them, and leave nothing behind."""
    found = await paced(2, tmp_path, seconds=0.5)
    assert found.processes == 2
    assert found.cpu_ms > 0


def test_cost_is_flat_when_a_record_costs_the_same_with_more_workers_that_are_as_busy():
    """The growth is the dearest number of workers against one, over their turns; other rows have no part in it."""
    found = [
        grown(plan.EACH, 5.0),
        grown(plan.EACH, 6.0, workers=2),
        grown(plan.EACH, 5.5, workers=4),
        grown(plan.EACH, 5.0),
        grown(plan.EACH, 6.0, workers=2),
        grown(plan.EACH, 6.0, workers=4),
        grown("base", 4.0),
        grown("size", 90.0),
    ]
    assert report.growth(found) == 6.0 / 5.0
    assert report.conclusions(found, ALONE)[0].endswith("1.20 times (flat)")
    assert "NOT flat" in report.conclusions([*found, grown(plan.EACH, 9.0, workers=2)], ALONE)[0]


def test_the_same_rate_with_several_is_told_beside_what_reading_alone_took():
    """It has no limit: a worker that has longer pauses finds colder caches, and so does a process that only reads."""
    found = [grown(plan.EACH, 5.0), grown("base", 5.0), grown(plan.SHARED, 9.0, workers=4), grown("base", 4.0)]
    assert report.same_rate(found) == 2.0
    told = report.conclusions(found, ALONE)[1]
    assert (
        told
        == "the same rate with several: at most 2.00 times; processes that only read it: 2.00 ms with 1, 2.50 ms with 4"
    )
    assert report.growth(found) == 1.0


def test_the_same_row_again_tells_what_the_machine_did():
    """Every run of the base row should cost the same; what they differ by is told."""
    found = [grown("base", 5.0), grown(plan.EACH, 6.0), grown("base", 6.5), grown("base", 6.0)]
    assert report.drift(found) == 1.3
    assert report.conclusions(found, ALONE)[2].startswith("runs of the base row itself: up to 1.30 times")


def test_a_row_that_did_not_finish_is_named():
    """Records without an outcome are told, with the row they belong to."""
    assert report.unfinished([grown("base", 5.0), grown("users", 5.0, finished=99, users=10)]) == [
        "users: 1 workers, 12 partitions, 10 users, 1000 bytes"
    ]


def grown(grows: str, cpu_ms: float, finished: int = 100, **changed: int) -> Grown:
    """A row that took so much CPU for a record."""
    shares = {"cpu_share": 0.5, "emulator_cpu_share": 0.1, "kafka_cpu_share": 0.1, "elsewhere_cpu_share": 0.0}
    figures = Figures(grows, 100, finished, 1.0, 50.0, 1.0, 2.0, 0.9, cpu_ms, **shares, peak_mb=100.0)
    return Grown(plan.Row(grows, records=100, **changed), figures)
