"""The process between us and one that must not outlive us (the broker, the demo's worker), even when we are killed.

Run as a script, by `leashed`: `leash.py PARENT FOLDER COMMAND...`. It starts COMMAND and obeys single bytes on stdin
(`ORDERS`).
When stdin ends or PARENT is no longer its parent, it kills COMMAND and removes FOLDER (unless that is empty).
It exits when COMMAND does. Only the standard library: it must start in a blink.

The Linux death signal (prctl) alone would not do: it fires when the *thread* that forked ends, and other systems do
not have it. Here it only guards against a kill of this process itself.
"""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

TERMINATE, KILL, PAUSE, RESUME = b"t", b"k", b"p", b"c"
ORDERS = {TERMINATE: signal.SIGTERM, KILL: signal.SIGKILL, PAUSE: signal.SIGSTOP, RESUME: signal.SIGCONT}
_LOOK_SECONDS = 0.5
"""A fork of the parent may hold the pipe open, so the parent itself is looked at as well."""
_PR_SET_PDEATHSIG = 1


def leashed(command: Sequence[str], folder: str = "") -> list[str]:
    """The command line that runs `command` so that it ends with this process. Its stdin, a pipe, takes `ORDERS`."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), folder, *command]


def _die_with_me() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _obey(child: "subprocess.Popen[bytes]", parent: int) -> None:
    """Pass orders on until the parent is gone."""
    while os.getppid() == parent:
        ready, _, _ = select.select([0], [], [], _LOOK_SECONDS)
        if not ready:
            continue
        order = os.read(0, 1)
        if not order:
            return
        child.send_signal(ORDERS[order])


def _leave_with(child: "subprocess.Popen[bytes]", orphaned: threading.Event) -> None:
    child.wait()
    if not orphaned.is_set():
        os._exit(0)


def main(parent: int, folder: str, command: list[str]) -> None:
    """Start `command` and stay with it."""
    guard = _die_with_me if sys.platform == "linux" else None
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=guard)  # noqa: S603, PLW1509 - no threads yet
    orphaned = threading.Event()
    threading.Thread(target=_leave_with, args=(child, orphaned), daemon=True).start()
    _obey(child, parent)
    orphaned.set()
    child.kill()
    child.wait()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
