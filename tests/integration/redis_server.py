"""A real redis-server for tests: on a free port, with nothing written to disk, killed at the end."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

PASSWORD = "canary-redis-4711"
BINARY = shutil.which("redis-server") or "/usr/bin/redis-server"


class RedisServer:
    """One server process; `start` after `kill` brings it back on the same port, empty."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        if not Path(BINARY).exists():
            pytest.skip("no redis-server on this machine; `make system-deps` installs it")
        self._folder = folder
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it listens, password included."""
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [BINARY, "--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
        self._process = subprocess.Popen(
            [*command, "--appendonly", "no", "--dir", str(self._folder), *self._arguments], stdout=subprocess.DEVNULL
        )
        for _ in range(200):
            if self.command(f"AUTH {PASSWORD}", "PING").endswith("+PONG\r\n"):
                return
            time.sleep(0.05)
        raise RuntimeError("redis-server does not answer")

    def command(self, *lines: str) -> str:
        """Send inline commands on a connection of its own; what was answered within a moment, or nothing."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.settimeout(1)
            connection.sendall("".join(f"{line}\r\n" for line in (*lines, "QUIT")).encode())
            answer = b""
            while part := connection.recv(65_536):
                answer += part
            return answer.decode()[: -len("+OK\r\n")]
        return ""

    def ask(self, line: str) -> str:
        """The answer to one inline command."""
        return self.command(f"AUTH {PASSWORD}", line).removeprefix("+OK\r\n")

    def stall(self) -> None:
        """It keeps its connections and says nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a stall."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
