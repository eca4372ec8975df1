"""What traces tell of a record: its span holds the chain's, which holds one for each attempt."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from schemas import Outcome, ProviderUsage
from streams.ai import AttemptFailed, CacheRules, FakeProvider
from streams.ai.providers.fake import After
from streams.known_secrets import learn
from streams.observability.spans import OpenTelemetryTracer
from streams.pipeline.record import Partition, Record
from streams.pipeline.verifier import Verifier
from streams.traces import listen
from tests.unit.pipeline.parts import answer, verifier_on

KEY = "traced-key-0815-in-use"
"""None of the suite's canaries: it is a model's name here, which a program that listens to our log is told."""
WORD = "zanzibarite"
"""In every text that goes in and comes out."""
ANSWER = answer(f"A short text about {WORD}.")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Broker:
    """Takes everything."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def start(self) -> None: ...

    async def send(self, topic: str, *_: object) -> None:
        self.sent.append(topic)

    def post_usage(self, usage: ProviderUsage) -> None: ...

    async def settle(self, attempt_ids: list[str]) -> None: ...

    async def stop(self) -> None: ...


@pytest.fixture
def spans() -> Iterator[Callable[[], list[ReadableSpan]]]:
    """The spans that have ended, oldest first, while OpenTelemetry listens."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    listen(OpenTelemetryTracer(provider))
    yield lambda: list(exporter.get_finished_spans())
    listen(None)
    provider.shutdown()


@asynccontextmanager
async def verifier(*providers: FakeProvider, cache: CacheRules | None = None) -> AsyncIterator[Verifier]:
    """A worker's parts, started, on a broker that takes everything."""
    parts = verifier_on(Broker(), *providers, cache=cache)
    await parts.start()
    yield parts
    await parts.stop()


def record(value: bytes | None = None, headers: tuple[tuple[str, bytes], ...] = ()) -> Record:
    """A record at offset 3; by default one about which a model is asked."""
    content = {"id": "x", "title": f"Of {WORD}", "content": f"A short text about {WORD}. " * 40}
    return Record(Partition("scraped-content", 1), 3, b"k", value or json.dumps(content).encode(), headers)


async def test_a_records_span_holds_the_chains_which_holds_the_attempts(spans: Any) -> None:
    """Each attempt has its outcome, provider, model, tokens and cost; the spans above have what it came to."""
    refused = FakeProvider(AttemptFailed(Outcome.OVERLOADED, "busy", http_status=503), name="gemini", model="m-1")
    async with verifier(refused, FakeProvider(ANSWER, name="groq", model="m-2")) as worker:
        await worker._work(record())
    *failed, good, chain, top = spans()
    assert [span.name for span in (*failed, good)] == ["chat m-1"] * len(failed) + ["chat m-2"]
    assert failed
    assert (chain.name, top.name) == ("ask verify", "process scraped-content")
    assert {span.parent.span_id for span in (*failed, good)} == {chain.context.span_id}
    assert chain.parent.span_id == top.context.span_id
    assert top.parent is None
    assert {span.context.trace_id for span in spans()} == {top.context.trace_id}
    assert (top.kind, chain.kind, good.kind) == (SpanKind.CONSUMER, SpanKind.INTERNAL, SpanKind.CLIENT)

    told = dict(good.attributes)
    cost = told["ai.cost.nano_usd"]
    assert cost == 100 * (told["gen_ai.usage.input_tokens"] + told["gen_ai.usage.output_tokens"]) > 0
    assert told["gen_ai.operation.name"] == "chat"
    assert (told["gen_ai.provider.name"], told["gen_ai.request.model"]) == ("groq", "m-2")
    assert (told["gen_ai.response.model"], told["ai.outcome"]) == ("m-2", "ok")
    assert "error.type" not in told

    bad = dict(failed[0].attributes)
    assert (bad["gen_ai.provider.name"], bad["gen_ai.request.model"]) == ("gcp.gemini", "m-1")
    assert (bad["ai.outcome"], bad["error.type"], bad["http.response.status_code"]) == ("overloaded", "overloaded", 503)
    assert failed[0].status.status_code is StatusCode.ERROR

    assert (chain.attributes["ai.outcome"], chain.attributes["ai.attempts"]) == ("answered", len(failed) + 1)
    assert chain.attributes["ai.cost.nano_usd"] == top.attributes["fulltext.cost.nano_usd"]
    assert (top.attributes["messaging.destination.partition.id"], top.attributes["messaging.kafka.offset"]) == ("1", 3)
    assert (top.attributes["fulltext.verdict"], top.attributes["fulltext.decided_by"]) == (
        "abstract_only",
        "llm:groq/m-2",
    )
    assert not any(name.startswith("gen_ai.") for span in (chain, top) for name in span.attributes)


