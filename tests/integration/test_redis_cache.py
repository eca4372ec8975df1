"""The second cache tier against a real redis-server, well and unwell."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from pydantic import SecretStr
from redis_server import PASSWORD, RedisServer

from schemas import ProviderUsage
from streams.ai import CacheRules, Completion, CompletionOptions, FakeProvider, GuardRules, UnifiedAIService
from streams.ai.redis_cache import MAX_VALUE_BYTES, RedisCache
from streams.clock import ManualClock

KEY = b"k" * 32
PATIENT = 10.0
"""Seconds for a command where the test is not about the deadline: a busy machine must not fail it."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One server for the tests that leave it well."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def server(running: RedisServer) -> RedisServer:
    """The shared server, empty."""
    running.ask("FLUSHALL")
    running.ask("CONFIG SET maxmemory 0")
    return running


@pytest.fixture
async def caches() -> AsyncIterator[list[RedisCache]]:
    """What is put in here is closed at the end."""
    opened: list[RedisCache] = []
    yield opened
    for cache in opened:
        await cache.aclose()


def open_cache(server: RedisServer, caches: list[RedisCache], **more: object) -> RedisCache:
    """A connection to the server."""
    settings = {"ttl_seconds": 60.0, "command_seconds": PATIENT, **more}
    caches.append(RedisCache(SecretStr(server.url), **settings))  # type: ignore[arg-type]
    return caches[-1]


