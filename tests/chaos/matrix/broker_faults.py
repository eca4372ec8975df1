"""What happens to the broker, to the way to it, and to its topics."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.pipeline.topics import specs
from streams.settings import load
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
    """A topic of the workers' own is deleted and made again, empty, when it is healed (`gone`) or at once."""

    topic: str
    gone: bool = False
    with_it: tuple[str, ...] = ()
    """Topics that are to be deleted and made again with it, as the workers' error says."""

    async def strike(self, run: Run) -> None:
        """Away with it."""
        await _delete(run, self.topic)
        if not self.gone:
            await _make(run, self.topic)

    async def heal(self, run: Run) -> None:
        """What an operator does."""
        if self.gone:
            await _delete(run, *self.with_it)
            await _make(run, self.topic, *self.with_it)


async def _delete(run: Run, *topics: str) -> None:
    async with _admin(run) as admin:
        await admin.delete_topics([run.scene.prefix + topic for topic in topics])


async def _make(run: Run, *topics: str) -> None:
    """As `fulltext topics` does, but stamped by the broker's clock, which the checker compares samples with."""
    settings = load(kafka_topic_prefix=run.scene.prefix)
    wanted = {settings.topic(topic) for topic in topics}
    async with _admin(run) as admin:
        for spec in specs(settings):
            configs = spec.configs | {"message.timestamp.type": "LogAppendTime"}
            while spec.name in wanted:  # a deletion may take a moment
                answer = await admin.create_topics([NewTopic(spec.name, 1, 1, topic_configs=configs)])
                if all(code == 0 for _, code, *_ in answer.topic_errors):
                    break
                await asyncio.sleep(0.2)


@asynccontextmanager
async def _admin(run: Run) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=run.stage.kafka.bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()
