"""Child processes of a run: their output in files, none of them outlives us."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.05


class Child:
    """`python -m <arguments>` from the repository's root, standard error appended to `log`."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        python: str = sys.executable,
    ) -> None:
        self.name = name
        self.log = log
        self._output = log.open("ab")
        self.process = subprocess.Popen(
            [python, "-m", *arguments],
            cwd=ROOT,
            env=clean_environment() | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._output,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - only a system call
        )

    @property
    def running(self) -> bool:
        """True while it lives."""
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it lives."""
        if self.running:
            self.process.send_signal(number)

    async def ended(self, seconds: float) -> int | None:
        """Its exit code, or None when it still runs after `seconds`."""
        deadline = time.monotonic() + seconds
        while self.running and time.monotonic() < deadline:  # noqa: ASYNC110 - another process's end has no event
            await asyncio.sleep(_POLL_SECONDS)
        return self.process.poll()

    def close(self) -> None:
        """Kill it if it still runs, and let its files go."""
        if self.running:
            self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._output.close()


def memory_mb(pid: int) -> float:
    """What a process and its children have in memory; what they share counts for each; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        own: float = process.memory_info().rss / 2**20
        return own + sum(memory_mb(child.pid) for child in process.children())
    except psutil.Error:
        return 0.0


def clean_environment() -> dict[str, str]:
    """Ours without settings of the product, so that a run depends on nothing but its plan.

    Nor are its lines traced: a worker that is under load runs as fast as a user's.
    """
    ours = ("KAFKA_", "AI_", "VERIFY_", "DLQ_", "GROQ_", "GEMINI_", "AZURE_", "OPENAI_", "COMPATIBLE_", "WEB_", "LOG_")
    return {name: value for name, value in os.environ.items() if not name.startswith((*ours, "COVERAGE_"))}


def _end_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
