"""The short form of `make chaos`: kills of workers and of the broker under load, judged by the independent checker."""

from pathlib import Path

import pytest

from tests.chaos.kills import Plan, kills
from tests.chaos.scene import Setting


@pytest.mark.long
async def test_kills_of_workers_and_broker_lose_nothing(tmp_path: Path) -> None:
    """Three kills and a broker's death: each record has its outcome, each kill redoes a window at most."""
    plan = Plan(records=800, kills=3, gap=(7.0, 8.0))
    report = await kills(tmp_path, plan, Setting())
    assert report["ok"], report
    assert report["figures"]["event_broker_kill"] == 1
    assert report["figures"]["event_kill"] >= 1
    assert report["figures"]["dead_letters"] > 0
    assert report["figures"]["billed"] > 0
    assert report["figures"]["stops_with_exit_0"] == report["figures"]["stops"], report
    assert report["figures"]["stop_seconds_most"] <= 10
