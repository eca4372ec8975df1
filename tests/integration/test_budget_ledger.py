"""The ledger on a real Kafka: takeover and fencing, and topics that cannot be relied on."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import PolicyViolationError, ProducerFenced

from schemas import BudgetRequest
from streams.ai.budget import BudgetLimits, Reservation, Shortage
from streams.errors import SettingsError
from streams.pipeline.ledger import HoldCheck, LedgerNames, LedgerUnusable
from streams.pipeline.ledger.book import Book, lease_id
from streams.pipeline.ledger.examination import examine, topic_config
from streams.pipeline.ledger.reader import open_reader
from streams.pipeline.ledger.term import Term, open_term
from streams.pipeline.topics import ensure_topics
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import Settings, load
from tests.integration.ledger_cluster import CLOCK, LIMITS, Worker, configure
from tests.integration.made_topics import make


@pytest.fixture
async def settings(kafka: EmbeddedKafka, topic_prefix: str) -> Settings:
    """A prefix of its own, with its topics."""
    made = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(made)
    return made


@pytest.fixture
def client(kafka: EmbeddedKafka) -> dict[str, Any]:
    """Arguments of every client."""
    return {"bootstrap_servers": kafka.bootstrap}


@asynccontextmanager
async def term(
    client: dict[str, Any], settings: Settings, name: str, *, served_before: bool = False
) -> AsyncIterator[Term]:
    """A ledger in office."""
    names = LedgerNames.of(settings)
    async with open_term(client, names, LIMITS, CLOCK, name, served_before=served_before) as opened:
        yield opened


def asking(worker: str, wanted: int, number: int = 1) -> BudgetRequest:
    """A worker's request."""
    day = CLOCK.now().date().isoformat()
    return BudgetRequest(
        worker=worker,
        number=number,
        budget="openai/day",
        period=day,
        wanted_nano_usd=wanted,
        spent_nano_usd=0,
        at=CLOCK.now(),
    )


async def book(client: dict[str, Any], settings: Settings) -> Book:
    """What is committed."""
    async with open_reader(client, LedgerNames.of(settings)) as reader:
        read = Book()
        for line in await reader.to_the_end():
            read.apply(line)
        return read


async def test_a_newer_ledger_fences_an_older_one(client: dict[str, Any], settings: Settings) -> None:
    """Both may grant all that is left; what the older one says after the takeover is never seen, the sum holds."""
    async with term(client, settings, "old") as old:
        await old.serve([asking("first", 600)])
        async with term(client, settings, "new") as new:
            with pytest.raises(ProducerFenced):
                await old.serve([asking("second", 1_000)])
            await new.serve([asking("third", 1_000)])
            read = await book(client, settings)
    day = asking("any", 0).period
    assert read.granted("openai/day", day) == 1_000
    assert read.lease(lease_id("second", "openai/day", day)) is None
    third = read.lease(lease_id("third", "openai/day", day))
    assert third is not None
    assert third.granted_nano_usd == 400


async def test_a_ledger_that_dies_in_a_transaction_granted_nothing(client: dict[str, Any], settings: Settings) -> None:
    """A line that was sent and not committed is not there for the next ledger, nor for any worker."""
    names = LedgerNames.of(settings)
    async with term(client, settings, "first") as first:
        await first.serve([asking("a", 500)])
    dead = AIOKafkaProducer(**client, transactional_id=names.transactional_id)
    await dead.start()
    await dead.begin_transaction()
    lease = (await book(client, settings)).lease(lease_id("a", "openai/day", asking("a", 0).period))
    assert lease is not None
    torn = lease.model_copy(update={"granted_nano_usd": 0})
    await dead.send_and_wait(names.leases, torn.model_dump_json().encode(), lease.lease_id.encode())
    async with term(client, settings, "second") as second:
        await second.serve([asking("b", 1_000)])
        read = await book(client, settings)
    await dead.stop()
    assert read.granted("openai/day", lease.period) == 1_000
    assert read.lease(lease.lease_id) == lease


@pytest.mark.timeout(120)
async def test_workers_share_a_budget_and_give_back_what_they_do_not_use(
    client: dict[str, Any], settings: Settings
) -> None:
    """Two workers spend one budget to its end; what one returns at its clean stop the other can spend."""
    async with Worker(client, settings) as one:
        await one.spend(300)
        async with Worker(client, settings) as two:
            await two.spend(300)
            unused = await two.take(300)
            assert isinstance(unused, Reservation)
            gone = await one.take(300)
            assert isinstance(gone, Shortage)
            assert gone.budget == "openai/day"
            assert 0 < gone.resets_in_seconds <= 86_400
            assert one.budget.left("openai", None)[0].left == 0
            two.budget.settle(unused, 0)
        assert await one.sees(400)
        assert isinstance(await one.take(300), Reservation)
        assert not one.crashed
        assert not two.crashed
    async with Worker(client, settings) as three:  # the last return waits for the next ledger
        assert await three.sees(100)
        assert isinstance(await three.take(101), Shortage)


