"""Each rule of the checker sees its fault in made-up evidence, and none sees one where there is none."""

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.chaos.evidence import Case, Evidence, Output, Sample
from tests.chaos.findings import judge, redone
from tests.chaos.processes import ROOT

CASE = Case("", "", "", "", "", "", "", "", "", "bill", window=3, in_flight=1)


def output(offset: int, at_ms: float, **changes: object) -> Output:
    """A verdict on r-<offset> of partition 0."""
    place = (0, offset)
    made = Output(place, at_ms, (0, int(at_ms)), b"k", f"v{offset}", f"r-{offset}", "other", None, ())
    return replace(made, **changes)  # type: ignore[arg-type]


def sound() -> Evidence:
    """Three records and a sentinel, done and committed one by one."""
    return Evidence(
        ids={(0, n): f"r-{n}" for n in range(4)},
        kinds={(0, n): "local" for n in range(3)} | {(0, 3): "sentinel"},
        ends={0: 4},
        outputs=[output(n, 10.0 * n + 10) for n in range(4)],
        samples=[Sample(10.0 * n + 15, {0: n + 1}) for n in range(4)],
        committed={0: 4},
    )


def test_sound_evidence_has_no_finding() -> None:
    """Nothing is wrong with records that are done in order and committed afterwards."""
    assert judge(sound(), CASE) == {}


def test_a_record_without_outcome_is_lost_and_its_commit_early() -> None:
    """The offset was committed although its record has neither verdict nor dead letter."""
    evidence = sound()
    evidence.outputs = [o for o in evidence.outputs if o.place[1] != 1]
    assert judge(evidence, CASE).keys() == {"lost", "early_commits"}


def test_a_commit_before_the_outcome_is_seen_even_when_the_outcome_comes() -> None:
    """Nothing is lost in the end, and a crash in between would have lost it."""
    evidence = sound()
    evidence.samples[0] = Sample(15.0, {0: 2})
    assert judge(evidence, CASE).keys() == {"early_commits"}


def test_an_acknowledged_record_that_the_broker_forgot_is_lost() -> None:
    """The log ends before it."""
    evidence = sound()
    evidence.ids[0, 9] = "r-9"
    assert judge(evidence, CASE).keys() == {"lost"}


def test_dead_letter_beside_a_verdict() -> None:
    """One outcome for one record."""
    evidence = sound()
    evidence.outputs.append(output(2, 31.0, verdict_id=None, content_id=None))
    assert "both" in judge(evidence, CASE)


def test_outcome_of_no_input_and_of_another_input() -> None:
    """Both are phantoms."""
    evidence = sound()
    evidence.outputs += [output(8, 41.0), output(1, 21.0, content_id="r-7")]
    assert len(judge(evidence, CASE)["phantom"]) == 2


def test_copies_with_two_ids() -> None:
    """A copy carries the id of the first."""
    evidence = sound()
    evidence.events = [{"at_ms": 21.0, "what": "kill"}]
    evidence.outputs.append(output(1, 22.0, verdict_id="another"))
    assert judge(evidence, CASE).keys() == {"ids"}


def test_records_of_a_key_out_of_order() -> None:
    """The first verdicts of one key keep their records' order."""
    evidence = sound()
    evidence.outputs[1:3] = [output(1, 30.0), output(2, 20.0)]
    evidence.samples[1] = Sample(25.0, {0: 1})
    assert judge(evidence, CASE).keys() == {"order"}


def test_work_past_the_window() -> None:
    """Offset 3 is done while nothing is committed, and the window is 3."""
    evidence = sound()
    evidence.outputs[3] = output(3, 5.0, key=None)
    evidence.samples.insert(0, Sample(6.0, {0: 0}))
    assert judge(evidence, CASE).keys() == {"span"}


def test_a_sample_that_tells_nothing_is_no_finding() -> None:
    """A broker that has just come back may answer without offsets; the next sample that has them counts."""
    evidence = sound()
    evidence.samples.insert(0, Sample(min(sample.at_ms for sample in evidence.samples) - 1, {}))
    assert judge(evidence, CASE) == {}


def test_more_than_a_window_is_done_again_after_a_kill() -> None:
    """Four copies after one kill, and the window is 3; a second kill in between makes it two and two.

    A worker that starts shortly before the kill may join after it: two causes, so six may be done again.
    """
    evidence = sound()
    evidence.outputs += [output(n, 101.0 + n) for n in range(4)]
    evidence.events = [{"at_ms": 100.0, "what": "kill"}]
    assert judge(evidence, CASE).keys() == {"redo"}
    evidence.events.append({"at_ms": 102.5, "what": "kill"})
    assert judge(evidence, CASE) == {}
    assert sorted(len(places) for places in redone(evidence).values()) == [2, 2]
    evidence.events = [{"at_ms": 99.0, "what": "start"}, {"at_ms": 100.0, "what": "kill"}]
    assert judge(evidence, CASE) == {}


def test_nothing_is_done_again_without_a_cause() -> None:
    """A copy before any death or member that comes."""
    evidence = sound()
    evidence.outputs.append(output(0, 101.0))
    assert judge(evidence, CASE).keys() == {"redo"}


def test_offsets_that_go_back_and_a_lag_at_the_end() -> None:
    """A zombie's commit, and a partition that nobody finished."""
    evidence = sound()
    evidence.samples.append(Sample(60.0, {0: 2}))
    evidence.committed = {0: 2}
    assert judge(evidence, CASE).keys() == {"backwards", "unfinished"}


def test_a_partition_without_sentinel_cannot_be_judged() -> None:
    """Nobody may ever have been given that partition."""
    evidence = sound()
    evidence.kinds[0, 3] = "local"
    assert judge(evidence, CASE).keys() == {"unfinished"}


@pytest.mark.parametrize(
    ("deaths", "found"),
    [
        ([], {"attempts"}),
        ([11_000.0], set()),
        ([8_000.0], set()),
        ([5_000.0], {"attempts"}),
        ([90_000.0], {"attempts"}),
    ],
)
def test_a_call_on_the_bill_only(deaths: list[float], found: set[str]) -> None:
    """Allowed for what was in flight when a worker was killed, or on its way to a busy vendor, and else not."""
    evidence = sound()
    evidence.billed = {"a": {"received_at": "1970-01-01T00:00:10+00:00", "cost_nano_usd": 5}}
    evidence.events = [{"at_ms": at_ms, "what": "kill"} for at_ms in deaths]
    assert judge(evidence, CASE).keys() == found


def test_attempts_that_are_on_no_ledger() -> None:
    """A success that was never billed, and a verdict whose attempt has no event."""
    evidence = sound()
    evidence.usage = {"b": {"outcome": "ok", "cost_kind": "free", "cost_nano_usd": 0, "reserved_nano_usd": 0}}
    evidence.outputs[0] = replace(evidence.outputs[0], attempts=("c",))
    assert len(judge(evidence, CASE)["attempts"]) == 2


def test_the_checker_imports_nothing_of_the_product() -> None:
    """It could be deployed without it."""
    code = (
        "import sys, tests.chaos.checker; sys.exit(any(m.split('.')[0] in ('streams', 'schemas') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
