"""The search for canary keys finds them wherever they show, and only there."""

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.security.canaries import files_showing, shown_in

KEY = "can" + "ary-key-7"
"""In two pieces, so that this file's own text may be quoted in a failure."""
CHILD = """
import base64, logging, subprocess, sys
import pytest

KEY = "can" + "ary-key-7"

def test_red_prints():
    print(KEY)

def test_red_prints_to_stderr_in_base64():
    print(base64.b64encode(b"user:" + KEY.encode()).decode(), file=sys.stderr)

def test_red_logs():
    logging.getLogger("x").warning("sent %s", KEY)

def test_red_reads_capsys(capsys):
    print(KEY)
    capsys.readouterr()

def test_red_runs_a_process():
    subprocess.run([sys.executable, "-c", f"print({KEY!r})"], capture_output=True, check=True)

@pytest.fixture
def leaving():
    yield
    print(KEY)

def test_red_prints_at_teardown(leaving):
    pass

@pytest.mark.parametrize("key", [KEY])
def test_red_names(key):
    pass

@pytest.mark.shows_canaries
def test_green_on_purpose():
    print(KEY)

def test_green_writes_a_key_file(tmp_path, may_hold_canaries):
    may_hold_canaries(tmp_path / "key").write_text(KEY)

def test_green_keeps_quiet():
    assert KEY
"""
WRITES = """
def test_writes(tmp_path):
    (tmp_path / "log").write_text("can" + "ary-key-7")
"""


def run(folder: Path, code: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Pytest over `code`, in a process of its own, with the plugin."""
    (folder / "test_child.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-p", "tests.security.canary_plugin", "-p", "no:randomly", "-rA"]
    command += ["-c", "/dev/null", "--rootdir", str(folder), "--basetemp", str(folder / "base"), *more]
    root = Path(__file__).parents[2]
    return subprocess.run(
        [*command, str(folder / "test_child.py")], capture_output=True, text=True, timeout=120, check=False, cwd=root
    )


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_found_at_every_alignment(before: str, after: str, encode: Callable[[bytes], bytes]) -> None:
    """Whatever stands around the key, as in basic authentication."""
    assert (shown_in(encode((before + KEY + after).encode())) or "").startswith("base64")


def test_other_encodings_are_found() -> None:
    """Raw, URL-encoded by the letter of the standard and beyond it, hexadecimal."""
    assert shown_in(f"?key={quote(KEY)}&a=1") == "raw"
    assert shown_in(KEY.replace("-", "%2D")) == "URL-encoded"
    assert shown_in(KEY.encode().hex()) == "hexadecimal"
    assert shown_in(b"canaries are birds, and so are test_canary_things") is None


@pytest.mark.shows_canaries
def test_a_test_that_lets_a_key_out_turns_red(tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> None:
    """Printed, logged, read back by the test itself, from a process, at teardown, in an id; unless it is on purpose."""
    done = run(may_hold_canaries(tmp_path), CHILD)
    told = [line for line in done.stdout.splitlines() if ".py::" in line]
    ended = {line.split("::")[1].split("[")[0].split(" ")[0]: line.split()[0] for line in told}
    red = {name for name, how in ended.items() if how in ("FAILED", "ERROR")}
    assert red == {name for name in ended if name.startswith("test_red")}
    assert len(ended) == 10
    assert done.stdout.count("a canary key shows in") >= 7


def test_a_file_that_shows_a_key_turns_the_run_red(tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> None:
    """When the last test is done, every temporary file is looked through."""
    done = run(may_hold_canaries(tmp_path), WRITES)
    assert done.returncode == 1
    assert "canary keys show in files" in done.stdout


@pytest.mark.shows_canaries
def test_a_junit_file_that_shows_a_key_turns_the_run_red(
    tmp_path: Path, may_hold_canaries: Callable[[Path], Path]
) -> None:
    """A property that a test records goes there and nowhere else."""
    code = 'def test_it(record_property):\n    record_property("key", "can" + "ary-key-7")\n'
    done = run(may_hold_canaries(tmp_path), code, f"--junitxml={tmp_path / 'junit.xml'}")
    assert done.returncode == 1
    assert "1 passed" in done.stdout


def test_large_and_odd_files_are_looked_through(tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> None:
    """Sparse, larger than what is read at once; links are not followed, names count too."""
    may_hold_canaries(tmp_path)
    with (tmp_path / "large").open("wb") as file:
        file.seek(65 * 1024 * 1024)
        file.write(KEY.encode())
    (tmp_path / KEY).touch()
    (tmp_path / "empty").touch()
    (tmp_path / "link").symlink_to(tmp_path / "large")
    assert {path.name for path in files_showing(tmp_path)} == {"large", KEY}
    assert files_showing(tmp_path, [tmp_path]) == {}
