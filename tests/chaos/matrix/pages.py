"""The workers' own pages: each says in its first line where they are."""

import asyncio
import urllib.error
import urllib.request

from tests.chaos.processes import Child

ALL = (
    "/",
    "/stats",
    "/stats/groq",
    "/stats/users",
    "/budgets",
    "/health/ai-providers",
    "/livez",
    "/readyz",
    "/metrics",
)
_SECONDS = 30.0


class Pages:
    """Of any worker of a run."""

    def __init__(self) -> None:
        self._roots: dict[int, str] = {}
        """Process id -> address."""

    async def get(self, child: Child, page: str) -> tuple[int, bytes]:
        """Status and text; status 0 when nobody answers."""
        try:
            return await asyncio.to_thread(_get, await self._root(child) + page)
        except (OSError, ValueError):  # a process that ended, or has said nothing yet
            return 0, b""

    async def ready(self, child: Child) -> bool:
        """Whether it says so."""
        return (await self.get(child, "/readyz"))[0] == 200

    async def _root(self, child: Child) -> str:
        if child.process.pid not in self._roots:
            assert child.process.stdout is not None
            line = await asyncio.to_thread(child.process.stdout.readline)
            self._roots[child.process.pid] = line.decode().strip().removeprefix("live page: ").rstrip("/")
        return self._roots[child.process.pid]


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - our own worker on loopback
            return answer.status, bytes(answer.read())
    except urllib.error.HTTPError as error:  # a page may say no, and what it says counts as well
        with error:
            return error.code, bytes(error.read())
