"""`fulltext emulator` as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "streams", "emulator", "--latency-scale", "0"]
PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(child.stdout.readline().strip(), child.pid, flush=True)
"""


@pytest.mark.parametrize(("number", "host"), [(signal.SIGINT, "127.0.0.1"), (signal.SIGTERM, "127.0.0.2")])
def test_it_prints_its_settings_serves_and_ends_well(tmp_path: Path, number: signal.Signals, host: str) -> None:
    """The settings come on stdout once it serves, where it is told; a signal ends it with exit code 0."""
    bill = tmp_path / "bill.jsonl"
    with subprocess.Popen(
        [*COMMAND, "--bill", str(bill), "--host", host], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        settings = dict(process.stdout.readline().strip().split("=", 1) for _ in range(12))
        root = settings["GROQ_BASE_URL"].removesuffix("/groq/openai/v1")
        port = int(root.rsplit(":", 1)[1])
        with socket.create_connection((host, port), timeout=10):
            pass
        process.send_signal(number)
        assert process.wait(10) == 0
    assert settings["AI_ALLOW_PRIVATE_ENDPOINTS"] == "true"
    assert bill.exists()


def test_it_dies_with_its_parent() -> None:
    """When the process that started it is gone, it ends by itself."""
    script = [sys.executable, "-c", PARENT, *COMMAND, "--die-with-parent"]
    found = subprocess.run(script, capture_output=True, text=True, timeout=60, check=True)  # the parent ends at once
    line, pid = found.stdout.rsplit(" ", 1)
    assert line.startswith("GROQ_BASE_URL=")
    while is_alive(int(pid)):
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Is there such a process, and not only its remains?"""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
