"""Where the records are read from: the dead letters, or the input topic itself."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

from schemas import RecordSource
from streams.cli._topic_reader import Part, read_topic
from streams.cli._verdict_reader import read_verdicts
from streams.cli.replaying.candidate import Candidate, Origin, digest, headers_of
from streams.cli.replaying.letter import Pointer, read_letter, reason_of
from streams.cli.replaying.selection import Selection
from streams.cli.replaying.tally import Tally
from streams.pipeline.topics import DEAD_LETTERS, SCRAPED
from streams.settings import Settings

Watch = Callable[[int, int], None]
Source = AsyncGenerator[Candidate | Pointer, None]
Places = dict[tuple[int, int], str]
"""Partition and offset of the input -> the verdict."""


async def dead_letters(settings: Settings, selection: Selection, tally: Tally, watch: Watch) -> Source:
    """What the selected dead letters hold or point to, as they stand now: what fails meanwhile is for the next run."""
    reading = read_topic(settings, DEAD_LETTERS, part=_part(selection), watch=watch)
    async with aclosing(reading) as records:
        async for record in records:
            headers = headers_of(record)
            tally.read += 1
            if not selection.takes_place(record.partition, record.offset, record.timestamp):
                continue
            if selection.reasons and reason_of(headers) not in selection.reasons:
                continue
            letter = read_letter(record.key, record.value, headers)
            if letter is not None:
                yield letter
                continue
            tally.foreign += 1
            tally.tell(tally.foreign, f"no dead letter, left out: {record.topic}/{record.partition}/{record.offset}")


async def input_records(settings: Settings, selection: Selection, tally: Tally, watch: Watch) -> Source:
    """The selected records of the input; those with a wanted verdict that are no longer kept are counted as gone.

    Times are when they were published.
    """
    judged = await _judged(settings, selection) if selection.verdicts else None
    places = None if judged is None else judged.keys()
    unseen = set(judged or ()) if selection.by_verdict_alone else set()
    reading = read_topic(settings, SCRAPED, part=_part(selection, places), watch=watch)
    async with aclosing(reading) as records:
        async for record in records:
            tally.read += 1
            at = (record.partition, record.offset)
            unseen.discard(at)
            if not selection.takes_place(*at, record.timestamp) or (judged is not None and at not in judged):
                continue
            place = RecordSource(topic=record.topic, partition=record.partition, offset=record.offset)
            why = judged[at] if judged else ""
            yield Candidate(Origin(place, digest(record.value)), why, record.key, record.value, headers_of(record))
    if unseen:
        tally.gone += len(unseen)
        tally.tell(1, f"{len(unseen)} records with such a verdict are no longer kept: publish them anew")


async def _judged(settings: Settings, selection: Selection) -> Places:
    """Where the records stand whose last verdict is one of those wanted."""
    found: dict[str, tuple[tuple[int, int], str]] = {}
    async for _, verdict in read_verdicts(settings):
        source = verdict.source
        if verdict.verdict in selection.verdicts and source and source.topic == settings.topic(SCRAPED):
            found[verdict.verdict_id] = ((source.partition, source.offset), verdict.verdict.value)
        else:
            found.pop(verdict.verdict_id, None)
    return dict(found.values())


def _part(selection: Selection, places: Iterable[tuple[int, int]] | None = None) -> Part:
    """The least of the topic that holds all that is selected."""
    bounds = [(span.partition, span.start, span.stop) for span in selection.spans]
    if places is not None:
        bounds = [(partition, offset, offset + 1) for partition, offset in places]
    elif not bounds:
        return Part(since=selection.since)
    offsets: dict[int, tuple[int, int | None]] = {}
    for partition, start, stop in bounds:
        first, last = offsets.get(partition, (start, stop))
        offsets[partition] = (min(first, start), None if stop is None or last is None else max(last, stop))
    return Part(offsets, selection.since)
