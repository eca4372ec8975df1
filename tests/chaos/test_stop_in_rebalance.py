"""A stop ends in time whatever the group is waiting for."""

import asyncio
import signal
from pathlib import Path

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.scene import Scene, Setting


async def test_sigterm_while_the_group_waits_for_a_dead_member(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """A rebalance that waits out a killed member's session (20 s) does not hold up another member's stop."""
    setting = Setting(emulator=False, session_timeout=20.0)
    async with Scene(tmp_path, kafka, setting, prefix=topic_prefix) as scene:
        scene.start_worker("stays")
        scene.start_worker("dies")
        await scene.ready()
        await scene.end_worker("dies", signal.SIGKILL)
        scene.start_worker("dies")  # its join starts the rebalance that waits for its former self
        log = tmp_path / "worker-stays.log"
        assert await scene.until(lambda: "rebalancing" in log.read_text(), 18)
        await asyncio.sleep(0.5)
        code, seconds = await scene.end_worker("stays", signal.SIGTERM)
    assert code == 0
    assert seconds < 10
