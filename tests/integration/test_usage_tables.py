"""The usage tables' writer and views on a real Kafka: what is folded, by whom, and what is not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import ProducerFenced

from schemas import ProviderUsage
from streams.ai.pricing import PriceBook
from streams.clock import SystemClock
from streams.pipeline.topics import ensure_topics
from streams.pipeline.usage import fold
from streams.pipeline.usage.list_price import ListPrices
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.reading import follow
from streams.pipeline.usage.tables import UsageTables
from streams.pipeline.usage.term import Work, serve
from streams.pipeline.usage.view import StatsView
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import Settings, load

CLOCK = SystemClock()


def usage(number: int, **fields: Any) -> ProviderUsage:
    """An attempt of now that cost 7 nano-USD."""
    return ProviderUsage(
        **{
            "attempt_id": f"a{number}",
            "task": "verify",
            "provider": "groq",
            "model": "openai/gpt-oss-20b",
            "outcome": "ok",
            "latency_ms": 100,
            "cost_nano_usd": 7,
            "cost_kind": "reported",
            "started_at": CLOCK.now(),
            **fields,
        }
    )


@dataclass
class Cluster:
    """Topics of its own on the shared broker."""

    work: Work
    producer: AIOKafkaProducer
    settings: Settings

    async def send(self, *events: ProviderUsage | bytes) -> None:
        """Usage events, in this order."""
        for event in events:
            value = event if isinstance(event, bytes) else event.model_dump_json().encode()
            await self.producer.send_and_wait(self.work.names.usage, value, b"groq")

    @asynccontextmanager
    async def tables(self) -> AsyncIterator[UsageTables]:
        """A worker's part."""
        tables = UsageTables(self.work, session_seconds=6)
        tables.start()
        try:
            yield tables
        finally:
            await tables.stop()

    async def lose(self, topic: str) -> None:
        """Somebody deletes it, and the next worker makes it."""
        admin = AIOKafkaAdminClient(**self.work.client)
        await admin.start()
        try:
            await admin.delete_topics([topic])
            async with asyncio.timeout(40):
                while topic in await admin.list_topics():  # noqa: ASYNC110 - no event for it
                    await asyncio.sleep(0.1)
        finally:
            await admin.close()
        await ensure_topics(self.settings)

    async def read(self) -> StatsView:
        """What is committed."""
        view = StatsView(self.work.names, CLOCK)
        await follow(self.work.client, view, to_the_end=True)
        return view


@pytest.fixture
async def cluster(kafka: EmbeddedKafka, topic_prefix: str) -> AsyncIterator[Cluster]:
    """With its topics, and a producer."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    client = {"bootstrap_servers": kafka.bootstrap}
    work = Work(client, UsageNames.of(settings), CLOCK, {"groq", "gemini"}, ListPrices(PriceBook.load()))
    async with AIOKafkaProducer(**client) as producer:
        yield Cluster(work, producer, settings)


async def until(true: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for another task's or process's work."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.05)


def calls(view: StatsView) -> int:
    """Attempts of the newest month, as groq's book has them."""
    return view.stats["groq"].months[-1].calls if "groq" in view.stats else 0


def asked(view: StatsView) -> int:
    """Attempts of the newest month, as the analytics have them."""
    return sum(one.calls for one in view.analytics.months[-1].models.values()) if view.analytics else 0


async def test_bad_events_are_counted_and_poison_nothing(cluster: Cluster) -> None:
    """Garbage, an unknown provider, a negative price, impossible figures and copies change no figure but their own."""
    negative = usage(1).model_dump_json().replace('"cost_nano_usd":7', '"cost_nano_usd":-7').encode()
    early, late = datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    await cluster.send(
        usage(1), b"", b"{", b"\xff\xfe", b"[" * 5_000, negative, usage(2, provider="nobody"),
        usage(3, cost_nano_usd=10**17), usage(1), usage(4, started_at=early), usage(5, started_at=late),
        usage(6, started_at=CLOCK.now() - timedelta(days=400)), usage(7, task="t" * 10_000, user_id="u" * 10_000),
    )  # fmt: skip
    async with cluster.tables() as tables:
        await until(lambda: calls(tables.view) == 5)
        await cluster.send(usage(8))
        await until(lambda: calls(tables.view) == 6)
        analytics = tables.view.analytics
        assert analytics is not None
        assert analytics.rejected == {"invalid_event": 5, "unknown_provider": 1, "impossible_figures": 1}
        assert sum(period.copies for period in analytics.days) == 1
        assert sum(period.tasks["verify"].calls for period in analytics.days) == 5
        assert set(tables.view.stats) == {"groq"}
        minutes = [window.window_start for window in tables.view.stats["groq"].minutes]
        assert all(abs(CLOCK.now() - minute) < timedelta(minutes=10) for minute in minutes)
        assert tables.view.age_seconds() is not None