async def test_no_text_and_no_key_is_in_a_span(spans: Any) -> None:
    """Of prompt, document, title, answer, reasons, and of an exception that quotes them: nothing; keys are masked."""
    learn(KEY)
    fault = ValueError(f"{WORD} {KEY}")
    async with verifier(FakeProvider(ANSWER, fault, model=f"m-{KEY}")) as worker:
        await worker._work(record())
        await worker._work(record())  # the second time the provider breaks
    shown = " ".join(span.to_json() for span in spans())
    assert len(spans()) >= 6
    assert "local_error" in shown
    assert WORD not in shown
    assert KEY not in shown
    assert "***" in shown
    assert not any(span.events or span.status.description for span in spans())


async def test_the_trace_of_the_record_is_gone_on_with(spans: Any) -> None:
    """A `traceparent` among the record's headers is the parent; what is none is passed over."""
    async with verifier(FakeProvider(ANSWER)) as worker:
        await worker._work(record(headers=(("traceparent", PARENT.encode()), ("tracestate", b"a=b"))))
        for broken in (b"", b"\xff", b"00-0-0-01", b"ff" * 5_000):
            await worker._work(record(headers=(("traceparent", broken),)))
    tops = [span for span in spans() if span.name == "process scraped-content"]
    assert f"{tops[0].context.trace_id:032x}" == PARENT.split("-")[1]
    assert f"{tops[0].parent.span_id:016x}" == PARENT.split("-")[2]
    assert [span.parent for span in tops[1:]] == [None] * 4


async def test_each_way_to_end_is_told(spans: Any) -> None:
    """A dead letter has its reason, a cancelled record says so, and a cached answer is a chain without an attempt."""
    slow = FakeProvider(ANSWER, After(3600, "late"))
    async with verifier(slow, cache=CacheRules()) as worker:
        await worker._work(record(b"{broken"))
        await worker._work(record())
        await worker._work(record())
        other = asyncio.create_task(worker._work(record(b'{"content": "Another text of eels."}')))
        async with asyncio.timeout(30):
            while len(slow.requests) < 2:  # noqa: ASYNC110 - it is asked, and answers never
                await asyncio.sleep(0)
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other
    outcomes = [(span.name.split()[0], _outcome(span)) for span in spans()]
    assert outcomes == [
        ("process", "dead_letter"),
        *[("chat", "ok"), ("ask", "answered"), ("process", "verdict")],
        *[("ask", "answered"), ("process", "verdict")],
        *[("chat", "cancelled"), ("ask", "cancelled"), ("process", "cancelled")],
    ]
    assert spans()[0].attributes["fulltext.dead_letter.reason"] == "invalid_json"
    assert spans()[4].attributes["ai.cached"] is True


async def test_a_verdict_that_could_not_be_finished_is_an_error(spans: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails after the verdict was sent ends the worker; the span says so, by the type of what was raised."""

    async def fail(*_: object) -> None:
        raise OSError(WORD)

    monkeypatch.setattr(Broker, "settle", fail)
    async with verifier(FakeProvider(ANSWER)) as worker:
        with pytest.raises(OSError, match=WORD):
            await worker._work(record())
    top = spans()[-1]
    assert (_outcome(top), top.status.status_code) == ("OSError", StatusCode.ERROR)
    assert top.attributes["fulltext.verdict"] == "abstract_only"


def _outcome(span: ReadableSpan) -> object:
    return (span.attributes or {}).get("ai.outcome") or (span.attributes or {}).get("fulltext.outcome")
