"""What happens to the broker, to the way to it, and to its topics."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.chaos.matrix.broker import START_SECONDS
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.proxied import Proxied
from tests.chaos.matrix.proxy import FaultProxy
from tests.chaos.matrix.run import Run


@dataclass(frozen=True)
class Restarted(Fault):
    """Gone until it is healed: in good order, or as in a power cut."""

    killed: bool = True

    async def strike(self, run: Run) -> None:
        """Down."""
        run.scene.note("broker_kill")
        if self.killed:
            await asyncio.to_thread(run.stage.kafka.kill)
        else:
            await run.stage.kafka.stop(keep_data=True)

    async def heal(self, run: Run) -> None:
        """Up, on the same data and port."""
        await run.stage.kafka.start(START_SECONDS)
        run.scene.note("reached")


class Paused(Fault):
    """Stopped by a signal: connections stay, nothing is answered."""

    async def strike(self, run: Run) -> None:
        """SIGSTOP."""
        run.scene.note("cut_off")
        run.stage.kafka.pause()

    async def heal(self, run: Run) -> None:
        """SIGCONT."""
        run.stage.kafka.resume()
        run.scene.note("reached")


class CutOff(Proxied):
    """A proxy between the workers and the broker; publisher, sampler and checker go past it."""

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """The proxy, where the broker's second listener tells its clients to go."""
        run.proxy = await run.stack.enter_async_context(FaultProxy(run.stage.behind, run.stage.proxied))
        return {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{run.stage.proxied}"}

    async def strike(self, run: Run) -> None:
        """Members are cut off from now on: the checker is told."""
        run.scene.note("cut_off")
        await super().strike(run)

    async def heal(self, run: Run) -> None:
        """They reach it again."""
        await super().heal(run)
        run.scene.note("reached")


class BrokerDiskFull(Fault):
    """No file of the broker may grow any more; it ends itself when its log cannot be written."""

    async def strike(self, run: Run) -> None:
        """A limit of no byte at all for its process."""
        run.scene.note("broker_kill")
        for process in psutil.Process(run.stage.kafka._leash.pid).children(recursive=True):
            process.rlimit(psutil.RLIMIT_FSIZE, (0, process.rlimit(psutil.RLIMIT_FSIZE)[1]))

    def met(self, run: Run) -> bool:
        """It is gone."""
        return not run.stage.kafka.running

    async def heal(self, run: Run) -> None:
        """There is room again, and somebody starts it."""
        await run.stage.kafka.start(START_SECONDS)
        run.scene.note("reached")


@dataclass(frozen=True)
class TopicLost(Fault):
    """A topic of the workers' own is deleted and made again, empty."""

    topic: str

    async def strike(self, run: Run) -> None:
        """Away with it, and what `fulltext topics` would do."""
        await _delete(run, self.topic)
        configs = {"cleanup.policy": "compact", "message.timestamp.type": "LogAppendTime"}
        new = NewTopic(run.scene.prefix + self.topic, 1, 1, topic_configs=configs)
        async with _admin(run) as admin:
            while True:  # the deletion may take a moment
                answer = await admin.create_topics([new])
                if all(code == 0 for _, code, *_ in answer.topic_errors):
                    return
                await asyncio.sleep(0.2)


class LedgerLost(Fault):
    """The ledger's lines are deleted. Healed as the workers' error says: what was asked of it, too.

    A worker that starts makes both again: until both are new it ends with that error, and is started again.
    """

    async def strike(self, run: Run) -> None:
        """Away with what was granted."""
        await _delete(run, "budget-leases")

    async def heal(self, run: Run) -> None:
        """Away with what was asked."""
        await _delete(run, "budget-requests")


async def _delete(run: Run, topic: str) -> None:
    async with _admin(run) as admin:
        await admin.delete_topics([run.scene.prefix + topic])


@asynccontextmanager
async def _admin(run: Run) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=run.stage.kafka.bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()
