"""A program: the worker as `fulltext worker` runs it, with a gated chain and, on request, one part broken.

`python -m tests.chaos.patched_worker GATE FAULT...`. Questions are answered once the file GATE exists. Faults:
none of them is in the product's code, which knows no switches for tests.

faust-acks   Faust's own `concurrency` and acks instead of our window
drop         the verdict of a marked record is not sent, and the record counts as done
ack-first    a record counts as done before its outcome is sent
skip         the consumer's drain loop swallows one record of each partition after each assignment
no-holes     intake does not read again what the stream left out
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import faust
from faust.transport.drivers.aiokafka import Transport

from streams import settings as settings_module
from streams.app import build_app
from streams.observability import logging
from streams.pipeline import faust_app
from streams.pipeline.intake import Intake
from streams.pipeline.record import Partition
from streams.pipeline.verifier import Verifier
from streams.verify import Question, Reply

MARK = "chaosmark"
SKIPPED = "skipped a record"
"""Said on standard error for each record that `skip` swallows."""
_SKIP_NTH = 4


class GatedChain:
    """Answers every question once the gate is open. The answer does not keep to the schema: `undetermined`."""

    def __init__(self, gate: Path) -> None:
        self._gate = gate

    async def ask(self, question: Question, deadline_seconds: float | None = None) -> Reply:
        """Wait for the gate."""
        while not self._gate.exists():  # noqa: ASYNC110 - a file of another process has no event
            await asyncio.sleep(0.05)
        return Reply(content="{}", provider="gate", model="gate", cost_nano_usd=0, attempts=())

    def admits(self, providers: tuple[str, ...] | None = None) -> bool:
        """Always."""
        return True

    async def aclose(self) -> None:
        """Nothing is open."""


def drop() -> None:
    """One verdict less."""
    work = Verifier._work

    async def dropping(self: Verifier, record: Any) -> None:
        if MARK.encode() not in (record.value or b""):
            await work(self, record)

    Verifier._work = dropping  # type: ignore[method-assign]


def ack_first() -> None:
    """Done before it is sent."""
    work = Verifier._work
    later: set[asyncio.Task[None]] = set()

    async def acking(self: Verifier, record: Any) -> None:
        task = asyncio.create_task(work(self, record))
        later.add(task)
        task.add_done_callback(later.discard)

    Verifier._work = acking  # type: ignore[method-assign]


def no_holes() -> None:
    """Whatever the stream left out is taken for nothing."""

    async def blind(self: Intake, partition: Partition, window: Any, stop: int) -> bool:
        return True

    Intake._fill = blind  # type: ignore[method-assign]


def skip() -> None:
    """As if the flow was suspended at that moment: not delivered, and yet taken for read."""

    class SkippingConsumer(faust_app.DrainingConsumer):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            deliver, seen = self.callback, Counter()  # type: ignore[var-annotated]

            async def callback(message: Any) -> None:
                turn = (self.app.consumer_generation_id, message.tp)
                seen[turn] += 1
                if seen[turn] == _SKIP_NTH:
                    sys.stderr.write(f"{SKIPPED}: {message.tp.partition}:{message.offset}\n")
                else:
                    await deliver(message)

            self.callback = callback

    faust_app.DrainingTransport.Consumer = SkippingConsumer


def faust_acks() -> None:
    """The straightforward Faust program: ten actors, each record acked when its turn in the loop ends."""

    class PlainApp(faust_app.VerifierApp):
        def _new_transport(self) -> Transport:
            return Transport(self.conf.broker_consumer, self)

        async def on_started(self) -> None:
            await faust.App.on_started(self)

    def make_plain(options: dict[str, Any], verifier_of: Any) -> faust_app.VerifierApp:
        app = PlainApp(**options | {"broker_commit_interval": 0.5})
        app.verifier = verifier_of(app)
        topic = app.topic(app.verifier.topic, key_type=bytes, value_type=bytes, value_serializer="raw")

        @app.agent(topic, concurrency=10)
        async def verify(stream: Any) -> None:
            async for event in stream.events():
                message = event.message
                record = faust_app.from_message(Partition(message.topic, message.partition), message)
                await app.verifier._work(record)

        return app

    import streams.app.worker

    streams.app.worker.make_app = make_plain


FAULTS = {"faust-acks": faust_acks, "drop": drop, "ack-first": ack_first, "skip": skip, "no-holes": no_holes}


def main(gate: Path, faults: list[str]) -> None:
    """Break what is asked for, then run until SIGTERM."""
    for name in faults:
        FAULTS[name]()
    settings = settings_module.load()
    logging.configure(settings.log_format, settings.log_level)
    app = build_app(settings, open_chain=lambda *_: GatedChain(gate))
    sys.exit(faust_app.run(app))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
