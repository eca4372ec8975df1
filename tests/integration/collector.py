"""A collector of traces: OTLP over HTTP on a free port of loopback."""

import asyncio
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """Keeps the newest span of each kind: the first word of its name (process, ask, chat)."""

    def __init__(self) -> None:
        self.spans: dict[str, Any] = {}
        self._came = asyncio.Condition()
        app = web.Application()
        app.router.add_post("/v1/traces", self._take)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def environment(self) -> dict[str, str]:
        """Settings that send a process's traces here, soon."""
        endpoint = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}

    async def has(self, kind: str) -> Any:
        """Wait for a span of that kind; the test's time limit bounds it."""
        async with self._came:
            await self._came.wait_for(lambda: kind in self.spans)
        return self.spans[kind]

    async def _take(self, request: web.Request) -> web.Response:
        batch = ExportTraceServiceRequest.FromString(await request.read())
        async with self._came:
            for resource in batch.resource_spans:
                for scope in resource.scope_spans:
                    self.spans |= {span.name.split()[0]: span for span in scope.spans}
            self._came.notify_all()
        return web.Response()
