"""Traces are made where somebody wants them; elsewhere OpenTelemetry is neither needed nor loaded."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes, messaging_attributes

from streams import traces
from streams.ai import FakeProvider, UnifiedAIService
from streams.errors import SettingsError
from streams.observability.span_names import ATTRIBUTES, CONSTANT, PROVIDERS
from streams.observability.tracing import traced

ASK = """
import asyncio, sys
{first}
from streams.ai import FakeProvider, UnifiedAIService
import streams.app, streams.cli.worker, streams.observability.tracing
done = asyncio.run(UnifiedAIService([FakeProvider("yes")]).generate_completion("a question"))
print(done.content, sorted(name for name in sys.modules if name.split(".")[0] == "opentelemetry"))
"""


def run(first: str) -> str:
    """What a program prints that asks a question after it did `first`."""
    command = [sys.executable, "-c", ASK.format(first=first)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_nothing_of_opentelemetry_is_loaded_by_itself() -> None:
    """Not by the library, nor by the worker's parts. The package redis does it for itself, so it is not there."""
    assert run("sys.modules['redis'] = None") == "yes []\n"


def test_without_the_extra_everything_else_works() -> None:
    """With OpenTelemetry not there at all."""
    assert run("sys.modules['opentelemetry'] = None") == "yes ['opentelemetry']\n"


def test_a_collector_without_the_extra_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, before anything is started."""
    monkeypatch.delitem(sys.modules, "streams.observability.spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with (
        pytest.raises(SettingsError, match=r"pip install 'fulltext-streams\[otel\]'"),
        traced("http://127.0.0.1:1", "x"),
    ):
        pass
    assert traces.listener() is None


@pytest.mark.parametrize("endpoint", ["127.0.0.1:4318", "grpc://collector:4317", ""])
def test_an_endpoint_that_is_no_url_is_refused(endpoint: str) -> None:
    """The error names the variable."""
    with pytest.raises(SettingsError, match="OTEL_EXPORTER_OTLP_ENDPOINT"), traced(endpoint, "x"):
        pass


def test_nobody_listens_by_default_and_nothing_is_made() -> None:
    """Without a collector no span is, and the one that callers get is the same object for all."""
    with traced(None, "x"):
        assert traces.listener() is None
        assert traces.span("record", {}) is traces.span("question", {})


async def test_spans_reach_the_collector_at_the_latest_at_the_end() -> None:
    """As OTLP over HTTP, under the service's name; after that nobody listens any more."""
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with traced(f"http://127.0.0.1:{server.server_port}/", "mine"):
            await UnifiedAIService([FakeProvider("yes")]).generate_completion("a question")
        server.shutdown()
    assert traces.listener() is None
    resources = [resource for body in bodies for resource in ExportTraceServiceRequest.FromString(body).resource_spans]
    names = [span.name for resource in resources for scope in resource.scope_spans for span in scope.spans]
    assert names == ["chat fake-1", "ask completion"]
    assert {a.value.string_value for r in resources for a in r.resource.attributes if a.key == "service.name"} == {
        "mine"
    }


def test_the_names_are_those_of_the_conventions() -> None:
    """As far as the installed package knows them: attributes, and the providers that have another name there."""
    known = {
        value
        for module in (gen_ai_attributes, messaging_attributes)
        for value in vars(module).values()
        if isinstance(value, str)
    }
    used = {name for table in ATTRIBUTES.values() for name in table.values()} | {
        n for t in CONSTANT.values() for n in t
    }
    theirs = {name for name in used if name.startswith(("gen_ai.", "messaging."))}
    assert theirs
    assert theirs <= known
    assert set(PROVIDERS.values()) <= {value.value for value in gen_ai_attributes.GenAiProviderNameValues}
