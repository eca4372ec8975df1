"""What must hold of the evidence. Each rule gives findings, one line of text each; none = it holds."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import accumulate

from tests.chaos import money, tables
from tests.chaos.evidence import Case, Evidence, Output, Place

KILLS = ("kill", "term", "exit", "broker_kill", "start", "join", "leave", "cut_off", "reached")
"""Events after which records may be done again: a death, a member that comes or goes, or is cut off from the group."""
_NEVER = float("inf")
_EFFECT_MS = 10_000
"""A session, or the start of a worker on a busy machine."""
_CALL_MS = 60_000
"""No call lasts longer: the deadline of a record."""
_READ_MS = 3_000
"""A busy vendor reads a request whose sender is dead by then: the bytes had left it."""


def outputs_by_place(evidence: Evidence) -> dict[Place, list[Output]]:
    """Place of an input -> its outputs in the order in which they were appended."""
    by_place: dict[Place, list[Output]] = defaultdict(list)
    for output in sorted(evidence.outputs, key=lambda output: output.at_ms):
        by_place[output.place].append(output)
    return by_place


def lost(evidence: Evidence, case: Case) -> Iterator[str]:
    """Every offset of the input's log has a verdict or a dead letter, and every acknowledged input is in the log."""
    there = {output.place for output in evidence.outputs}
    for partition, end in evidence.ends.items():
        for offset in range(end):
            if (partition, offset) not in there:
                yield f"{partition}:{offset} ({evidence.ids.get((partition, offset), 'never acknowledged')})"
    for place, name in evidence.ids.items():
        if place[1] >= evidence.ends.get(place[0], 0):
            yield f"{place[0]}:{place[1]} ({name}) is acknowledged and not in the log"


def phantom(evidence: Evidence, case: Case) -> Iterator[str]:
    """No output without an input, and none for another input than it names."""
    for output in evidence.outputs:
        name = evidence.ids.get(output.place)
        if name is None and output.content_id not in evidence.unknown:
            yield f"{output.place} is no input of this run"
        elif name and output.content_id and output.content_id != name:
            yield f"{output.place} is {name}, its verdict is about {output.content_id}"


def both(evidence: Evidence, case: Case) -> Iterator[str]:
    """No input has a verdict and a dead letter."""
    verdicts = {output.place for output in evidence.outputs if output.verdict_id}
    dead = {output.place for output in evidence.outputs if not output.verdict_id}
    yield from (f"{place}" for place in sorted(verdicts & dead))


def ids(evidence: Evidence, case: Case) -> Iterator[str]:
    """Copies of one input's verdict carry one id, and no two inputs share it but one that was sent twice."""
    owner: dict[str, Place] = {}
    for place, copies in outputs_by_place(evidence).items():
        found = {copy.verdict_id for copy in copies if copy.verdict_id}
        if len(found) > 1:
            yield f"{place} has {len(found)} verdict ids"
        for name in found:
            first = owner.setdefault(name, place)
            if first != place and evidence.ids.get(first) != evidence.ids.get(place):
                yield f"{place} and {first} share a verdict id"


def order(evidence: Evidence, case: Case) -> Iterator[str]:
    """The first verdicts of one key appear in the order of their records."""
    latest: dict[tuple[bytes, int], int] = {}
    seen: set[Place] = set()
    for output in sorted((o for o in evidence.outputs if o.verdict_id), key=lambda output: output.order):
        if output.key is None or output.place in seen:
            continue
        seen.add(output.place)
        partition, offset = output.place
        if offset < latest.get((output.key, partition), -1):
            yield f"{output.place} came after a later record of its key"
        latest[output.key, partition] = offset


def early_commits(evidence: Evidence, case: Case) -> Iterator[str]:
    """No sample shows an offset committed while a record below it had no output yet."""
    first = {place: copies[0].at_ms for place, copies in outputs_by_place(evidence).items()}
    for partition, end in evidence.ends.items():
        until = list(accumulate((first.get((partition, offset), _NEVER) for offset in range(end)), max))
        for sample in evidence.samples:
            offset = sample.offsets.get(partition, 0)
            if offset and until[min(offset, end) - 1] > sample.at_ms:
                yield f"partition {partition}: {offset} committed before everything below it was done"
                break


def backwards(evidence: Evidence, case: Case) -> Iterator[str]:
    """A committed offset never goes back."""
    highest: dict[int, int] = {}
    for sample in evidence.samples:
        for partition, offset in sample.offsets.items():
            if offset < highest.get(partition, 0):
                yield f"partition {partition}: {highest[partition]} and then {offset}"
            highest[partition] = max(offset, highest.get(partition, 0))


def span(evidence: Evidence, case: Case) -> Iterator[str]:
    """No output lies a whole window past what was committed, by the next sample, when it was appended.

    A broker that has just come back may tell nothing of a partition: then the next sample that does counts.
    """
    told: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for sample in evidence.samples:
        for partition, offset in sample.offsets.items():
            told[partition].append((sample.at_ms, offset))
    for output in evidence.outputs:
        samples = told.get(output.place[0], [(_NEVER, 0)])
        after = bisect_left(samples, (output.at_ms, 0))
        if after < len(samples) and output.place[1] >= samples[after][1] + case.window:
            yield f"{output.place} was done while {samples[after][1]} was committed"


