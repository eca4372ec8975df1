"""The runs in turns: every case, every side, again and again, each in a process of its own."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.meter import cpu_seconds, machine_seconds
from tests.bench.router.job import Job, Variant
from tests.bench.router.plan import Case, Plan
from tests.bench.router.servers import Servers, serving
from tests.chaos.processes import ROOT, _end_with_parent, clean_environment


@dataclass(frozen=True)
class Run:
    """A side has been put through a case."""

    case: str
    variant: Variant
    repeat: int
    values: Mapping[str, float]
    elsewhere: float
    """Share of one core that the rest of the machine used meanwhile, the measuring included."""


class SideFailed(RuntimeError):
    """A side's process did not end well."""


Interpreters = Mapping[Variant, str]
"""Which Python runs which side."""


async def measure(plan: Plan, pythons: Interpreters, tell: Callable[[str], None]) -> tuple[Run, ...]:
    """All runs of `plan`. `tell` is given a line after each. Raises SideFailed, ServerFailed."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="fulltext-bench-router-") as folder:
        async with serving(Path(folder)) as servers:
            for repeat in range(plan.repeats):
                for name, case in plan.cases.items():
                    for variant in _turns(list(pythons), repeat):
                        job = _job(plan, case, variant, servers)
                        run = await _run(job, name, repeat, pythons[variant], servers, plan.run_seconds)
                        runs.append(run)
                        tell(f"{name}, {variant}: {_said(run.values)}")
    return tuple(runs)


def _turns(variants: Sequence[Variant], repeat: int) -> Sequence[Variant]:
    """Nobody is always first."""
    at = repeat % len(variants)
    return [*variants[at:], *variants[:at]]


def _job(plan: Plan, case: Case, variant: Variant, servers: Servers) -> Job:
    return Job(
        variant=variant,
        scenario=case.scenario,
        setup=servers.setup(case),
        admin_url=servers.emulator,
        requests=case.requests,
        warm_up=case.warm_up,
        limit_seconds=plan.limit_seconds,
        stop_seconds=plan.stop_seconds if case.scenario == "cpu" else plan.give_up_seconds,
    )


async def _run(job: Job, name: str, repeat: int, python: str, servers: Servers, limit: float) -> Run:
    machine, ours, started = machine_seconds(), _of_servers(servers), time.monotonic()
    before = os.times()
    process = await asyncio.create_subprocess_exec(
        python,
        "-m",
        "tests.bench.router.side",
        json.dumps(asdict(job)),
        cwd=ROOT,
        env=clean_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), limit)
    except TimeoutError:
        raise SideFailed(f"{job.variant} did not end {name} within {limit:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise SideFailed(f"{job.variant} failed at {name}: {err.decode()[-800:]}")
    after = os.times()
    side = after.children_user + after.children_system - before.children_user - before.children_system
    others = machine_seconds() - machine - side - (_of_servers(servers) - ours)
    share = max(0.0, others) / (time.monotonic() - started)
    return Run(name, job.variant, repeat, json.loads(out), share)


def _of_servers(servers: Servers) -> float:
    return sum(cpu_seconds(pid) for pid in servers.pids)


def _said(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items())
