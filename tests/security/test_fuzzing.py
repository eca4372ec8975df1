"""Whatever bytes come in, a reader ends in what its docstring draws; `make security` has the long form."""

import warnings

import pytest
import structlog
from hypothesis import HealthCheck, given, settings

from tests.security.fuzz import corpus
from tests.security.fuzz.corpus import FOLDER, LARGEST, files, inputs
from tests.security.fuzz.mutations import mutated
from tests.security.fuzz.target import Target
from tests.security.fuzz.targets import TARGETS


@pytest.fixture(autouse=True)
def _no_log():
    """What is refused is logged, with tracebacks: thousands of them here."""
    with structlog.testing.capture_logs():
        yield


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_ever_worth_keeping_is_read(name):
    """Each file of the corpus, those that were findings among them, raises nothing else, and no warning."""
    found = inputs(name)
    assert len(found) >= 2
    for data in found:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_inputs_are_read(name):
    """Inputs of the corpus, cut, crossed and stretched; the same ones in every run."""

    @given(mutated(inputs(name)))
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def read(data: bytes) -> None:
        TARGETS[name](data)

    read()


def test_the_corpus_is_small_and_has_its_targets():
    """Every folder is a target's, and no file is large."""
    assert {path.name for path in FOLDER.iterdir()} == set(TARGETS)
    assert [path for name in TARGETS for path in files(name) if path.stat().st_size > LARGEST] == []


def test_the_corpus_stays_small_and_keeps_every_finding(monkeypatch, tmp_path):
    """What reached new code is kept while there is room; a finding always, and once."""
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    assert corpus.keep("html", b"a" * corpus.ROOM, finding=False) is not None
    assert corpus.keep("html", b"b", finding=False) is None
    found = corpus.keep("html", b"b" * corpus.ROOM, finding=True)
    assert found is not None
    assert corpus.keep("html", b"b" * corpus.ROOM, finding=True) == found
    assert len(corpus.files("html")) == 2


@pytest.mark.parametrize("error", [KeyError, RecursionError, AssertionError])
def test_a_target_that_raises_what_is_not_drawn_is_found(error):
    """The harness lets through what it should: a harness that swallows everything finds nothing."""

    def read(data: bytes) -> None:
        raise ValueError if len(data) < 3 else error

    target = Target("sample", read, (ValueError,))
    target(b"a")
    with pytest.raises(error):
        target(b"abc")
