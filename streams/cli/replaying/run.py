"""The loop: read, leave out what was replayed before, send, note."""

import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing

from streams.cli._topic_reader import ends_of
from streams.cli.replaying.candidate import Candidate
from streams.cli.replaying.copies import Copies, open_copies
from streams.cli.replaying.cut_off import find_unnoted
from streams.cli.replaying.journal import Journal, Past, open_journal, read_past
from streams.cli.replaying.letter import Pointer
from streams.cli.replaying.originals import Originals, open_originals
from streams.cli.replaying.source import Source
from streams.cli.replaying.tally import Tally
from streams.clock import SystemClock
from streams.pipeline.topics import SCRAPED
from streams.settings import Settings

BATCH_RECORDS = 100
"""Sent and not noted at any moment: what a crash leaves to be searched for."""
BATCH_BYTES = 16 * 1024 * 1024


async def replay(settings: Settings, source: Source, tally: Tally, limit: int | None) -> None:
    """Send what `source` gives to the input topic, at most `limit` records, each origin once and never again.

    `tally` is right at every moment. Raises Superseded, NotNoted, KafkaUnavailable, NoSuchTopic, SettingsError;
    another run then goes on where this one stopped.
    """
    name = uuid.uuid4().hex
    async with AsyncExitStack() as stack:
        journal = await stack.enter_async_context(open_journal(settings, name, SystemClock()))
        past = await read_past(settings)
        found = await find_unnoted(settings, past)
        await journal.start(await ends_of(settings, SCRAPED), past.cut_off, found)
        originals = await stack.enter_async_context(open_originals(settings))
        copies = await stack.enter_async_context(open_copies(settings, name))
        batch = _Batch(copies, journal, tally)
        await _feed(source, past, originals, tally, batch.add, limit)
        await batch.flush()
        await journal.end()


async def rehearse(
    settings: Settings, source: Source, tally: Tally, show: Callable[[Candidate], None], limit: int | None
) -> None:
    """The same without sending, noting or fencing anything; `show` is given what would be sent."""
    past = await read_past(settings)
    await find_unnoted(settings, past)

    async def add(candidate: Candidate) -> None:
        tally.count(candidate)
        show(candidate)

    async with open_originals(settings) as originals:
        await _feed(source, past, originals, tally, add, limit)


class _Batch:
    """What is sent and noted together."""

    def __init__(self, copies: Copies, journal: Journal, tally: Tally) -> None:
        self._copies = copies
        self._journal = journal
        self._tally = tally
        self._waiting: list[Candidate] = []
        self._bytes = 0

    async def add(self, candidate: Candidate) -> None:
        """Send when it is full."""
        self._waiting.append(candidate)
        self._bytes += len(candidate.value or b"")
        if len(self._waiting) >= BATCH_RECORDS or self._bytes >= BATCH_BYTES:
            await self.flush()

    async def flush(self) -> None:
        """Send all, await the broker's word, note all.

        After an error the run must end without noting its end: the next one then finds out what arrived.
        """
        batch, self._waiting, self._bytes = self._waiting, [], 0
        places = await self._copies.send(batch)
        await self._journal.note((one.origin, place) for one, place in zip(batch, places, strict=True) if place)
        for candidate, place in zip(batch, places, strict=True):
            if place:
                self._tally.count(candidate)
                continue
            self._tally.failed += 1
            where = candidate.origin.key.rpartition("/")[0]
            self._tally.tell(self._tally.failed, f"the topic takes no record so large, not replayed: {where}")


async def _feed(
    source: Source,
    past: Past,
    originals: Originals,
    tally: Tally,
    add: Callable[[Candidate], Awaitable[None]],
    limit: int | None,
) -> None:
    """Hand on what was not replayed before, whole, until `limit` are handed on."""
    handed = 0
    async with aclosing(source) as items:
        async for item in items:
            if limit is not None and handed >= limit:
                return
            tally.selected += 1
            if item.origin.key in past.replayed:
                tally.already += 1
                continue
            candidate = await originals.fetch(item) if isinstance(item, Pointer) else item
            if candidate is None:
                tally.gone += 1
                where = item.origin.key.rpartition("/")[0]
                tally.tell(tally.gone, f"too large for the dead letters and no longer kept at {where}: publish it anew")
                continue
            past.replayed.add(item.origin.key)
            await add(candidate)
            handed += 1
