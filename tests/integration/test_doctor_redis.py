"""`fulltext doctor` and the Redis of AI_CACHE_URL: what it finds, and what it says to do."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis_server import PASSWORD, RedisServer

from streams.cli.doctoring.finding import Finding, Subject
from streams.cli.doctoring.shared_cache import cache
from streams.settings import load


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A sound one."""
    one = RedisServer(tmp_path)
    one.start()
    yield one
    one.kill()


async def look(url: str | None) -> list[Finding]:
    """What is found; the password is in none of it."""
    found = await cache(Subject(load(ai_cache_url=url)))
    assert PASSWORD not in str(found)
    return found


async def test_one_that_takes_and_gives_is_good(server: RedisServer) -> None:
    """It is written to and read; what was written goes by itself. Without the setting there is nothing to look at."""
    (good,) = await look(server.url)
    assert good.level == "good"
    assert f"127.0.0.1:{server.port} takes answers and gives them back" in good.message
    assert set(re.findall(r"keys=(\d+),expires=(\d+)", server.ask("INFO keyspace"))) <= {("1", "1")}
    (unset,) = await look(None)
    assert (unset.level, "AI_CACHE_URL is not set" in unset.message) == ("good", True)


async def test_what_is_wrong_is_told_with_what_helps(server: RedisServer) -> None:
    """A wrong password, a replica, a full one, one that nobody answers at, a URL that is none: each its own remedy."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        cases = {
            server.url.replace(PASSWORD, "wrong"): "put the right user and password into the URL",
            f"redis://127.0.0.1:{nobody.getsockname()[1]}/0": "see that it runs",
            "http://127.0.0.1": "",
        }
        for url, remedy in cases.items():
            (found,) = await look(url)
            assert (found.level, found.setting) == ("act", "AI_CACHE_URL"), url
            assert remedy in found.remedy
            assert remedy or "write redis://" in found.message

    server.ask("CONFIG SET maxmemory 100mb")
    good, note = await look(server.url)
    assert (good.level, note.level) == ("good", "note")
    assert "allkeys-lru" in note.remedy
    server.ask("CONFIG SET maxmemory 1")
    (full,) = await look(server.url)
    assert (full.level, "allkeys-lru" in full.remedy) == ("act", True)
    server.ask("CONFIG SET maxmemory 0")
    server.ask("ACL SETUSER reader on >reads ~fulltext:* +getrange +ping")
    (denied,) = await look(f"redis://reader:reads@127.0.0.1:{server.port}/0")
    assert (denied.level, "SET, GETRANGE and DEL" in denied.remedy) == ("act", True)
    server.ask("REPLICAOF 127.0.0.1 1")
    (replica,) = await look(server.url)
    assert (replica.level, "name the primary" in replica.remedy) == ("act", True)
