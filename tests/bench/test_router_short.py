"""The short form of `make bench-router`: our side alone, and the report's arithmetic. No time is asserted."""

import asyncio
import sys
from xml.etree import ElementTree

import orjson
import pytest
from rich.console import Console

from tests.bench.router.plan import CASES, Plan, full, quick
from tests.bench.router.plot import as_svg
from tests.bench.router.report import as_json, as_markdown, as_table
from tests.bench.router.rows import ROWS
from tests.bench.router.session import Run, SideFailed, measure
from tests.bench.router.summary import summarise

SHORT = Plan(
    {
        **{name: CASES[name] for name in ("throttled", "recovery", "identical")},
        "budget": CASES["budget"].shortened(0.4),
        "both 20": CASES["both 20"].shortened(0.02),
        "plain 20": CASES["plain 20"].shortened(0.02),
    },
    repeats=1,
)


async def test_our_side_goes_through_it_and_is_reported():
    """All are answered, one caller probes, equal questions are one call, no budget is exceeded, all is reported."""
    told: list[str] = []
    runs = await measure(SHORT, {"ours": sys.executable}, told.append)
    assert len(told) == len(SHORT.cases)
    values = {run.case: run.values for run in runs}
    assert all(found["served"] == found["asked"] > 0 for found in values.values())
    assert values["recovery"]["hits"] == 1
    assert (values["identical"]["calls"], values["identical"]["warm_calls"]) == (1, 0)
    assert 0 < values["budget"]["budgets"] <= 1
    assert values["both 20"]["cpu_ms"] > 0
    assert values["plain 20"]["peak_mb"] > 10
    lines = summarise(runs)
    assert {line.row.case for line in lines} == set(SHORT.cases)
    read = orjson.loads(orjson.dumps(as_json(SHORT, runs, lines, {"this": "0"})))
    assert [run["values"] for run in read["runs"]] == [dict(run.values) for run in runs]


async def test_a_side_that_fails_is_told_with_its_last_words():
    """An interpreter that lacks the side ends the bench with an error, not with a hole in the table."""
    case = {"plain 20": CASES["plain 20"].shortened(0.01)}
    with pytest.raises(SideFailed, match="No module named 'litellm'"):
        await measure(Plan(case, repeats=1), {"litellm": sys.executable}, lambda _: None)
    assert asyncio.all_tasks() == {asyncio.current_task()}


def run(case, variant, repeat=0, elsewhere=0.0, **values):
    """A run with every value that a row may ask for."""
    every = {row.value: 1.0 for row in ROWS} | {"served": 10.0, "asked": 10.0}
    return Run(case, variant, repeat, every | values, elsewhere)


def line_of(runs, title):
    """The line of a row."""
    return next(line for line in summarise(runs) if line.row.title.startswith(title))


def test_ratios_are_of_medians():
    """Ours 1, 2, 9 and theirs 10, 40, 20 make ten times."""
    ours = [run("plain 200", "ours", at, cpu_ms=value) for at, value in enumerate((1, 9, 2))]
    theirs = [run("plain 200", "litellm", at, cpu_ms=value) for at, value in enumerate((10, 40, 20))]
    line = line_of(ours + theirs, "CPU a request, 200")
    assert line.ratios == {"litellm": 10.0}
    assert line.reached == {"1/8 of litellm": True}
    assert (line.cells["ours"].low, line.cells["ours"].high) == (1, 9)


def test_a_target_is_missed_by_the_worst_repeat():
    """A count has to hold in every repeat."""
    line = line_of([run("recovery", "ours", hits=1), run("recovery", "ours", 1, hits=2)], "let through")
    assert line.reached == {"<= 1": False}


def test_nothing_is_divided_by_nothing():
    """Where ours is 0 there is no ratio, and no bar."""
    runs = [run("identical", "ours", calls=0, warm_calls=0, warm_unanswered=0), run("identical", "litellm", calls=200)]
    lines = summarise(runs)
    assert all(line.ratios == {"litellm": None} for line in lines)
    assert ElementTree.fromstring(as_svg(lines)) is not None  # noqa: S314 - our own


def test_table_tells_lower_bounds_and_busy_machines():
    """`>` where requests were not answered, `*` where others used the machine; the plot has a bar for each ratio."""
    runs = [
        run("hung", "ours", seconds=5),
        run("hung", "litellm", seconds=30, served=0.0),
        run("hung", "litellm tuned", seconds=10, elsewhere=0.9),
    ]
    lines = summarise(runs)
    console = Console(width=200)
    with console.capture() as capture:
        console.print(as_table(lines, {"litellm": "1"}))
    text = capture.get()
    assert "> 30 s" in text
    assert "10 s*" in text
    assert "6, 2" in text
    assert "| fallback from a hung first provider | 5 s | > 30 s | 10 s* | 6, 2 |" in as_markdown(lines, {})
    assert as_svg(lines).count("#e0a030") == 2  # one in the legend


def test_short_form_has_every_case():
    """`--quick` leaves nothing out and starts a request for every caller."""
    assert quick().cases.keys() == CASES.keys()
    assert all(case.requests >= case.concurrency for case in quick().cases.values())
    assert {row.case for row in ROWS} <= CASES.keys()


@pytest.mark.parametrize("plan", [full(), quick()], ids=["full", "quick"])
def test_every_plan_can_be_written(plan):
    """What the long form measured in half an hour is not lost at its end."""
    assert orjson.loads(orjson.dumps(as_json(plan, (), (), {})))["plan"]["cases"].keys() == plan.cases.keys()
