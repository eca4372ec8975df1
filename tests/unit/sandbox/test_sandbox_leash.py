"""The leash: a command that cannot outlive us."""

import os
import select
import signal
import subprocess
import sys

import pytest

from streams.sandbox.leash import KILL, PAUSE, TERMINATE, leashed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="waits for a stranger's end by its pidfd")

SAY_PID = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(120)"


def start(folder=""):
    """A leash around a sleeping child; returns it and the child's pid."""
    command = leashed([sys.executable, "-c", SAY_PID], str(folder))
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    return process, int(process.stdout.readline())


def wait_for_end(pid):
    """Return when a process that is not our child has ended; the test's time limit bounds it."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([descriptor], [], [])
    os.close(descriptor)


def until_end_of_output(process):
    """Wait for leash and child: both hold stdout, so its end means that both are gone."""
    assert process.stdout.read() == b""
    process.wait()
    process.stdout.close()
    process.stdin.close()


@pytest.mark.parametrize("order", [TERMINATE, KILL])
def test_an_order_ends_the_command_and_the_leash(order):
    """SIGTERM (t) and SIGKILL (k) end the child; the leash leaves with it."""
    process, pid = start()
    process.stdin.write(order)
    until_end_of_output(process)
    wait_for_end(pid)


def test_a_paused_command_is_killed_when_we_are_gone(tmp_path):
    """The end of stdin kills even a stopped child and removes the temporary folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    process, pid = start(folder)
    process.stdin.write(PAUSE)
    process.stdin.close()
    until_end_of_output(process)
    wait_for_end(pid)
    assert not folder.exists()


def test_a_killed_leash_takes_the_command_with_it():
    """SIGKILL of the leash itself leaves no child behind."""
    process, pid = start()
    process.send_signal(signal.SIGKILL)
    until_end_of_output(process)
    wait_for_end(pid)
