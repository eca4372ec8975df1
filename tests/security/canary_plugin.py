"""A pytest plugin: no canary key shows in anything that the suite writes.

A test turns red when a key shows in its captured output or log, in what it reads of `capsys` or of a process, or in
its id; the session when one shows in a file under its temporary folder or in the JUnit file. A test that writes keys
on purpose says so: `may_hold_canaries(path)` for a file or folder, `@pytest.mark.shows_canaries` for its output.
"""

import subprocess
from collections.abc import Callable, Generator, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from tests.security.canaries import files_showing, shown_in

_allowed = pytest.StashKey[set[Path]]()
_seen: list[str] = []
"""Where a key showed since the last report."""


def pytest_configure(config: pytest.Config) -> None:
    """Listen to what tests read: it is gone from the captured output."""
    config.addinivalue_line("markers", "shows_canaries: this test's output holds canary keys on purpose")
    config.stash[_allowed] = set()
    restore = [
        _watch(pytest.CaptureFixture, "readouterr", "what capsys read"),
        _watch(subprocess.Popen, "communicate", "the output of a process"),
    ]
    for undo in restore:
        config.add_cleanup(undo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a report red where a key shows."""
    report = yield
    places = [title for title, text in report.sections if title.endswith(call.when) and shown_in(text)]
    places += [*_seen, *(["its id"] if shown_in(item.nodeid) else [])]
    _seen.clear()
    if places and report.outcome != "failed" and not item.get_closest_marker("shows_canaries"):
        report.outcome = "failed"
        report.longrepr = f"a canary key shows in {', '.join(places)} of this test"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """The JUnit file is written by now."""
    result = yield
    junit = session.config.getoption("xmlpath", None)
    if junit and Path(junit).exists() and shown_in(Path(junit).read_bytes()):
        session.config.get_terminal_writer().line(f"a canary key shows in {junit}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return result


@pytest.fixture(scope="session", autouse=True)
def _no_canary_in_files(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[None]:
    """Look through every temporary file when the last test is done."""
    yield
    found = files_showing(tmp_path_factory.getbasetemp(), pytestconfig.stash[_allowed])
    assert not found, "canary keys show in files; is it meant? may_hold_canaries(path)"


@pytest.fixture
def may_hold_canaries(pytestconfig: pytest.Config) -> Callable[[Path], Path]:
    """Say that a file, or a folder, holds canary keys on purpose, such as a key file that the test wrote as input."""

    def allow(path: Path) -> Path:
        pytestconfig.stash[_allowed].add(path)
        return path

    return allow


def _watch(owner: type, name: str, place: str) -> Callable[[], None]:
    """Look at what `owner.name()` returns, a pair of texts. Returns how to undo it."""
    real = getattr(owner, name)

    @wraps(real)
    def watched(*args: Any, **kwargs: Any) -> Any:
        pair = real(*args, **kwargs)
        if any(text and shown_in(text) for text in pair):
            _seen.append(place)
        return pair

    setattr(owner, name, watched)
    return lambda: setattr(owner, name, real)
