"""The Faust side: one raw topic, one actor, no acks of Faust's; rebalances, stops and crashes reach `Verifier`."""

import asyncio
import os
import tempfile
import threading
from typing import Any

import faust
from faust.transport.drivers.aiokafka import Consumer, Transport

from streams.pipeline.group import from_message
from streams.pipeline.record import Partition
from streams.pipeline.verifier import Verifier

CRASH_LIMIT_SECONDS = 20.0
"""A crash must end in an exit: after so long the process ends itself."""
LEAVE_LIMIT_SECONDS = 4.0
"""For leaving the group at a stop. aiokafka first waits for a rebalance under way to end, and a rebalance waits for
members that are dead until their sessions expire: over a minute was seen. Everything is committed by then, so the
process ends itself, and the group counts it as gone when its session expires."""


class DrainingConsumer(Consumer):  # type: ignore[misc]
    """Drains and commits *before* Faust forgets what was done, and opens windows before records flow."""

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Called in the app's loop, before the partitions go."""
        try:
            await self.app.verifier.intake.revoked()
        except Exception as error:  # noqa: BLE001  (aiokafka would only log it)
            await self.app.crash(error)
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: Any, generation_id: int = 0) -> None:
        """Called in the app's loop, before the first record of the new assignment."""
        ours = [Partition(tp.topic, tp.partition) for tp in assigned if tp.topic == self.app.verifier.topic]
        try:
            await self.app.verifier.intake.assigned(ours)
        except Exception as error:  # noqa: BLE001
            await self.app.crash(error)
        await super().on_partitions_assigned(assigned, generation_id)


class DrainingTransport(Transport):  # type: ignore[misc]
    """Faust's transport with our consumer."""

    Consumer = DrainingConsumer


class VerifierApp(faust.App):  # type: ignore[misc]
    """Owns a `Verifier` for its life."""

    verifier: Verifier
    _leaving: threading.Timer | None = None

    def _new_transport(self) -> Transport:
        return DrainingTransport(self.conf.broker_consumer, self)

    async def on_start(self) -> None:
        """Connect what the records need before any arrives."""
        try:
            await self.verifier.start()
        except Exception as fault:
            self.verifier.fault = fault
            raise
        await super().on_start()

    async def on_started(self) -> None:
        """The background loops."""
        await super().on_started()
        self.add_future(self.verifier.intake.keep_committing())
        self.add_future(self.verifier.intake.keep_watch())

    async def on_stop(self) -> None:
        """Drain first: Faust's own stop would only cancel."""
        await self.verifier.intake.drain()
        await self.verifier.tell()
        self._leaving = _exit_after(LEAVE_LIMIT_SECONDS, 0 if self.verifier.fault is None else 1)
        await super().on_stop()

    async def on_shutdown(self) -> None:
        """The consumer has left the group; nothing is sent any more."""
        if self._leaving is not None:
            self._leaving.cancel()
        await self.verifier.stop()
        await super().on_shutdown()

    async def crash(self, reason: BaseException) -> None:
        """End the worker, whatever still hangs."""
        if self.verifier.fault is None:
            self.verifier.fault = reason
            _exit_after(CRASH_LIMIT_SECONDS, 1)
        await super().crash(reason)


def _exit_after(seconds: float, code: int) -> threading.Timer:
    """End the process, whatever hangs, unless the timer is cancelled."""
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()
    return timer


def make_app(options: dict[str, Any], verifier_of: Any) -> VerifierApp:
    """The app for Faust settings `options`; `verifier_of(app)` gives its Verifier."""
    app = VerifierApp(datadir=tempfile.gettempdir(), **options)
    app.verifier = verifier_of(app)
    topic = app.topic(
        app.verifier.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )

    @app.agent(topic, name="verify")  # type: ignore[untyped-decorator]
    async def verify(stream: Any) -> None:
        async for event in stream.noack().events():
            message = event.message
            await app.verifier.intake.arrive(from_message(Partition(message.topic, message.partition), message))

    return app


def run(app: VerifierApp) -> int:
    """Run a worker until SIGTERM, Ctrl-C or a fault; the exit code. `app.verifier.fault` says what ended it."""
    worker = faust.Worker(
        app,
        loop=asyncio.new_event_loop(),
        quiet=True,
        loglevel="warning",
        override_logging=False,
        redirect_stdouts=False,
    )
    try:
        worker.execute_from_commandline()
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0
