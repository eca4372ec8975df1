"""Whether a key shows anywhere: in logs, pages, topics. Every key of a row's workers is a canary."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from tests.chaos.evidence import read_all
from tests.chaos.key_files import VARIABLES
from tests.chaos.matrix.waits import LIMIT_SECONDS
from tests.security.canaries import MARK, files_showing, shown_in

KEY_FILES = "keys"
"""The folder in which a row keeps keys on purpose."""


def keys() -> dict[str, str]:
    """The workers' settings."""
    return {name: f"{MARK.decode()}of-{name.lower().replace('_', '-')}" for name in VARIABLES.values()}


def in_files(folder: Path) -> Iterator[str]:
    """What the workers, the emulator and the run itself wrote."""
    for path, how in files_showing(folder, allowed=(folder / KEY_FILES,)).items():
        yield f"a key shows ({how}) in {path.name}"


def in_pages(said: Mapping[str, bytes]) -> Iterator[str]:
    """`said`: page and worker -> text."""
    for place, text in said.items():
        if how := shown_in(text):
            yield f"a key shows ({how}) in {place}"


async def in_topics(bootstrap: str, prefix: str) -> list[str]:
    """Keys, values and headers of every record of every topic of the run, unpacked: what is sent is compressed."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            with suppress(KafkaError):  # a busy broker may not answer in time
                return [line async for line in _in_topics(bootstrap, prefix)]
            await asyncio.sleep(1)


async def _in_topics(bootstrap: str, prefix: str) -> AsyncIterator[str]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        for topic in sorted(name for name in await consumer.topics() if name.startswith(prefix)):
            for record in await read_all(consumer, topic):
                if how := in_record(record):
                    yield f"a key shows ({how}) in {topic} {record.partition}:{record.offset}"
    finally:
        await consumer.stop()


def in_record(record: Any) -> str | None:
    """The encoding in which a key shows in its key, value or headers, or None."""
    headers = b"\n".join(name.encode() + b"=" + value for name, value in record.headers)
    return shown_in(b"\n".join((record.key or b"", record.value or b"", headers)))
