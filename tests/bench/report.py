"""What a person reads, and what a program may read."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from tests.bench.bars import Panel, as_svg
from tests.bench.figures import Figures
from tests.bench.peers import report as trials
from tests.bench.peers.judge import Verdict
from tests.bench.session import Results
from tests.bench.table import Table

TARGET = 0.95
_HEAD = (
    "records",
    "per s",
    "call s",
    "p99 s",
    "efficiency",
    "CPU ms/rec",
    "MB",
    "CPU",
    "emulator",
    "kafka",
    "elsewhere",
)
_PANELS = {
    "records per second": "records_per_second",
    "CPU, ms per record": "cpu_ms_per_record",
    "efficiency": "efficiency",
    "p99 from taking a record to its verdict, s": "p99_seconds",
    "most memory, MB": "peak_mb",
}


def as_json(results: Results, verdicts: Sequence[Verdict] = ()) -> dict[str, Any]:
    """Every figure, and the summary."""
    return {
        "plan": asdict(results.plan),
        "machine": results.machine,
        "rounds": [asdict(entry) for entry in results.rounds],
        "curve": [{"window": window, **asdict(entry)} for window, entry in results.curve],
        "trials": [asdict(one) for one in verdicts],
        "summary": summary(results, verdicts),
    }


def summary(results: Results, verdicts: Sequence[Verdict] = ()) -> dict[str, Any]:
    """Medians over the rounds, the worker's CPU against each loop's, and what was not kept."""
    efficiency, cpu = _medians(results, "efficiency"), _medians(results, "cpu_ms_per_record")
    entries = (*results.rounds, *(entry for _, entry in results.curve))
    return {
        "efficiency": efficiency,
        "cpu_ms_per_record": cpu,
        "cpu_ratio": {side: cpu["worker"] / value for side, value in cpu.items() if side != "worker" and value},
        "emulator_cpu_share": max((entry.emulator_cpu_share for entry in entries), default=0.0),
        "unfinished": [entry.side for entry in results.rounds if entry.finished < entry.published],
        "target_reached": efficiency.get("worker", TARGET) >= TARGET,
        "broken": trials.broken(verdicts),
    }


def as_text(results: Results, verdicts: Sequence[Verdict] = ()) -> str:
    """For a terminal."""
    found = [table.as_text() for table in _tables(results, verdicts)]
    return "\n\n".join([_conditions(results), *found, "\n".join(_conclusions(results, verdicts))])


def as_markdown(results: Results, verdicts: Sequence[Verdict] = ()) -> str:
    """The same for a document."""
    found = [table.as_markdown() for table in _tables(results, verdicts)]
    told = "\n".join(f"- {line}" for line in _conclusions(results, verdicts))
    return "\n\n".join([_conditions(results), *found, told]) + "\n"


def as_picture(results: Results, verdicts: Sequence[Verdict] = ()) -> str:
    """The same as SVG: medians."""
    speed = [Panel(title, _medians(results, name)) for title, name in _PANELS.items() if results.rounds]
    return as_svg("The worker and its peers", [*speed, *trials.panels(verdicts)])


def _tables(results: Results, verdicts: Sequence[Verdict]) -> list[Table]:
    sides = Table("Every call is answered or hangs:", _HEAD, [_figures(entry.side, entry) for entry in results.rounds])
    windows = [_figures(f"{window}x in flight", entry) for window, entry in results.curve]
    curve = Table("The worker on one partition, by its window:", _HEAD, windows)
    return [table for table in (sides, curve) if table.rows] + trials.tables(verdicts)


def _conditions(results: Results) -> str:
    plan = results.plan
    return (
        f"{plan.in_flight} in flight, latency lognormal with mean {plan.mean_seconds:g} s, {plan.hangs:.0%} hangs, "
        f"{plan.records} records a run ({plan.slow_records} for the slow loops); {results.machine}"
    )


def _conclusions(results: Results, verdicts: Sequence[Verdict]) -> list[str]:
    found = summary(results, verdicts)
    lines = []
    if results.rounds:
        lines.append(
            f"efficiency of the worker: {found['efficiency']['worker']:.3f} (target {TARGET}: "
            f"{'reached' if found['target_reached'] else 'NOT reached'})"
        )
        lines += [f"CPU per record: {ratio:.2f} times {side}" for side, ratio in found["cpu_ratio"].items()]
        lines.append(f"emulator: at most {found['emulator_cpu_share']:.0%} of one core")
    lines += [f"NOT all records finished: {side}" for side in found["unfinished"]]
    return lines + [f"NOT kept: {line}" for line in found["broken"]]


def _medians(results: Results, name: str) -> dict[str, float]:
    sides = dict.fromkeys(entry.side for entry in results.rounds)
    return {side: median(getattr(entry, name) for entry in results.rounds if entry.side == side) for side in sides}


def _figures(name: str, entry: Figures) -> tuple[str, ...]:
    return (
        name,
        f"{entry.finished}",
        f"{entry.records_per_second:.1f}",
        f"{entry.mean_call_seconds:.3f}",
        f"{entry.p99_seconds:.2f}",
        f"{entry.efficiency:.3f}",
        f"{entry.cpu_ms_per_record:.2f}",
        f"{entry.peak_mb:.0f}",
        f"{entry.cpu_share:.0%}",
        f"{entry.emulator_cpu_share:.0%}",
        f"{entry.kafka_cpu_share:.0%}",
        f"{entry.elsewhere_cpu_share:.0%}",
    )
