"""OpenTelemetry's spans from what the rooms tell. Import this only where the extra `otel` is installed."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Thread

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from streams.observability.fields import Fields
from streams.observability.redaction import Redactor
from streams.observability.span_names import CONSTANT, ERROR, GOOD, attributes, name_of
from streams.traces import Facts, Headers, Kind

_KINDS: Mapping[Kind, SpanKind] = {
    "record": SpanKind.CONSUMER,
    "question": SpanKind.INTERNAL,
    "attempt": SpanKind.CLIENT,
}
_PARENT = ("traceparent", "tracestate")
_LAST_SECONDS = 3.0
"""For what is still to be sent at the end: a collector that is away keeps nobody from stopping."""


@contextmanager
def exporting(endpoint: str, service: str, version: str) -> Iterator[TracerProvider]:
    """A provider that sends spans to an OTLP collector in batches, from a thread of its own.

    `endpoint` is the collector's base URL, e.g. http://127.0.0.1:4318. Headers, sampler and limits are as
    OpenTelemetry's own variables say. A span that finds the queue full is dropped; nobody waits.
    """
    resource = Resource.create({"service.name": service, "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    try:
        yield provider
    finally:
        last = Thread(target=provider.shutdown, daemon=True)
        last.start()
        last.join(_LAST_SECONDS)


class OpenTelemetryTracer:
    """A `streams.traces.Tracer` over any provider of spans. Every text in them is bounded and redacted as a log's."""

    def __init__(self, provider: trace.TracerProvider) -> None:
        self._tracer = provider.get_tracer("streams")
        self._from_headers = TraceContextTextMapPropagator()
        self._redactor = Redactor()
        self._fields = Fields(self._redactor, visible=True)

    @contextmanager
    def span(self, kind: Kind, facts: Facts, headers: Headers) -> Iterator["_Telling"]:
        """A span around what happens inside; a `traceparent` in `headers` is its parent."""
        found = {name: value.decode("ascii", "replace") for name, value in headers if name in _PARENT and value}
        parent = self._from_headers.extract(found) if found else None
        span = self._begin(kind, facts, context=parent)
        token = context.attach(trace.set_span_in_context(span))
        telling = _Telling(self._told, kind, span)
        try:
            yield telling
        except BaseException as fault:
            if telling.outcome in (None, *GOOD):
                telling.tell({"outcome": _ended_by(fault)})
            raise
        finally:
            context.detach(token)
            span.end()

    def ended(self, kind: Kind, facts: Facts, began: datetime, seconds: float) -> None:
        """A span that is over."""
        start = int(began.timestamp() * 1e9)
        span = self._begin(kind, facts, start_time=start)
        span.end(start + int(seconds * 1e9))

    def _begin(
        self, kind: Kind, facts: Facts, *, context: context.Context | None = None, start_time: int | None = None
    ) -> trace.Span:
        told = {**CONSTANT[kind], **self._told(kind, facts)}
        name = self._redactor.redact(name_of(kind, facts))
        span = self._tracer.start_span(name, context, _KINDS[kind], told, start_time=start_time)
        _mark(span, told)
        return span

    def _told(self, kind: Kind, facts: Facts) -> dict[str, AttributeValue]:
        tame = self._fields(None, "", attributes(kind, facts))
        return {name: self._redactor.redact(value) if isinstance(value, str) else value for name, value in tame.items()}


class _Telling:
    """A span that is open."""

    def __init__(self, told: Callable[[Kind, Facts], dict[str, AttributeValue]], kind: Kind, span: trace.Span) -> None:
        self._told = told
        self._kind: Kind = kind
        self._span = span
        self.outcome: object = None

    def tell(self, facts: Facts) -> None:
        self.outcome = facts.get("outcome", self.outcome)
        if not self._span.is_recording():  # the sampler does not want it
            return
        told = self._told(self._kind, facts)
        self._span.set_attributes(told)
        _mark(self._span, told)


def _ended_by(fault: BaseException) -> str:
    """Its type only: what an exception says may quote a document."""
    return "cancelled" if isinstance(fault, asyncio.CancelledError) else type(fault).__name__


def _mark(span: trace.Span, told: Mapping[str, AttributeValue]) -> None:
    """An outcome that is an error makes the span one; no description: it could quote somebody."""
    if ERROR in told:
        span.set_status(Status(StatusCode.ERROR))