async def forget_by(admin: AIOKafkaAdminClient, topic: str, cleanup: str) -> None:
    """Set the topic's way to forget, and wait until the broker that tells it has heard of it."""
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": cleanup})])
    async with asyncio.timeout(20):
        while (await topic_config(admin, topic))["cleanup.policy"] != cleanup:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.05)


async def cut(admin: AIOKafkaAdminClient, topic: str) -> None:
    """Delete the first record, as soon as the broker has heard of the new policy."""
    async with asyncio.timeout(20):
        while True:
            try:
                await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(1)})
            except PolicyViolationError:
                await asyncio.sleep(0.1)
            else:
                return


async def test_leases_that_were_cut_off_are_not_believed(client: dict[str, Any], settings: Settings) -> None:
    """Kafka deleted by age for a while, and somebody has put the policy right again: nothing may be spent."""
    leases = LedgerNames.of(settings).leases
    async with term(client, settings, "first") as first:
        await first.serve([asking("a", 500)])
    await configure(client, lambda admin: forget_by(admin, leases, "delete"))
    await configure(client, lambda admin: cut(admin, leases))
    await configure(client, lambda admin: forget_by(admin, leases, "compact"))
    with pytest.raises(LedgerUnusable, match=f"{leases} begins at offset 1.*make them with `fulltext topics`"):
        async with term(client, settings, "second"):
            raise AssertionError("it took office")
    with pytest.raises(LedgerUnusable, match=leases):
        async with Worker(client, settings):
            raise AssertionError("it may spend")


async def test_leases_that_are_gone_although_requests_were_answered_are_missed(
    client: dict[str, Any], settings: Settings
) -> None:
    """A topic made anew is empty; the group's offset shows that it was not always."""
    with pytest.raises(LedgerUnusable, match="lost the ledger's own line"):
        async with term(client, settings, "second", served_before=True):
            raise AssertionError("it took office")


async def test_a_value_that_is_no_lease_is_not_passed_over(client: dict[str, Any], settings: Settings) -> None:
    """It may have been a grant."""
    leases = LedgerNames.of(settings).leases
    producer = AIOKafkaProducer(**client)
    await producer.start()
    await producer.send_and_wait(leases, b"{", b"x")
    await producer.stop()
    with pytest.raises(LedgerUnusable, match="at offset 0 what is no lease"):
        await book(client, settings)


async def test_topics_that_forget_or_are_missing_are_refused(
    client: dict[str, Any], kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """No topic, several partitions, deletion by age: each is told with its topic and its cure."""
    names = LedgerNames.of(load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix))
    with pytest.raises(LedgerUnusable, match=f"{names.leases} does not exist.*fulltext topics"):
        await examine(client, names)
    forgetful = NewTopic(names.leases, 1, 1, topic_configs={"cleanup.policy": "delete"})
    await configure(client, lambda admin: make(admin, [forgetful, NewTopic(names.requests, 2, 1)]))
    with pytest.raises(LedgerUnusable, match=f"{names.leases} has cleanup.policy=delete.*compact|has 2 partitions"):
        await examine(client, names)


async def test_a_hold_that_outlasts_the_topic_is_refused(client: dict[str, Any], settings: Settings) -> None:
    """A month's budget with records kept for a week; a day's budget is fine."""
    names, topic = LedgerNames.of(settings), settings.topic("scraped-content")
    await examine(client, names, HoldCheck(topic, LIMITS))
    with pytest.raises(SettingsError, match=r"AI_MONTHLY_BUDGET_USD.*31 days.*only 7.*VERIFY_ON_OUTAGE=undetermined"):
        await examine(client, names, HoldCheck(topic, BudgetLimits(monthly={"openai": 1})))


@pytest.fixture
def left_sockets() -> Iterator[None]:
    """Clients that are stopped while they look for a topic that is gone leave sockets; collect them here."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.usefixtures("left_sockets")
@pytest.mark.parametrize("lost", ["leases", "requests"])
@pytest.mark.timeout(120)
async def test_a_ledger_topic_that_is_lost_ends_the_worker(
    client: dict[str, Any], settings: Settings, lost: str
) -> None:
    """Deleted while a worker runs: it hears of it, within its patience, by an error that names the topic."""
    names = LedgerNames.of(settings)
    async with Worker(client, settings) as worker:
        await worker.spend(100)
        await configure(client, lambda admin: admin.delete_topics([getattr(names, lost)]))
        async with asyncio.timeout(60):
            while not worker.crashed:  # noqa: ASYNC110 - no event for it
                await asyncio.sleep(0.1)
        assert isinstance(worker.crashed[0], LedgerUnusable)
        assert "nothing may be spent" in str(worker.crashed[0])
        taken = worker.budget.reserve("after", "openai", None, 990)
        assert isinstance(taken, Shortage)
