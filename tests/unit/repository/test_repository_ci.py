"""`.ci/run` cannot pass with tests left out."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.a" name="test_runs"/>
<testcase classname="tests.unit.a" name="test_left_out"><skipped type="pytest.skip" message="no time"/></testcase>
<testcase classname="tests.unit.b" name="test_fails"><skipped type="pytest.xfail" message="known"/></testcase>
<testcase classname="" name="tests.unit.c"><skipped type="pytest.skip" message="module"/></testcase>
</testsuite></testsuites>"""
SKIPS = "tests.unit.a::test_left_out  # why\ntests.unit.b::test_fails\n\n# a comment\ntests.unit.c\n"


def skips(tmp_path: Path, report: str, listing: str) -> subprocess.CompletedProcess[str]:
    """Run the program that judges the skips."""
    (tmp_path / "junit.xml").write_text(report, encoding="utf-8")
    (tmp_path / "allowed").write_text(listing, encoding="utf-8")
    command = [sys.executable, ".ci/skips.py", str(tmp_path / "junit.xml"), str(tmp_path / "allowed")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_listed_skips_pass(tmp_path):
    """Skips that the list names are no failure; comments and empty lines of the list count for nothing."""
    done = skips(tmp_path, REPORT, SKIPS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("left_out", [*SKIPS.split("\n")[:2], "tests.unit.c"])
def test_one_unlisted_skip_fails_and_is_named(tmp_path, left_out):
    """A skip, an expected failure or a skipped module that is not listed fails the run, with name and reason."""
    done = skips(tmp_path, REPORT, SKIPS.replace(left_out, ""))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert left_out.split(" ")[0] in done.stderr


def test_real_pytest_skip_is_found(tmp_path):
    """The report that this pytest writes for a skipped test is understood."""
    (tmp_path / "test_sample.py").write_text(
        "import pytest\n@pytest.mark.skip('x')\ndef test_a(): ...\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=junit.xml", "test_sample.py"]
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "COV_CORE_SOURCE": ""}
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, env=environment)
    done = skips(tmp_path, (tmp_path / "junit.xml").read_text(encoding="utf-8"), "")
    assert done.returncode == 1
    assert "test_sample::test_a (x)" in done.stderr


def test_run_is_a_careful_script():
    """It is executable, stops at the first fault, a pipe's too, and asks for no stdin."""
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & stat.S_IXUSR
    assert "set -euo pipefail" in text
    assert "exec </dev/null" in text
    assert text.index(" check ") < text.index("make test") < text.index("skips.py")
    subprocess.run(["bash", "-n", str(script)], check=True)  # noqa: S607 - bash of the machine


def fake_run(tmp_path: Path, make: str) -> subprocess.CompletedProcess[str]:
    """`.ci/run` in a folder of its own, with a `make` that does as told."""
    for name in (".ci", ".venv/bin", "bin"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("run", "skips.py", "allowed-skips.txt"):
        (tmp_path / ".ci" / name).write_bytes((ROOT / ".ci" / name).read_bytes())
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    program = tmp_path / "bin" / "make"
    program.write_text(f"#!/usr/bin/env bash\n{make}\n", encoding="utf-8")
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    return subprocess.run(
        ["bash", str(tmp_path / ".ci/run")],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


GOOD = 'report=${PYTEST_ADDOPTS##*--junitxml=}; echo "<testsuites/>" > "${report%% *}"'
CLOSING = "=================== 3 passed in 0.12s ==================="


def test_run_ends_with_the_closing_line(tmp_path):
    """All good: exit 0, pytest's closing line is the last one, and nothing stays in the temporary folder."""
    done = fake_run(tmp_path, f"[ $1 = test ] || exit 0; {GOOD}; echo '{CLOSING}'; echo later")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, CLOSING)
    assert list(tmp_path.glob("fulltext-ci.*")) == []


@pytest.mark.parametrize("target", ["system-deps", "check", "test"])
def test_run_fails_with_make(tmp_path, target):
    """A failing `make system-deps`, `make check` or `make test` fails the run."""
    assert fake_run(tmp_path, f'[[ " $* " = *" {target} "* ]] && exit 2; {GOOD}; echo \'{CLOSING}\'').returncode == 2


def test_run_fails_on_a_skip(tmp_path):
    """Every test passed but one was skipped: the run fails."""
    report = '<testsuites><testcase classname="a" name="b"><skipped message="c"/></testcase></testsuites>'
    done = fake_run(
        tmp_path, f"[ $1 = test ] || exit 0; {GOOD.replace('<testsuites/>', report.replace(chr(34), chr(39)))}"
    )
    assert done.returncode == 1
    assert "a::b (c)" in done.stderr


PROGRAMS = ("redis-server", "chromium", "prometheus", "promtool")


def system_deps(tmp_path: Path, programs: tuple[str, ...]) -> str:
    """`.ci/system-deps` where only `programs` are installed; what apt-get was asked, and the policy in force then."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "chmod", "rm", "cat"):
        (folder / name).symlink_to(shutil.which(name) or name)
    log = tmp_path / "log"
    for name in (*programs, "apt-get"):
        program = folder / name
        program.write_text(f'#!{folder}/bash\necho "$*" >> {log}\ncat "$POLICY_RC_D" >> {log}\n', encoding="utf-8")
        program.chmod(0o755)
    environment = {"PATH": str(folder), "POLICY_RC_D": str(tmp_path / "policy")}
    subprocess.run([folder / "bash", str(ROOT / ".ci/system-deps")], check=True, env=environment)
    return log.read_text(encoding="utf-8") if log.exists() else ""


@pytest.mark.parametrize("missing", PROGRAMS)
def test_system_deps_start_no_service(tmp_path, missing):
    """One missing program is enough to install; meanwhile every start of a service is refused, and only then."""
    log = system_deps(tmp_path, tuple(name for name in PROGRAMS if name != missing))
    assert "install -y -q --no-install-recommends redis-server chromium prometheus" in log
    assert "exit 101" in log.split("install -y")[1]
    assert not (tmp_path / "policy").exists()


def test_system_deps_leave_a_policy_that_was_there(tmp_path):
    """The machine's own rule about services is its owner's."""
    (tmp_path / "policy").write_text("mine", encoding="utf-8")
    system_deps(tmp_path, ())
    assert (tmp_path / "policy").read_text(encoding="utf-8") == "mine"


def test_system_deps_do_nothing_where_all_is_there(tmp_path):
    """No package index is asked."""
    assert system_deps(tmp_path, PROGRAMS) == ""
