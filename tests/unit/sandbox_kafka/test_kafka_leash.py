"""The leash: a command that cannot outlive us."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.sandbox.kafka import leash

SAY_PID = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(120)"


def start(folder=""):
    """A leash around a sleeping child; returns it and the child's pid."""
    command = [sys.executable, "-I", leash.__file__, str(os.getpid()), str(folder), sys.executable, "-c", SAY_PID]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    return process, int(process.stdout.readline())


def alive(pid):
    """True while the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until_end_of_output(process):
    """Wait for leash and child: both hold stdout, so its end means that both are gone."""
    assert process.stdout.read() == b""
    process.wait()
    process.stdout.close()
    process.stdin.close()


@pytest.mark.parametrize("order", [b"t", b"k"])
def test_an_order_ends_the_command_and_the_leash(order):
    """SIGTERM (t) and SIGKILL (k) end the child; the leash leaves with it."""
    process, pid = start()
    process.stdin.write(order)
    until_end_of_output(process)
    assert not alive(pid)


def test_a_paused_command_is_killed_when_we_are_gone(tmp_path):
    """The end of stdin kills even a stopped child and removes the temporary folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    process, pid = start(folder)
    process.stdin.write(b"p")
    process.stdin.close()
    until_end_of_output(process)
    assert not alive(pid)
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_killed_leash_takes_the_command_with_it():
    """SIGKILL of the leash itself leaves no child behind."""
    process, pid = start()
    process.send_signal(signal.SIGKILL)
    until_end_of_output(process)
    assert not alive(pid)
