"""A real worker tells a collector what became of a record, in the trace that its producer began."""

import asyncio
import json
import signal
from typing import Any

import pytest
from aiohttp import web
from aiokafka import AIOKafkaProducer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.integration.test_worker_bad_input import worker

TRACE, PRODUCER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector:
    """Takes OTLP over HTTP and keeps the spans."""

    def __init__(self) -> None:
        self.spans: dict[str, Any] = {}
        self.came = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        """A batch."""
        batch = ExportTraceServiceRequest.FromString(await request.read())
        for resource in batch.resource_spans:
            for scope in resource.scope_spans:
                self.spans |= {span.name.split()[0]: span for span in scope.spans}
        if "process" in self.spans:
            self.came.set()
        return web.Response()


@pytest.mark.timeout(180)
async def test_a_worker_goes_on_with_the_producers_trace(kafka: EmbeddedKafka, topic_prefix: str) -> None:
    """Record > chain > attempt reach the collector, under the span that the record's `traceparent` names."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    collector, app = Collector(), web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with Emulator() as emulator:
        environment = {
            **emulator.environment(),
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "KAFKA_TOPIC_PREFIX": topic_prefix,
            "KAFKA_GROUP_ID": topic_prefix + "group",
            "VERIFY_LOCAL_TIER": "off",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{runner.addresses[0][1]}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        process = worker(environment)
        try:
            async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
                await producer.send_and_wait(
                    settings.topic("scraped-content"),
                    json.dumps({"id": "x", "content": "A short text about eels. " * 40}).encode(),
                    headers=[("traceparent", f"00-{TRACE}-{PRODUCER}-01".encode())],
                )
            await asyncio.wait_for(collector.came.wait(), 120)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 30) == 0
        finally:
            process.kill()
            process.wait()
            await runner.cleanup()
    record, chain, attempt = (collector.spans[name] for name in ("process", "ask", "chat"))
    assert {span.trace_id.hex() for span in (record, chain, attempt)} == {TRACE}
    assert record.parent_span_id.hex() == PRODUCER
    assert (chain.parent_span_id, attempt.parent_span_id) == (record.span_id, chain.span_id)
    assert record.start_time_unix_nano <= attempt.start_time_unix_nano <= attempt.end_time_unix_nano
    assert attempt.end_time_unix_nano <= record.end_time_unix_nano + 1_000_000  # its times are rounded to milliseconds
