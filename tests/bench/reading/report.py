"""What a person reads: a table of costs, ours and others', the loop's stillness, and whether the targets are met."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from schemas import Verdict
from streams.verify import examine
from streams.verify.scores import score
from tests.bench.reading.documents import Case
from tests.bench.reading.loop import Stillness
from tests.bench.reading.timing import Cost

TARGET_PER_SECOND, TARGET_P99_MS, TARGET_STILL_MS = 200.0, 50.0, 50.0


@dataclass(frozen=True)
class Results:
    """Everything that was measured. `all`: over the records as they are."""

    whole: Cost
    ours: Sequence[Cost]
    others: Sequence[Cost]
    still: Stillness
    decisions: Sequence[str]

    @property
    def misses(self) -> list[str]:
        """Targets that were not met, in words."""
        wanted = {
            f"{TARGET_PER_SECOND:.0f} documents a second and core": self.whole.per_second >= TARGET_PER_SECOND,
            f"p99 under {TARGET_P99_MS:.0f} ms": self.whole.p99 < TARGET_P99_MS,
            f"no document keeps the loop for {TARGET_STILL_MS:.0f} ms": self.still.worst_cpu_ms < TARGET_STILL_MS,
        }
        return [target for target, met in wanted.items() if not met]


def decisions(cases: Sequence[Case]) -> list[str]:
    """Of each way of reading: what the local tier says of the rendered articles, beside their labels."""
    lines = []
    for kind in dict.fromkeys(case.kind for case in cases):
        pairs, abstracts = [], Counter[str]()
        for case in cases:
            if case.kind != kind:
                continue
            verdict = examine(case.record).verdict
            pairs.append((case.label == "full_text", None if verdict is None else verdict.is_full_text))
            if case.label == "abstract_only":
                abstracts["accepted" if verdict is not None and verdict.verdict is Verdict.FULL_TEXT else "not"] += 1
        found = score(pairs)
        lines += [
            f"{kind}: coverage {found.coverage}",
            f"    accept precision {found.accepts}",
            f"    reject precision {found.rejects}",
            f"    abstracts accepted as full text: {abstracts['accepted']} of {abstracts.total()}",
        ]
    return lines


def as_text(results: Results) -> str:
    """All tables."""
    names = f"{'documents':>10}{'docs/s/core':>13}{'median ms':>11}{'p99 ms':>9}{'worst ms':>10}"
    head = f"{'reading + local tier':<28}{names}"
    rows = [head, _row(results.whole), *map(_row, results.ours), "", "beside it", *map(_row, results.others)]
    still = results.still
    rows += [
        "",
        f"event loop: {still.documents} documents, {still.in_loop} of them read in the loop, the others in the pool;",
        f"    between two turns of the loop its thread used at most {still.worst_cpu_ms:.1f} ms of CPU,",
        f"    in at most {still.worst_ms:.1f} ms, in which others on the machine may have had the processor",
        "",
        *results.decisions,
        "",
        "All targets met." if not results.misses else f"Missed: {'; '.join(results.misses)}.",
    ]
    return "\n".join(rows)


def _row(cost: Cost) -> str:
    numbers = f"{cost.per_second:>13.0f}{cost.median:>11.2f}{cost.p99:>9.1f}{cost.worst:>10.1f}"
    return f"{cost.kind:<28}{cost.documents:>10}{numbers}"
