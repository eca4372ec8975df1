"""What a person reads."""

from dataclasses import asdict
from statistics import median
from typing import Any

from tests.bench.figures import Figures
from tests.bench.session import Results

TARGET = 0.95
_HEAD = (
    "",
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


def as_json(results: Results) -> dict[str, Any]:
    """Every figure, and the summary."""
    return {
        "plan": asdict(results.plan),
        "load_before": results.load_before,
        "rounds": [asdict(entry) for entry in results.rounds],
        "curve": [{"window": window, **asdict(entry)} for window, entry in results.curve],
        "summary": summary(results),
    }


def summary(results: Results) -> dict[str, Any]:
    """Medians over the rounds, and the worker's CPU against each bare loop's."""
    sides = list(dict.fromkeys(entry.side for entry in results.rounds))
    efficiency = {side: median(e.efficiency for e in results.rounds if e.side == side) for side in sides}
    cpu = {side: median(e.cpu_ms_per_record for e in results.rounds if e.side == side) for side in sides}
    return {
        "efficiency": efficiency,
        "cpu_ms_per_record": cpu,
        "cpu_ratio": {side: cpu["worker"] / cpu[side] for side in sides if side != "worker" and cpu[side]},
        "emulator_cpu_share": max(e.emulator_cpu_share for e in (*results.rounds, *(e for _, e in results.curve))),
        "unfinished": [e.side for e in results.rounds if e.finished < e.published],
        "target_reached": efficiency["worker"] >= TARGET,
    }


def as_text(results: Results) -> str:
    """Two tables and what follows from them."""
    plan, found = results.plan, summary(results)
    lines = [
        (
            f"{plan.in_flight} in flight, latency lognormal with mean {plan.mean_seconds:g} s, {plan.hangs:.0%} hangs, "
            f"{plan.records} records a run; load of the machine before: {results.load_before:.1f}"
        ),
        "",
        _row(_HEAD),
        *(_figures(entry.side, entry) for entry in results.rounds),
        "",
        "The worker on one partition, by its window:",
        _row(_HEAD),
        *(_figures(f"{window}x in flight", entry) for window, entry in results.curve),
        "",
        (
            f"efficiency of the worker: {found['efficiency']['worker']:.3f} (target {TARGET}: "
            f"{'reached' if found['target_reached'] else 'NOT reached'})"
        ),
        *(f"CPU per record: {ratio:.2f} times {side}" for side, ratio in found["cpu_ratio"].items()),
        f"emulator: at most {found['emulator_cpu_share']:.0%} of one core",
    ]
    lines += [f"NOT all records finished: {side}" for side in found["unfinished"]]
    return "\n".join(lines)


def _figures(name: str, entry: Figures) -> str:
    return _row(
        (
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
    )


def _row(cells: tuple[str, ...]) -> str:
    return f"{cells[0]:<18}" + "".join(f"{cell:>12}" for cell in cells[1:])
