"""The reading bench's short form: every figure of every form is there, and the report says what was missed."""

import asyncio
from dataclasses import replace

import pytest

from tests.bench.reading.documents import as_they_are, rendered
from tests.bench.reading.loop import stillness
from tests.bench.reading.others import selectolax_pass
from tests.bench.reading.report import Results, as_text, decisions
from tests.bench.reading.timing import Cost, cost, costs, times


@pytest.fixture(scope="module")
def plain():
    """A few of the samples."""
    return as_they_are(None)[:12]


def test_articles_are_rendered_in_three_forms(plain):
    """Each article that is text gives a PDF, a JATS file and a page; pages of other kinds give none."""
    forms = rendered([case for case in as_they_are(None) if case.record.content is not None])
    kinds = [case.kind for case in forms]
    assert kinds.count("rendered PDF") == kinds.count("rendered JATS") == kinds.count("rendered HTML") > 0
    assert {case.label for case in forms} <= {"full_text", "truncated", "abstract_only"}


def test_figures(plain):
    """Costs by kind are of all documents, and positive."""
    found = costs(selectolax_pass, [case for case in plain if case.record.content is not None], 1)
    assert sum(one.documents for one in found) == len([case for case in plain if case.record.content is not None])
    assert all(0 < one.median <= one.worst and one.per_second > 0 for one in found)
    assert len(times(lambda _: None, plain, 2)) == len(plain)


def test_the_loop_is_watched(plain):
    """Small records are read in the loop, others in the pool; what each cost the loop is told."""
    still = asyncio.run(stillness(plain, processes=1))
    assert still.documents == len(plain)
    assert 0 < still.in_loop <= len(plain)
    assert still.worst_cpu_ms > 0
    assert still.worst_ms >= 0


def test_the_report_names_what_was_missed(plain):
    """Targets met or not, in words; the local tier's decisions by form beside them."""
    forms = [case for case in rendered(as_they_are(None)) if case.kind == "rendered JATS"][:4]
    fast = Cost("all", 2, 500.0, 1.0, 2.0, 3.0)
    still = asyncio.run(stillness(plain[:2], processes=1))
    good = Results(fast, [fast], [], replace(still, worst_cpu_ms=1.0), decisions(forms))
    assert good.misses == []
    assert "All targets met." in as_text(good)
    assert "accept precision" in as_text(good)
    slow = replace(good, whole=cost("all", plain, [0.1] * len(plain)), still=replace(still, worst_cpu_ms=80.0))
    assert len(slow.misses) == 3
    assert "Missed: 200 documents a second and core; p99 under 50 ms" in as_text(slow)
