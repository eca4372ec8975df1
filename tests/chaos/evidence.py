"""What the checker judges: the whole of the topics, and the files that the run left.

Only aiokafka and the standard library: nothing of the product is trusted to read its own traces.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

Place = tuple[int, int]
"""(partition, offset) of an input."""
_STALL_SECONDS = 300.0


@dataclass(frozen=True)
class Case:
    """Where the traces are and which limits were in force."""

    bootstrap: str
    group: str
    content_topic: str
    verdicts_topic: str
    dead_letters_topic: str
    usage_topic: str
    ledger: str
    samples: str
    events: str
    bill: str | None
    window: int
    in_flight: int
    workers: int = 0
    """How many are there at a time."""
    stats_topic: str | None = None
    """None: no worker keeps usage tables in this run."""
    leases_topic: str | None = None
    budgets: dict[str, int] = field(default_factory=dict)
    """`<provider or global>/day` -> nano-USD."""
    exhausted: bool = False
    """More was asked for than the budgets pay: what was not spent was kept from being spent."""


@dataclass(frozen=True)
class Output:
    """A verdict or dead letter. `at_ms`: when the broker appended it; `order`: its own (partition, offset)."""

    place: Place
    at_ms: float
    order: Place
    key: bytes | None
    verdict_id: str | None
    """None: a dead letter."""
    content_id: str | None
    verdict: str | None
    reason: str | None
    attempts: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """The group's committed offsets at a moment."""

    at_ms: float
    offsets: dict[int, int]


@dataclass(frozen=True)
class Lease:
    """A line of the leases' topic: the whole of a lease from then on. Nano-USD."""

    at_ms: float
    name: str
    budget: str
    granted: int


@dataclass
class Evidence:
    """All traces of a run."""

    ids: dict[Place, str] = field(default_factory=dict)
    """Acknowledged inputs: place -> id."""
    kinds: dict[Place, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Ids that were sent and never acknowledged."""
    ends: dict[int, int] = field(default_factory=dict)
    """The input topic's log ends."""
    outputs: list[Output] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    committed: dict[int, int] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    bill: list[dict[str, Any]] = field(default_factory=list)
    """The emulator's lines, all of them."""
    billed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Attempt id -> its (last) line of the bill."""
    usage: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Attempt id -> its event, from the ledger of attempts."""
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Provider -> the last value of the usage tables."""
    leases: list[Lease] = field(default_factory=list)
    """In the order in which they were written; what was forgotten at a new day is not told."""


async def collect(case: Case) -> Evidence:
    """Read everything. Raises TimeoutError when Kafka does not give all that its high watermarks promise."""
    evidence = Evidence()
    _ledger(evidence, Path(case.ledger))
    evidence.samples = [
        Sample(line["at_ms"], {int(p): offset for p, offset in line["offsets"].items()})
        for line in _lines(case.samples)
    ]
    for sample in evidence.samples:  # a busy coordinator may tell nothing, and what is committed does not go away
        evidence.committed |= sample.offsets
    evidence.events = list(_lines(case.events))
    if case.bill:
        evidence.bill = list(_lines(case.bill))
        evidence.billed = {line["attempt_id"]: line for line in evidence.bill if line["attempt_id"]}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=case.bootstrap, enable_auto_commit=False, isolation_level="read_committed"
    )
    await consumer.start()
    try:
        evidence.ends = {tp.partition: end for tp, end in (await ends_of(consumer, case.content_topic)).items()}
        for message in await read_all(consumer, case.verdicts_topic):
            evidence.outputs.append(output_of_verdict(message))
        for message in await read_all(consumer, case.dead_letters_topic):
            evidence.outputs.append(_dead_letter(message))
        for message in await read_all(consumer, case.usage_topic):
            event = json.loads(message.value)
            evidence.usage[event["attempt_id"]] = event
        if case.stats_topic:
            tables = await read_all(consumer, case.stats_topic)
            evidence.tables = {message.key.decode(): json.loads(message.value) for message in tables if message.value}
        if case.leases_topic:
            evidence.leases = [
                _lease(message) for message in await read_all(consumer, case.leases_topic) if message.value
            ]
    finally:
        await consumer.stop()
    return evidence


def _lines(path: str) -> Iterator[dict[str, Any]]:
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):  # a writer that was killed may leave half a line
                yield json.loads(line)


def _ledger(evidence: Evidence, path: Path) -> None:
    tried: dict[int, tuple[str, str]] = {}
    known: set[int] = set()
    for line in _lines(str(path)):
        if "id" in line:
            tried[line["number"]] = (line["id"], line["kind"])
        elif "ok" in line:
            place = (line["ok"][0], line["ok"][1])
            evidence.ids[place], evidence.kinds[place] = tried[line["number"]]
            known.add(line["number"])
    evidence.unknown = {name for number, (name, _) in tried.items() if number not in known}


async def ends_of(consumer: AIOKafkaConsumer, topic: str) -> dict[TopicPartition, int]:
    """The high watermark of each partition."""
    await consumer._client.force_metadata_update()
    partitions = [
        TopicPartition(topic, number) for number in consumer._client.cluster.partitions_for_topic(topic) or ()
    ]
    if not partitions:
        await consumer._client.add_topic(topic)
        partitions = [TopicPartition(topic, n) for n in consumer._client.cluster.partitions_for_topic(topic) or ()]
    return dict(await consumer.end_offsets(partitions))


async def read_all(consumer: AIOKafkaConsumer, topic: str) -> list[Any]:
    """Every record of every partition up to the high watermark."""
    ends = await ends_of(consumer, topic)
    consumer.assign(list(ends))
    await consumer.seek_to_beginning(*ends)
    messages: list[Any] = []
    async with asyncio.timeout(_STALL_SECONDS):
        while True:
            left = [tp for tp, end in ends.items() if await consumer.position(tp) < end]
            if not left:
                return messages
            for found in (await consumer.getmany(*left, timeout_ms=200)).values():
                messages += found


def output_of_verdict(message: Any) -> Output:
    """A message of the verdicts' topic."""
    value = json.loads(message.value)
    source = value["source"]
    return Output(
        (source["partition"], source["offset"]),
        message.timestamp,
        (message.partition, message.offset),
        message.key,
        value["verdict_id"],
        value["content_id"],
        value["verdict"],
        value["reasons"][0]["code"] if value["reasons"] else None,
        tuple(attempt["attempt_id"] for attempt in value["attempts"]),
    )


def _dead_letter(message: Any) -> Output:
    headers = {name: value.decode() for name, value in message.headers}
    place = (int(headers["dlq-partition"]), int(headers["dlq-offset"]))
    order = (message.partition, message.offset)
    return Output(place, message.timestamp, order, message.key, None, None, None, headers["dlq-reason"], ())


def _lease(message: Any) -> Lease:
    value = json.loads(message.value)
    return Lease(message.timestamp, value["lease_id"], value["budget"], value["granted_nano_usd"])
