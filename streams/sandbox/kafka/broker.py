"""`EmbeddedKafka`: a real Apache Kafka (KRaft, one node) as a child of this process."""

import asyncio
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.errors import UserError
from streams.sandbox.kafka import folder as folders
from streams.sandbox.kafka import jars, progress
from streams.sandbox.kafka.ports import Hold, free_ports
from streams.sandbox.kafka.properties import Layout, format_command, render, run_command
from streams.sandbox.kafka.ready import wait_until_ready
from streams.sandbox.leash import KILL, PAUSE, RESUME, TERMINATE, leashed

_POLL_SECONDS = 0.02
_STOP_SECONDS = 10.0
_WORDS = 500


class StartFailed(UserError):
    """The broker ended, or was not ready in time."""

    def __init__(self, problem: str, tail: str) -> None:
        super().__init__(f"the embedded Kafka {problem}; its last words: {tail or 'none'}")


class EmbeddedKafka:
    """One broker on loopback. It dies with this process, however that ends.

    `data_dir` keeps the records across runs; without it a temporary folder is used and removed by `stop`.
    `port` and the controller's port stay the same for the life of the object, so clients find a restarted broker.
    `advertised_port` is what clients are told to use: the port of a proxy put before the broker (it must pass
    connections on while the broker starts). `overrides` are broker properties.

    Nothing here is bound to an event loop: synchronous code may use `asyncio.run(kafka.start())`.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        port: int | None = None,
        *,
        advertised_port: int | None = None,
        overrides: Mapping[str, str] | None = None,
        jars_folder: Path | None = None,
        fetch_progress: jars.Progress = progress.on_stderr,
    ) -> None:
        first, second = free_ports(2)
        self.port = port or first
        self.advertised_port = advertised_port or self.port
        self._controller_port = second if self.port != second else first
        self._hold: Hold | None = None
        self._kept = data_dir.resolve() if data_dir else None
        self._overrides = dict(overrides or {})
        self._jars_folder = jars_folder
        self._fetch_progress = fetch_progress
        self._layout: Layout | None = None
        self._lock: folders.Lock | None = None
        self._leash: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Value for KAFKA_BOOTSTRAP_SERVERS."""
        return f"127.0.0.1:{self.advertised_port}"

    @property
    def data_dir(self) -> Path:
        """Folder of this broker's records and logs. Raises RuntimeError before the first start."""
        if self._layout is None:
            raise RuntimeError("the broker has not been started")
        return self._layout.folder

    @property
    def log_file(self) -> Path:
        """The broker's log."""
        return self.data_dir / "kafka.log"

    @property
    def running(self) -> bool:
        """True while the process lives, ready or not."""
        return self._leash is not None and self._leash.poll() is None

    def last_words(self) -> str:
        """The last error in the broker's log, for a message; empty when there is none."""
        return _tail(self._layout) if self._layout else ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, timeout_seconds: float = 60.0) -> None:
        """Start and return when topics, groups and transactions work; after `kill`, on the same data and port.

        Raises SandboxMissing, FetchFailed, FolderInUse, StartFailed.
        """
        if self.running:
            return
        self._reap()
        class_path = await asyncio.to_thread(jars.ensure, self._jars_folder, self._fetch_progress)
        try:
            layout = self._prepare()
            await asyncio.to_thread(_format, layout, class_path)
            self._spawn(layout, class_path)
            await self._until_ready(layout, timeout_seconds)
        except BaseException:
            await self.stop()
            raise

    async def stop(self, *, keep_data: bool = False) -> None:
        """End the broker in good order (SIGTERM, after 10 s SIGKILL) and remove a temporary folder."""
        if self.running:
            self._order(RESUME)  # a paused broker would not hear
            self._order(TERMINATE)
            if not await self._gone(_STOP_SECONDS):
                self.kill()
        self._reap()
        if keep_data:
            return
        if self._hold:
            self._hold.release()
            self._hold = None
        if self._layout and not self._kept:
            folders.remove(self._layout.folder)
            self._layout = None

    async def restart(self) -> None:
        """Stop in good order and start again on the same data and port."""
        await self.stop(keep_data=True)
        await self.start()

    def kill(self) -> None:
        """SIGKILL, as a power cut would; `start` brings the broker back with its data."""
        if self._leash and self.running:
            self._order(KILL)
            self._leash.wait()
        self._reap()

    def pause(self) -> None:
        """SIGSTOP: the broker keeps its connections and answers nothing."""
        self._order(PAUSE)

    def resume(self) -> None:
        """SIGCONT."""
        self._order(RESUME)

    def _prepare(self) -> Layout:
        folder = self._kept or (self._layout.folder if self._layout else folders.temporary())
        folder.mkdir(parents=True, exist_ok=True)
        self._layout = Layout(folder, self.port, self._controller_port, self.advertised_port, self._overrides)
        self._hold = self._hold or Hold(self.port, self._controller_port)
        self._lock = folders.Lock(folder)
        return self._layout

    def _spawn(self, layout: Layout, class_path: Sequence[Path]) -> None:
        properties = layout.folder / "server.properties"
        properties.write_text(render(layout), encoding="utf-8")
        orphaned = "" if self._kept else str(layout.folder)
        command = run_command(class_path, layout, properties)
        assert self._lock is not None  # noqa: S101 - _prepare has taken it
        with (layout.folder / "output.log").open("wb") as output:
            self._leash = subprocess.Popen(  # noqa: S603 - our own script and Java
                leashed(command, orphaned),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in a terminal is for us, not for the broker
                pass_fds=(self._lock.fd,),
                bufsize=0,
            )

    async def _until_ready(self, layout: Layout, timeout_seconds: float) -> None:
        ready = asyncio.create_task(wait_until_ready("127.0.0.1", layout.port))
        gone = asyncio.create_task(self._gone(timeout_seconds))
        try:
            await asyncio.wait((ready, gone), return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise StartFailed("ended" if gone.result() else f"is not ready in {timeout_seconds:g} s", _tail(layout))
            ready.result()
        finally:
            ready.cancel()
            gone.cancel()
            await asyncio.gather(ready, gone, return_exceptions=True)

    async def _gone(self, seconds: float) -> bool:
        """True when the process has ended within `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.running:
            if loop.time() > deadline:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    def _order(self, order: bytes) -> None:
        if self._leash and self._leash.stdin and self.running:
            self._leash.stdin.write(order)

    def _reap(self) -> None:
        if self._leash:
            self._leash.wait()
            if self._leash.stdin:
                self._leash.stdin.close()
            self._leash = None
        if self._lock:
            self._lock.release()
            self._lock = None


def _format(layout: Layout, class_path: Sequence[Path]) -> None:
    """Prepare the log directory once; it is moved into place whole, so a crash leaves nothing half made."""
    if layout.records.exists():
        return
    fresh = layout.folder / "records.new"
    shutil.rmtree(fresh, ignore_errors=True)
    properties = layout.folder / "format.properties"
    properties.write_text(render(layout, fresh), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - Java
        format_command(class_path, layout, properties), capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        raise StartFailed("cannot prepare its folder", _gist((done.stderr or done.stdout).splitlines()))
    properties.unlink()
    fresh.rename(layout.records)


def _tail(layout: Layout) -> str:
    """The last error of the log, else what Java printed."""
    errors = [line for line in _lines(layout.log_file) if " ERROR " in line or " FATAL " in line]
    return errors[-1][-_WORDS:] if errors else _gist(_lines(layout.folder / "output.log"))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []


def _gist(lines: Sequence[str]) -> str:
    """The line that names the exception rather than its trace, else the last one."""
    named = [line for line in lines if "Exception" in line or "Error" in line]
    return (named or [*lines[-1:], ""])[0].strip()[:_WORDS]
