"""`fulltext kafka`: a real Apache Kafka in the foreground."""

import asyncio
import signal
from pathlib import Path

import click

from streams.errors import UserError
from streams.pipeline.topics import ensure_topics
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load

_LOOK_SECONDS = 0.5


class BrokerEnded(UserError):
    """The broker ended without being asked."""


@click.command("kafka")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port on 127.0.0.1.  [default: a free one]")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the records here.  [default: nowhere]"
)
def command(port: int | None, data: Path | None) -> None:
    """Run Apache Kafka on this machine until Ctrl-C; needs neither Docker nor Java.

    The line on stdout is the setting that the other commands need. The topics are made.

    \b
    Example:  fulltext kafka --port 9092 --data .kafka
              export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092
    """
    asyncio.run(_serve(port, data))


async def _serve(port: int | None, data: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    settings = load()
    kafka = EmbeddedKafka(data, port)
    starting = asyncio.create_task(kafka.start())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            return
        await starting
        own = {"kafka_bootstrap_servers": kafka.bootstrap, "kafka_security_protocol": "PLAINTEXT"}
        await ensure_topics(settings.model_copy(update=own | {"kafka_replication_factor": -1}))
        click.echo(f"KAFKA_BOOTSTRAP_SERVERS={kafka.bootstrap}")
        click.echo(f"Kafka is ready; its log is {kafka.log_file}. Ctrl-C ends it.", err=True)
        await _watch(kafka, stop)
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await kafka.stop()


async def _watch(kafka: EmbeddedKafka, stop: asyncio.Event) -> None:
    while not stop.is_set():
        if not kafka.running:
            raise BrokerEnded(f"the broker has ended; its last words: {kafka.last_words() or 'none'}")
        try:
            await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue
