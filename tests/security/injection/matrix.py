"""Every attack, at every place, seen and hidden, on every sample that is no full text, shared out over processes."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TypeAlias

from schemas import ScrapedContent
from tests.security.injection.corpus import PLACES, Attack, Sample, attacked, attacks, victims
from tests.security.injection.obedient import ObedientModel
from tests.security.injection.trial import Trial, tried

GROUPINGS = ("family", "label", "kind", "place", "lang")
_BLOCK = 20
"""Attacks of one sample that a process takes at a time: a second or so."""
Row: TypeAlias = tuple[str, str]
"""A grouping, and a name in it."""


@dataclass
class Tally:
    """What was counted; adds up."""

    rows: dict[Row, Counter[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """Each document that broke a promise, in words that lead back to it."""
    seconds: float = 0.0
    """Of processors."""

    def add(self, other: "Tally") -> None:
        """Count it in."""
        for row, counts in other.rows.items():
            self.rows.setdefault(row, Counter()).update(counts)
        self.broken += other.broken
        self.seconds += other.seconds

    @property
    def all(self) -> Counter[str]:
        """Of all documents."""
        return self.rows.get(("", "all"), Counter())


def total(step: int) -> int:
    """Documents of a run with every `step`-th attack."""
    return len(victims()) * len(attacks()[::step]) * len(PLACES) * 2


def run(step: int, processes: int) -> Iterator[Tally]:
    """The parts, as they are done."""
    numbers = range(0, len(attacks()), step)
    blocks = [numbers[start : start + _BLOCK] for start in range(0, len(numbers), _BLOCK)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(_part, sample, block) for sample in range(len(victims())) for block in blocks]
        for part in as_completed(parts):
            yield part.result()


def _part(sample: int, numbers: Iterable[int]) -> Tally:
    started = time.process_time()
    tally = asyncio.run(_tried(victims()[sample], numbers))
    tally.seconds = time.process_time() - started
    return tally


async def _tried(sample: Sample, numbers: Iterable[int]) -> Tally:
    tally, model = Tally(), ObedientModel(attacks())
    for number in numbers:
        attack = attacks()[number]
        known: dict[str | bytes | None, Trial] = {}
        for place in PLACES:
            for hidden in (None, number):
                record = attacked(sample, attack, place, hidden)
                content = record.content if record.content is not None else record.content_base64
                different = content not in known
                if different:  # markup that hides is the same where it is seen; a short page has one place only
                    known[content] = await tried(record, model)
                where = f"{place}, {'seen' if hidden is None else 'hidden'}"
                _count(tally, sample, attack, where, record, known[content], different=different)
    return tally


def _count(
    tally: Tally, sample: Sample, attack: Attack, where: str, record: ScrapedContent, trial: Trial, *, different: bool
) -> None:
    broken = trial.broken(record) if different else ()
    tally.broken += [f"{promise}: attack {attack.id} in {sample.name}, {where}" for promise in broken]
    against = trial.contradiction is not None
    counts = {
        "documents": 1,
        "different": different,
        "suspected": trial.suspected,
        "local full text": trial.local.is_full_text,
        "obeyed": trial.obeyed,
        "against evidence": trial.obeyed and against,
        "of them accepted": trial.accepted and against,
        "other accepted": trial.accepted and not against,
        "schema or id": "schema" in broken or "id" in broken,
    }
    names = (attack.family, str(sample.label), sample.kind, where, attack.lang)
    for row in (("", "all"), *zip(GROUPINGS, names, strict=True)):
        tally.rows.setdefault(row, Counter()).update({name: int(value) for name, value in counts.items()})
