"""Figures that stand still are told, once, and so is that they move again."""

import asyncio

from structlog.testing import capture_logs

from streams.clock import ManualClock
from streams.pipeline.topics import ANALYTICS
from streams.pipeline.usage import tables as module
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.tables import STALE_SECONDS, UsageTables
from streams.pipeline.usage.term import Work
from streams.settings import Settings
from tests.unit.pipeline.usage.events import folded, record, usage


async def test_a_worker_says_that_nobody_writes_the_figures(monkeypatch):
    """Also when none were ever written; and what is heard again is told too."""
    monkeypatch.setattr(module, "SIGN_SECONDS", 0)
    clock = ManualClock()
    made = UsageTables(Work({}, UsageNames.of(Settings()), clock, (), lambda _: 0), session_seconds=6)
    with capture_logs() as logs:
        watching = asyncio.create_task(made._watch())
        await asyncio.sleep(0.02)
        assert logs == []
        clock.advance(STALE_SECONDS + 1)
        await asyncio.sleep(0.02)
        assert made.view.age_seconds() is None
        value = folded([record(usage(1), 0)]).values[""].encode()
        made.view.apply(ANALYTICS, b"all", value)
        assert made.view.age_seconds() == 0
        await asyncio.sleep(0.02)
        watching.cancel()
    assert [(one["event"], one["log_level"], one["is_stale"]) for one in logs] == [
        ("usage.age", "error", True),
        ("usage.age", "info", False),
    ]
