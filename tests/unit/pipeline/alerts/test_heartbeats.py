"""Heartbeats as they are told and as they are heard."""

from typing import Any

import pytest

from schemas import ProviderHealth
from streams.ai import FakeProvider, UnifiedAIService
from streams.clock import ManualClock
from streams.pipeline.alerts import HealthView, health_view
from streams.pipeline.alerts.heartbeats import Heartbeats

Record = tuple[bytes | None, bytes | None]


class Worker:
    """Two providers, and the topic that it tells of them."""

    def __init__(self, name: str = "w1") -> None:
        self.clock = ManualClock()
        self.service = UnifiedAIService([FakeProvider(name="a"), FakeProvider(name="b")], clock=self.clock)
        self.topic: list[Record] = []
        self.beats = Heartbeats("health", lambda: self.service.health(name), self.send, self.clock)

    async def send(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        assert topic == "health"
        self.topic.append((key, value))

    async def beat(self, seconds: float) -> list[Record]:
        """What is told some seconds later."""
        self.clock.advance(seconds)
        before = len(self.topic)
        await self.beats.beat()
        return self.topic[before:]


async def test_each_provider_is_told_every_ten_seconds_and_at_once_when_it_changes() -> None:
    """Key worker/provider; a breaker that opens does not wait for its turn."""
    worker = Worker()
    assert [key for key, _ in await worker.beat(0)] == [b"w1/a", b"w1/b"]
    assert await worker.beat(9) == []
    worker.service._lanes[1].guard.open_for(60)
    ((key, value),) = await worker.beat(0.5)
    assert key == b"w1/b"
    assert ProviderHealth.model_validate_json(value or b"").breaker == "open"
    assert [key for key, _ in await worker.beat(0.5)] == [b"w1/a"]
    assert [key for key, _ in await worker.beat(9.5)] == [b"w1/b"]


async def test_a_clean_stop_leaves_tombstones() -> None:
    """For what was told, once."""
    worker = Worker()
    await worker.beat(0)
    await worker.beats.end()
    await worker.beats.end()
    assert worker.topic[2:] == [(b"w1/a", None), (b"w1/b", None)]


async def test_the_view_has_the_last_word_of_each_living_worker() -> None:
    """The newest heartbeat counts; a tombstone and 35 s of silence end a worker."""
    first, second, clock = Worker("w1"), Worker("w2"), ManualClock()
    view = HealthView(clock)

    def hear(records: list[Record]) -> None:
        for record in records:
            view.heard(*record)

    hear(await first.beat(0))
    hear(await second.beat(0))
    first.service._lanes[0].guard.open_for(60)
    hear(await first.beat(1))
    seen = [(beat.worker, beat.provider, beat.breaker) for beat in view.living()]
    assert sorted(seen) == [
        ("w1", "a", "open"),
        ("w1", "b", "closed"),
        ("w2", "a", "closed"),
        ("w2", "b", "closed"),
    ]
    assert [beat.worker for beat in view.of_provider("a")] == ["w1", "w2"]
    clock.advance(20)
    hear(await first.beat(20))
    clock.advance(20)
    assert {beat.worker for beat in view.living()} == {"w1"}
    await first.beats.end()
    hear(first.topic[-2:])
    assert view.living() == ()


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", b'{"worker": 5}'])
def test_what_is_no_heartbeat_is_passed_over(value: bytes) -> None:
    """One line, and nothing else is lost."""
    view = HealthView(ManualClock())
    view.heard(b"\xff", value)
    view.heard(None, value)
    assert view.living() == ()


async def test_the_view_is_bounded(monkeypatch: Any) -> None:
    """Above the bound the longest silent go first."""
    monkeypatch.setattr(health_view, "MAX_BEATS", 3)
    view = HealthView(ManualClock())
    for name in ("w1", "w2"):
        for record in await Worker(name).beat(0):
            view.heard(*record)
    assert [(beat.worker, beat.provider) for beat in view.living()] == [("w1", "b"), ("w2", "a"), ("w2", "b")]
