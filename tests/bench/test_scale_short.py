"""The scale bench's short form: every row finishes, and the report has its figures. No time is asserted."""

from dataclasses import replace

from tests.bench.figures import Figures
from tests.bench.plan import Plan
from tests.bench.scale import plan, report
from tests.bench.scale.run import Grown, run
from tests.bench.session import stage

SHORT = Plan(in_flight=16, mean_seconds=0.05, hangs=0.0)


async def test_two_workers_work_a_row_off_together(kafka, topic_prefix):
    """Every record of a row with two workers and ten users finishes, and the row has its figures."""
    row = replace(plan.quick()[1], records=60)
    async with stage(SHORT, kafka) as built:
        grown = await run(built, topic_prefix, row)
    assert grown.figures.finished == row.records
    assert min(grown.cpu_seconds, grown.kafka_cpu_seconds, grown.figures.peak_mb) > 0
    assert not report.unfinished([grown])
    assert "workers and users" in report.table([grown]).as_markdown()


def test_cost_is_flat_when_a_record_costs_the_same_with_more_workers():
    """The growth is the dearest number of workers against one, over their turns; other rows have no part in it."""
    found = [
        grown("base", 5.0),
        grown("workers", 6.0, workers=2),
        grown("workers", 5.5, workers=4),
        grown("base", 5.0),
        grown("workers", 6.0, workers=2),
        grown("workers", 6.0, workers=4),
        grown("size", 90.0),
    ]
    assert report.growth(found) == 6.0 / 5.0
    assert report.conclusions(found)[0].endswith("1.20 times one worker's (flat)")
    assert "NOT flat" in report.conclusions([found[0], grown("workers", 7.0, workers=2)])[0]


def test_the_same_row_again_tells_what_the_machine_did():
    """Every run of the base row should cost the same; what they differ by is told."""
    found = [grown("base", 5.0), grown("workers", 6.0, workers=2), grown("base", 6.5), grown("base", 6.0)]
    assert report.drift(found) == 1.3
    assert report.conclusions(found)[1].startswith("runs of the base row itself: up to 1.30 times")


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
