"""What was ever replayed, and the right of one run at a time to add to it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerFenced
from pydantic import ValidationError

from schemas import RecordSource, ReplayEntry
from streams.cli._topic_reader import read_topic
from streams.cli.replaying.candidate import Origin
from streams.clock import Clock
from streams.errors import KafkaUnavailable, UserError
from streams.pipeline.connection import bootstrap_servers, client_arguments, connected
from streams.pipeline.topics import REPLAYS
from streams.settings import Settings

TRANSACTION_SECONDS = 10.0
"""After so long the broker ends a transaction whose run died in it."""


Ends = tuple[int, ...]
"""Of the input's partitions, in their order."""
Found = tuple[str, Origin, RecordSource]
"""Run, origin and copy."""


class Superseded(UserError):
    """A newer `fulltext replay` has come."""

    def __init__(self) -> None:
        super().__init__(
            "another `fulltext replay` has started on this Kafka, so this one stopped; what it sent is not sent again: "
            "start it anew when the other one has ended"
        )


class NotNoted(UserError):
    """Kafka refused a transaction without saying why, as it can in the moment in which a newer run comes."""

    def __init__(self, error: KafkaError) -> None:
        super().__init__(
            f"Kafka did not take a note of what was sent ({type(error).__name__}: {error}), maybe because another "
            "`fulltext replay` has started; start it anew: what was sent is not sent again"
        )


@dataclass
class Past:
    """What the topic tells."""

    replayed: set[str] = field(default_factory=set)
    """Keys of origins."""
    cut_off: dict[str, dict[int, int]] = field(default_factory=dict)
    """Run without an end -> partition of the input -> from where its unnoted copies can stand."""

    def apply(self, key: str, entry: ReplayEntry) -> None:
        """In the order of the topic, which has one partition."""
        if entry.state == "started":
            self.cut_off[entry.run] = dict(enumerate(entry.input_ends))
        elif entry.state == "ended":
            self.cut_off.pop(entry.run, None)
        else:
            self.replayed.add(key)
            copy, places = entry.copied_to, self.cut_off.get(entry.run)
            if copy is not None and places is not None:
                places[copy.partition] = max(places.get(copy.partition, 0), copy.offset + 1)


async def read_past(settings: Settings) -> Past:
    """All that is committed. Raises NoSuchTopic, KafkaUnavailable, and UserError where a line cannot be read."""
    past = Past()
    async for record in read_topic(settings, REPLAYS, committed=True):
        try:
            entry = ReplayEntry.model_validate_json(record.value or b"")
        except ValidationError:
            where = f"{record.topic}, offset {record.offset}"
            raise UserError(
                f"{where}: no line of `fulltext replay`; whether a record was replayed is unknown"
            ) from None
        past.apply((record.key or b"").decode("utf-8", "replace"), entry)
    return past


class Journal:
    """A run's right to note. After any error it must be left."""

    def __init__(self, producer: AIOKafkaProducer, settings: Settings, run: str, clock: Clock) -> None:
        self._producer = producer
        self._topic = settings.topic(REPLAYS)
        self._address = bootstrap_servers(settings)
        self._clock = clock
        self.run = run

    async def start(self, ends: Ends, cut_off: Iterable[str] = (), found: Iterable[Found] = ()) -> None:
        """As one: what cut-off runs had sent, their ends, and this run's start before it sends anything."""
        lines = [self._replayed(run, origin, copy) for run, origin, copy in found]
        lines += [self._line(run, run, "ended") for run in cut_off]
        await self._write([*lines, self._line(self.run, self.run, "started", input_ends=ends)])

    async def note(self, copies: Iterable[tuple[Origin, RecordSource]]) -> None:
        """As one: all of these were sent and acknowledged. Raises Superseded, NotNoted, KafkaUnavailable."""
        await self._write([self._replayed(self.run, origin, copy) for origin, copy in copies])

    async def end(self) -> None:
        """Nothing is sent and not noted."""
        await self._write([self._line(self.run, self.run, "ended")])

    def _replayed(self, run: str, origin: Origin, copy: RecordSource) -> tuple[bytes, bytes]:
        return self._line(origin.key, run, "replayed", origin=origin.place, copied_to=copy)

    def _line(self, key: str, run: str, state: str, **fields: object) -> tuple[bytes, bytes]:
        entry = ReplayEntry.model_validate({"run": run, "state": state, "at": self._clock.now(), **fields})
        return key.encode(), entry.model_dump_json(exclude_defaults=True).encode()

    async def _write(self, lines: list[tuple[bytes, bytes]]) -> None:
        if not lines:
            return
        try:
            async with asyncio.timeout(2 * TRANSACTION_SECONDS), self._producer.transaction():
                await asyncio.gather(*[await self._producer.send(self._topic, value, key) for key, value in lines])
        except ProducerFenced:
            raise Superseded from None
        except KafkaError as error:
            if error.retriable:
                raise
            raise NotNoted(error) from None
        except TimeoutError:
            raise KafkaUnavailable(
                self._address, f"no word on a transaction in {2 * TRANSACTION_SECONDS:g} s"
            ) from None


@asynccontextmanager
async def open_journal(settings: Settings, run: str, clock: Clock) -> AsyncIterator[Journal]:
    """Fence every other run. Raises KafkaUnavailable, SettingsError."""
    producer = AIOKafkaProducer(
        **client_arguments(settings),
        transactional_id=f"{settings.topic(REPLAYS)}.tool",
        transaction_timeout_ms=int(TRANSACTION_SECONDS * 1_000),
    )
    # of a fenced producer aiokafka drops futures of its own, and the loop would print their errors
    asyncio.get_running_loop().set_exception_handler(_unless_fenced)
    async with connected(producer, settings):
        yield Journal(producer, settings, run, clock)


def _unless_fenced(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Superseded has told it."""
    if not isinstance(context.get("exception"), ProducerFenced):
        loop.default_exception_handler(context)
