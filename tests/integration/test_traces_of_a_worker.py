"""A real worker tells a collector what became of a record, in the trace that its producer began."""

import asyncio
import json
import signal

import pytest
from aiokafka import AIOKafkaProducer

from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.integration.collector import Collector
from tests.integration.test_worker_bad_input import worker

TRACE, PRODUCER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.timeout(180)
async def test_a_worker_goes_on_with_the_producers_trace(kafka: EmbeddedKafka, topic_prefix: str) -> None:
    """Record > chain > attempt reach the collector, under the span that the record's `traceparent` names."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    async with Collector() as collector, Emulator() as emulator:
        environment = {
            **emulator.environment(),
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "KAFKA_TOPIC_PREFIX": topic_prefix,
            "KAFKA_GROUP_ID": topic_prefix + "group",
            "VERIFY_LOCAL_TIER": "off",
            **collector.environment(),
        }
        process = worker(environment)
        try:
            async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
                await producer.send_and_wait(
                    settings.topic("scraped-content"),
                    json.dumps({"id": "x", "content": "A short text about eels. " * 40}).encode(),
                    headers=[("traceparent", f"00-{TRACE}-{PRODUCER}-01".encode())],
                )
            await asyncio.wait_for(collector.has("process"), 120)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 30) == 0
        finally:
            process.kill()
            process.wait()
    record, chain, attempt = (collector.spans[name] for name in ("process", "ask", "chat"))
    assert {span.trace_id.hex() for span in (record, chain, attempt)} == {TRACE}
    assert record.parent_span_id.hex() == PRODUCER
    assert (chain.parent_span_id, attempt.parent_span_id) == (record.span_id, chain.span_id)
    assert record.start_time_unix_nano <= attempt.start_time_unix_nano <= attempt.end_time_unix_nano
    assert attempt.end_time_unix_nano <= record.end_time_unix_nano + 1_000_000  # its times are rounded to milliseconds