async def test_a_zombie_spoils_nothing(cluster: Cluster) -> None:
    """A writer that does not know of its successor is fenced: nothing that it folds is doubled."""
    await cluster.send(*(usage(number) for number in range(5)))
    zombie = asyncio.create_task(serve(cluster.work, lambda: True, asyncio.Event()))
    view = StatsView(cluster.work.names, CLOCK)
    following = asyncio.create_task(follow(cluster.work.client, view))
    await until(lambda: calls(view) == 5)
    successor = asyncio.create_task(serve(cluster.work, lambda: True, asyncio.Event()))
    try:
        await asyncio.sleep(1)
        await cluster.send(*(usage(number) for number in range(5, 9)))
        with pytest.raises(ProducerFenced):
            await asyncio.wait_for(zombie, 40)
        await until(lambda: calls(view) == 9)
        assert calls(await cluster.read()) == 9
    finally:
        following.cancel()
        successor.cancel()
        await asyncio.gather(following, zombie, successor, return_exceptions=True)


async def test_the_seat_passes_on_with_the_figures(cluster: Cluster) -> None:
    """Of two candidates one writes; when it leaves, the other goes on; both see the same, each event once."""
    async with cluster.tables() as stays:
        async with cluster.tables() as leaves:
            await cluster.send(*(usage(number) for number in range(10)))
            await until(lambda: calls(stays.view) == 10 == calls(leaves.view))
            assert stays.view.stats == leaves.view.stats
        await cluster.send(*(usage(number) for number in range(20)))
        await until(lambda: calls(stays.view) >= 20)
        before = stays.view.stats["groq"].months
    async with cluster.tables() as returned:
        await until(lambda: returned.view.recovered and calls(returned.view) > 0)
        assert returned.view.stats["groq"].months == before
        assert calls(returned.view) == 20


async def test_a_clean_stop_leaves_the_figures_whole(cluster: Cluster) -> None:
    """What was there when the last worker was told to stop is in the figures that it leaves."""
    async with cluster.tables() as tables:
        await cluster.send(usage(0))
        await until(lambda: calls(tables.view) == 1)
        await cluster.send(*(usage(number) for number in range(1, 50)))
    assert calls(await cluster.read()) == 50


@pytest.mark.parametrize("lost", ["stats", "analytics"])
async def test_a_lost_topic_is_made_anew(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    """Deleted alone between two starts: the next writer folds the events that are kept again, and each once.

    No event is within reach of the ids that a writer reads again anyway.
    """
    monkeypatch.setattr(fold, "REMEMBERED", {"usage": 0, "verdict": 0, "health": 0})
    await cluster.send(*(usage(number) for number in range(4)), usage(4, provider="gemini"))
    async with cluster.tables() as first:
        await until(lambda: calls(first.view) == 4 and "gemini" in first.view.stats)
    await cluster.lose(getattr(cluster.work.names, lost))
    assert (await cluster.read()).lost == ({"groq", "gemini"} if lost == "stats" else set())

    await cluster.send(usage(5))
    async with cluster.tables() as second:
        await until(lambda: calls(second.view) == 5 and asked(second.view) == 6)
        assert second.view.lost == set()
    read = await cluster.read()
    assert [read.stats[name].months[-1].calls for name in ("groq", "gemini")] == [5, 1]
    assert asked(read) == 6

    async with cluster.tables() as third:
        await cluster.send(usage(6))
        await until(lambda: calls(third.view) == 6)
        assert asked(third.view) == 7


async def test_an_unreadable_value_is_made_anew(cluster: Cluster) -> None:
    """What somebody wrote over the figures is no figure; the next writer makes them again from the events."""
    await cluster.send(*(usage(number) for number in range(4)))
    async with cluster.tables() as first:
        await until(lambda: calls(first.view) == 4)
    await cluster.producer.send_and_wait(cluster.work.names.stats, b"{", b"groq")
    assert (await cluster.read()).unreadable
    async with cluster.tables() as second:
        await until(lambda: calls(second.view) == 4)
        assert not second.view.unreadable