def service(cache: RedisCache, *answers: str) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A worker: memory of its own, the shared tier, and its ledger."""
    ledger: list[ProviderUsage] = []
    provider = FakeProvider(*answers or ("yes",))
    return UnifiedAIService([provider], cache=CacheRules(), shared_cache=cache, on_attempt=ledger.append), ledger


def answer(text: str = "yes", provider: str = "a") -> Completion:
    """An answer as it is kept."""
    return Completion(text, 3, 4, 0, provider, "m", "m-1", 0, cached=True, attempts=(), saved_nano_usd=5)


async def test_a_redo_after_a_crash_is_not_paid_again(server: RedisServer, caches: list[RedisCache]) -> None:
    """A worker answers and is gone without a close; the next one has the answer, its figures, and no attempt."""
    crashed, paid = service(open_cache(server, caches))
    first = await crashed.generate_completion("question", CompletionOptions(system="s"), user_id="u1")
    worker, ledger = service(open_cache(server, caches), "another answer")
    again = await worker.generate_completion("question", CompletionOptions(system="s"))
    assert (again.content, again.provider, again.model) == (first.content, first.provider, first.model)
    assert (again.input_tokens, again.output_tokens) == (first.input_tokens, first.output_tokens)
    assert (again.cached, again.cost_nano_usd, again.attempts) == (True, 0, ())
    assert again.saved_nano_usd == paid[0].cost_nano_usd > 0
    assert ledger == []
    figures = worker.cache_figures()
    assert (figures.hits, figures.second_tier_hits, figures.misses, figures.second_tier_faults) == (1, 1, 0, 0)


async def test_two_hundred_equal_calls_read_once(server: RedisServer, caches: list[RedisCache]) -> None:
    """The single flight stands before the second tier too, and later calls are answered from memory."""
    await open_cache(server, caches).put(KEY, answer(), PATIENT)
    worker, ledger = service(open_cache(server, caches))
    await worker.generate_completion("question")
    other, _ = service(open_cache(server, caches))
    reads = int(server.ask("INFO commandstats").partition("cmdstat_getrange:calls=")[2].partition(",")[0])
    done = await asyncio.gather(*(other.generate_completion("question") for _ in range(200)))
    assert all(one.cached for one in done)
    after = int(server.ask("INFO commandstats").partition("cmdstat_getrange:calls=")[2].partition(",")[0])
    assert after - reads == 1
    assert len(ledger) == 1


async def test_answers_are_kept_by_provider_and_for_their_time(server: RedisServer, caches: list[RedisCache]) -> None:
    """Only for callers who may use the provider, in their order; Redis drops them by itself."""
    cache = open_cache(server, caches, ttl_seconds=60)
    await cache.put(KEY, answer("by b", "b"), PATIENT)
    await cache.put(KEY, answer("by a", "a"), PATIENT)
    assert await cache.get(KEY, ["c"], PATIENT) is None
    assert await cache.get(KEY, [], PATIENT) is None
    found = [await cache.get(KEY, names, PATIENT) for names in (["c", "a", "b"], ["b"])]
    assert [one.answer.content if one else None for one in found] == ["by a", "by b"]
    assert all(one and 0 < one.seconds_left <= 60 for one in found)
    assert all(0 < int(server.ask(f"PTTL {key}")[1:]) <= 60_000 for key in keys(server))
    await cache.forget(KEY, "a", PATIENT)
    assert await cache.get(KEY, ["a"], PATIENT) is None


async def test_an_answer_that_a_caller_cannot_use_leaves_both_tiers(
    server: RedisServer, caches: list[RedisCache]
) -> None:
    """Whoever planted or kept it: it is asked anew, and the good answer takes its place for all."""
    first, _ = service(open_cache(server, caches), "bad")
    await first.generate_completion("question")
    worker, ledger = service(open_cache(server, caches), "good")
    choosy = CompletionOptions(accept=lambda content: content == "good")
    assert (await worker.generate_completion("question", choosy)).content == "good"
    assert worker.cache_figures().unusable == len(ledger) == 1
    third, _ = service(open_cache(server, caches))
    assert (await third.generate_completion("question", choosy)).cached


def keys(server: RedisServer) -> list[str]:
    """All keys there are."""
    return [line for line in server.ask("KEYS *").split("\r\n") if line.startswith("fulltext")]


@pytest.mark.parametrize(
    "command",
    ["SET {key} garbage", "SET {key} {{}}", "SETRANGE {key} 300000 x", "LPUSH {key} x", 'SET {key} ""', "SET {key} 5"],
)
async def test_foreign_values_are_ignored_and_counted(
    server: RedisServer, caches: list[RedisCache], command: str
) -> None:
    """Broken JSON, another shape, another type, too long: the question is asked, and reading goes on."""
    cache = open_cache(server, caches)
    await cache.put(KEY, answer(), PATIENT)
    [key] = keys(server)
    server.command(f"AUTH {PASSWORD}", f"DEL {key}", command.format(key=key))
    assert await cache.get(KEY, ["a"], PATIENT) is None
    assert (cache.ignored, cache.faults) == (command.rsplit(maxsplit=1)[-1] != '""', 0)


async def test_what_cannot_be_kept_is_not(server: RedisServer, caches: list[RedisCache]) -> None:
    """Too large, or no UTF-8: counted, and nothing is written."""
    cache = open_cache(server, caches)
    await cache.put(KEY, answer("x" * MAX_VALUE_BYTES), PATIENT)
    await cache.put(KEY, answer("\ud800"), PATIENT)
    assert (cache.ignored, cache.faults, keys(server)) == (2, 0, [])


async def test_a_full_redis_is_still_read(server: RedisServer, caches: list[RedisCache]) -> None:
    """Writes are refused and then left alone; answers that are there are still found; no question fails."""
    writer = open_cache(server, caches)
    await writer.put(KEY, answer(), PATIENT)
    server.ask("CONFIG SET maxmemory 1")
    cache = open_cache(server, caches, rules=GuardRules(consecutive=3, open_seconds=3600, open_seconds_max=3600))
    worker, ledger = service(cache)
    for number in range(10):
        assert (await worker.generate_completion(f"question {number}")).content == "yes"
    assert len(ledger) == cache.faults == 10
    refused = server.ask("INFO errorstats").partition("errorstat_OOM:count=")[2].partition("\r")[0]
    assert int(refused) == 3
    assert await cache.get(KEY, ["a"], PATIENT) is not None


async def test_a_hung_redis_costs_a_few_short_waits_and_then_none(tmp_path, caches: list[RedisCache]) -> None:
    """Every question is answered while it hangs; it is given up after three, with one line; back, it is used again."""
    server = RedisServer(tmp_path)
    server.start()
    clock = ManualClock()
    try:
        cache = open_cache(server, caches, command_seconds=0.05, clock=clock)
        worker, _ = service(cache)
        server.stall()
        with structlog.testing.capture_logs() as told:
            for number in range(20):
                assert (await worker.generate_completion(f"question {number}")).content == "yes"
        away = [line for line in told if line["event"] == "shared_cache.away"]
        assert sorted(line["operation"] for line in away) == ["read", "write"]
        assert cache.faults == 40
        server.go_on()
        with structlog.testing.capture_logs() as told:
            for number in range(100):  # on a busy machine the first probes may still run out of their short time
                clock.advance(60)
                await worker.generate_completion(f"after {number}")
                back = [line for line in told if line["event"].startswith("shared_cache")]
                if len(back) == 2:
                    break
        assert [line["event"] for line in back] == ["shared_cache.back"] * 2
        assert PASSWORD not in json.dumps([*told, *away])
    finally:
        server.go_on()
        server.kill()


async def test_a_dead_redis_fails_no_question_and_a_new_one_is_used(tmp_path, caches: list[RedisCache]) -> None:
    """Killed in mid-run and started again empty: every question is answered, and the new server is written to."""
    server = RedisServer(tmp_path)
    server.start()
    clock = ManualClock()
    try:
        worker, _ = service(open_cache(server, caches, clock=clock))
        await worker.generate_completion("before")
        server.kill()
        for number in range(10):
            assert (await worker.generate_completion(f"question {number}")).content == "yes"
        server.start()
        clock.advance(60)
        await worker.generate_completion("after")
        assert len(keys(server)) == 1
    finally:
        server.kill()


async def test_a_burst_takes_two_connections_at_most(server: RedisServer, caches: list[RedisCache]) -> None:
    """500 callers at once are served in batches: reads and writes need one connection each at most; none fails."""

    def connections() -> int:
        return int(server.ask("INFO stats").partition("total_connections_received:")[2].partition("\r")[0])

    cache = open_cache(server, caches)
    worker, ledger = service(cache)
    before = connections()
    await asyncio.gather(*(worker.generate_completion(f"question {number}") for number in range(500)))
    assert connections() - before <= 3  # one is this look
    assert (len(ledger), len(keys(server)), cache.faults) == (500, 500, 0)


async def test_a_cancelled_write_is_written(server: RedisServer, caches: list[RedisCache]) -> None:
    """A worker that stops cancels its callers; the answers are paid, so they are kept before the connection closes."""
    cache = open_cache(server, caches)
    write = asyncio.create_task(cache.put(KEY, answer(), PATIENT))
    await asyncio.sleep(0)
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    await cache.aclose()
    assert len(keys(server)) == 1


async def test_a_cancelled_or_hasty_read_spoils_no_later_one(server: RedisServer, caches: list[RedisCache]) -> None:
    """Calls cut in the middle of an answer leave no connection from which another call reads what is not its own."""
    cache = open_cache(server, caches)
    questions = [bytes([number]) * 32 for number in range(20)]
    for number, question in enumerate(questions):
        await cache.put(question, answer(str(number)), PATIENT)
    for round_ in range(40):
        reads = [asyncio.create_task(cache.get(question, ["a"], PATIENT)) for question in questions]
        for _ in range(round_ % 8):
            await asyncio.sleep(0)
        for task in reads[::2]:
            task.cancel()
        await asyncio.gather(*reads, return_exceptions=True)
        kept = [found.result() for found in reads[1::2]]
        assert [one.answer.content if one else None for one in kept] == [str(n) for n in range(1, 20, 2)]
        await asyncio.gather(*(cache.get(question, ["a"], 1e-9) for question in questions))
    assert cache.ignored == 0
