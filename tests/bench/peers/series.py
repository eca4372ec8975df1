"""Trials and sides in turns, again and again."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.commands import Side
from tests.bench.peers.judge import Verdict
from tests.bench.peers.plan import Plan
from tests.bench.peers.trial import Ground, run
from tests.bench.session import turns


async def series(
    plan: Plan,
    sides: Sequence[Side],
    kafka: EmbeddedKafka,
    prefix: str,
    tell: Callable[[str], None],
    litellm_python: str | None = None,
) -> tuple[Verdict, ...]:
    """All of it on a running broker. `tell` is given a line after each run. Raises SideFailed."""
    found: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="fulltext-bench-peers-") as folder:
        ground = Ground(plan, Path(folder), kafka.bootstrap, litellm_python)
        for repeat in range(plan.repeats):
            for name in plan.trials:
                for side in turns(sides, repeat):
                    own = f"{prefix}t{repeat}.{name}.{side}.".replace(" ", "-")
                    verdict = await run(ground, own, name, side, repeat)
                    tell(f"{name}, {side}: {_said(verdict)}")
                    found.append(verdict)
    return tuple(found)


def _said(verdict: Verdict) -> str:
    counts = {name: value for name, value in asdict(verdict).items() if name not in ("trial", "side", "repeat")}
    return ", ".join(f"{name} {value:.3g}" for name, value in counts.items() if value)
