"""A record between stream and broker: when its place in flight is another's."""

import asyncio
import json

from streams.ai import FakeProvider
from streams.pipeline.record import Partition, Record
from tests.unit.pipeline.parts import answer, verifier_on

P = Partition("scraped-content", 0)


class SlowBroker:
    """Acknowledges nothing before `open` is set. Group and delivery in one."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.acknowledged = 0

    async def start(self) -> None: ...

    async def send(self, *_: object) -> None:
        await self.open.wait()
        self.acknowledged += 1

    def post_usage(self, _: object) -> None: ...

    async def settle(self, _: object) -> None: ...

    def partitions(self, _: str) -> int:
        return 1

    async def committed(self, _: Partition) -> int:
        return 0

    async def commit(self, _: object) -> bool:
        return True

    async def stop(self) -> None: ...


async def test_the_next_record_is_asked_about_while_the_broker_is_waited_for() -> None:
    """Of eight places one is free again once its verdict is on its way; the others wait, so little is redone."""
    provider, broker = FakeProvider(answer("A short text.")), SlowBroker()
    verifier = verifier_on(broker, provider, in_flight=8, window=64)
    await verifier.start()
    await verifier.intake.assigned([P])
    for offset in range(20):
        text = json.dumps({"id": f"{offset}", "content": f"A short text. {offset} " * 40})
        await verifier.intake.arrive(Record(P, offset, b"%d" % offset, text.encode()))
    async with asyncio.timeout(20):
        while len(provider.requests) < 9:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert (len(provider.requests), broker.acknowledged) == (9, 0)
        broker.open.set()
        while broker.acknowledged < 20:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)
    await verifier.intake.drain()
    await verifier.stop()
