"""Sending with the broker's word, and dead letters."""

import asyncio
import json
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from schemas import ProviderUsage
from streams.pipeline import delivery as delivery_module
from streams.pipeline.brake import Brake
from streams.pipeline.dead_letters import BadRecord, DeadLetters
from streams.pipeline.delivery import Delivery
from streams.pipeline.errors import DeliveryFailed, TooManyBadRecords
from streams.pipeline.record import Partition, Record

Sent = tuple[str, bytes | None, bytes | None, dict[str, bytes]]


class Producer:
    """Plays aiokafka's producer: raises what it is told to, else remembers."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.sent: list[Sent] = []

    async def send_and_wait(self, topic: str, value: bytes | None, key: bytes | None, headers: Any) -> None:
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((topic, key, value, dict(headers or ())))

    async def stop(self) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without waiting."""
    monkeypatch.setattr(delivery_module, "_RETRY_SECONDS", 0.0)


def delivery(producer: Producer) -> Delivery:
    """A delivery around that producer."""
    made = Delivery({}, "provider-usage", max_request_bytes=1_000)
    made._producer = producer
    return made


def usage(attempt_id: str) -> ProviderUsage:
    """An attempt's event."""
    return ProviderUsage.model_validate(
        {
            "attempt_id": attempt_id,
            "task": "verify",
            "provider": "groq",
            "model": "m",
            "outcome": "ok",
            "latency_ms": 1,
            "cost_kind": "free",
            "started_at": "2026-01-01T00:00:00Z",
        }
    )


async def test_a_passing_fault_is_sent_again() -> None:
    """An expired batch or a leader change costs a retry, not the record."""
    producer = Producer(KafkaTimeoutError())
    await delivery(producer).send("t", b"k", b"v")
    assert [sent[:3] for sent in producer.sent] == [("t", b"k", b"v")]


async def test_a_dead_broker_ends_in_an_error_within_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where aiokafka would wait for ever, the deadline raises and names the topic and the cause."""
    monkeypatch.setattr(delivery_module, "DEADLINE_SECONDS", 0.05)
    with pytest.raises(DeliveryFailed, match=r"for t within .*KafkaTimeoutError"):
        await delivery(Producer(*[KafkaTimeoutError()] * 100_000)).send("t", None, b"v")


async def test_sending_before_the_start_is_an_error() -> None:
    """Nothing is silently dropped when the producer is missing."""
    with pytest.raises(DeliveryFailed, match="not started"):
        await Delivery({}, "u", max_request_bytes=1).send("t", None, b"v")


async def test_usage_events_are_awaited_with_their_record() -> None:
    """`settle` returns only when the events are with the broker, and raises when one is not."""
    producer = Producer()
    sender = delivery(producer)
    sender.post_usage(usage("a1"))
    await sender.settle(["a1", "unknown"])
    assert [(topic, key) for topic, key, _, _ in producer.sent] == [("provider-usage", b"groq")]
    producer.faults = [MessageSizeTooLargeError()]
    sender.post_usage(usage("a2"))
    with pytest.raises(MessageSizeTooLargeError):
        await sender.settle(["a2"])


async def test_a_stop_waits_for_the_events_of_cancelled_records() -> None:
    """An attempt that a stop cancelled is still told."""
    producer = Producer()
    sender = delivery(producer)
    sender.post_usage(usage("cancelled"))
    await sender.stop()
    assert len(producer.sent) == 1


RECORD = Record(Partition("scraped-content", 2), 7, b"key", b"\xff original", (("trace", b"1"),))


async def test_a_dead_letter_keeps_bytes_key_headers_and_coordinates() -> None:
    """The original goes along untouched; reason, detail and origin are headers."""
    producer = Producer()
    letters = DeadLetters(delivery(producer), "dlq", Brake(1.0, 1))
    await letters.send(RECORD, BadRecord("invalid_json", "expected value"))
    ((topic, key, value, headers),) = producer.sent
    assert (topic, key, value) == ("dlq", b"key", b"\xff original")
    assert headers == {
        "trace": b"1",
        "dlq-reason": b"invalid_json",
        "dlq-detail": b"expected value",
        "dlq-topic": b"scraped-content",
        "dlq-partition": b"2",
        "dlq-offset": b"7",
    }


async def test_a_dead_letter_that_is_too_big_becomes_a_pointer() -> None:
    """The digest and the coordinates stand in for bytes that the topic does not take."""
    producer = Producer(MessageSizeTooLargeError())
    await DeadLetters(delivery(producer), "dlq", Brake(1.0, 1)).send(RECORD, BadRecord("too_large", "9 MB"))
    pointer = json.loads(producer.sent[0][2] or b"")
    assert (pointer["partition"], pointer["offset"], pointer["bytes"]) == (2, 7, 10)
    assert len(pointer["blake2b"]) == 32


async def test_the_brake_acts_before_the_letter_is_sent() -> None:
    """The record that stops the worker is not in the dead letters: it comes again."""
    producer = Producer()
    letters = DeadLetters(delivery(producer), "dlq", Brake(0.1, 1))
    with pytest.raises(TooManyBadRecords):
        await letters.send(RECORD, BadRecord("invalid_json", ""))
    assert producer.sent == []