def redo(evidence: Evidence, case: Case) -> Iterator[str]:
    """After each death, and after each member that comes or goes, at most one window per partition is done again.

    A death is noticed a session later, and a member joins some seconds after its start: what is done again after an
    event may be due to those shortly before it.
    """
    changes = _changes(evidence)
    for (number, partition), places in redone(evidence).items():
        causes = sum(changes[number] - _EFFECT_MS < at <= changes[number] for at in changes) if number >= 0 else 0
        if len(places) > case.window * causes:
            yield f"{len(places)} records of partition {partition} after event {number + 1}, {causes} within reach"


def redone(evidence: Evidence) -> dict[tuple[int, int], set[Place]]:
    """(number of the last such event before, partition) -> records done again."""
    changes = _changes(evidence)
    found: dict[tuple[int, int], set[Place]] = defaultdict(set)
    for place, copies in outputs_by_place(evidence).items():
        for copy in copies[1:]:
            found[bisect_left(changes, copy.at_ms) - 1, place[0]].add(place)
    return found


def _changes(evidence: Evidence) -> list[float]:
    """When members died, came or went."""
    return sorted(event["at_ms"] for event in evidence.events if event["what"] in KILLS)


def unfinished(evidence: Evidence, case: Case) -> Iterator[str]:
    """At the end every offset is committed and every partition's sentinel has its verdict."""
    for partition, end in evidence.ends.items():
        if evidence.committed.get(partition, 0) != end:
            yield f"partition {partition}: {evidence.committed.get(partition, 0)} committed of {end}"
    there = {output.place[0] for output in evidence.outputs if evidence.kinds.get(output.place) == "sentinel"}
    for partition in sorted(evidence.ends.keys() - there):
        yield f"partition {partition}: no sentinel's verdict, so nothing can be said about it"


def attempts(evidence: Evidence, case: Case) -> Iterator[str]:
    """Each paid call is on the ledger of attempts, but for those in flight when a worker was killed.

    These are an eighth more than are asked about at a time.
    """
    if case.bill is None:
        return
    deaths = [event["at_ms"] for event in evidence.events if event["what"] in ("kill", "exit")]
    missing = evidence.billed.keys() - evidence.usage.keys()
    if len(missing) > len(deaths) * (case.in_flight + case.in_flight // 8):
        yield f"{len(missing)} calls on the bill are not on the ledger, {len(deaths)} workers died"
    for name in sorted(missing):
        began = datetime.fromisoformat(evidence.billed[name]["received_at"]).timestamp() * 1000
        if not any(began - _READ_MS <= death < began + _CALL_MS for death in deaths):
            yield f"{name} is on the bill and not on the ledger, and no worker died meanwhile"
    for attempt in sorted(
        name for name, event in evidence.usage.items() if event["outcome"] == "ok" and name not in evidence.billed
    ):
        yield f"{attempt} is a success on the ledger and not on the bill"
    for place, copies in outputs_by_place(evidence).items():
        if not any(set(copy.attempts) <= evidence.usage.keys() for copy in copies):
            yield f"{place} has a verdict whose attempts are not on the ledger"


RULES: dict[str, Callable[[Evidence, Case], Iterator[str]]] = (
    {
        rule.__name__: rule
        for rule in (lost, phantom, both, ids, order, early_commits, backwards, span, redo, unfinished, attempts)
    }
    | money.RULES
    | tables.RULES
)


def judge(evidence: Evidence, case: Case) -> dict[str, list[str]]:
    """Rule -> its findings; rules that hold are left out."""
    found = {name: list(rule(evidence, case)) for name, rule in RULES.items()}
    return {name: lines for name, lines in found.items() if lines}


def figures(evidence: Evidence, case: Case) -> dict[str, int]:
    """Counts for a report."""
    by_place = outputs_by_place(evidence)
    again = redone(evidence)
    what = Counter(event["what"] for event in evidence.events)
    ends = Counter(event["outcome"] for event in evidence.usage.values())
    return {
        "inputs": len(evidence.ids),
        "records": len(set(evidence.ids.values())),
        "unknown": len(evidence.unknown),
        "verdicts": sum(output.verdict_id is not None for output in evidence.outputs),
        "dead_letters": sum(output.verdict_id is None for output in evidence.outputs),
        "undetermined": len({output.place for output in evidence.outputs if output.verdict == "undetermined"}),
        "redone": sum(len(copies) - 1 for copies in by_place.values()),
        "redone_most": max((len(places) for places in again.values()), default=0),
        "copies_most": max((len(copies) for copies in by_place.values()), default=0),
        "samples": len(evidence.samples),
        "billed": len(evidence.billed),
        "usage_events": len(evidence.usage),
        "off_ledger": len(evidence.billed.keys() - evidence.usage.keys()) if evidence.billed else 0,
        **money.figures(evidence, case),
        **{f"undetermined_{why}": count for why, count in sorted(_why_undetermined(by_place).items())},
        **{f"outcome_{name}": count for name, count in sorted(ends.items())},
        **{f"event_{name}": count for name, count in sorted(what.items())},
    }


def _why_undetermined(by_place: dict[Place, list[Output]]) -> Counter[str]:
    last = [copies[-1] for copies in by_place.values()]
    return Counter(output.reason or "no_reason" for output in last if output.verdict == "undetermined")
