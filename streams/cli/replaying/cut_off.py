"""What a run that was cut off had sent and not noted: its last copies, found on the input itself."""

import asyncio

from schemas import RecordSource
from streams.cli._topic_reader import Part, read_topic
from streams.cli.replaying.candidate import headers_of, read_copy
from streams.cli.replaying.journal import Found, Past
from streams.pipeline.topics import SCRAPED
from streams.settings import Settings

SETTLE_SECONDS = 3.0
"""For what a run still had on its way when it was killed or fenced."""


async def find_unnoted(settings: Settings, past: Past) -> list[Found]:
    """The copies of all cut-off runs that no line tells of, which `past` then knows too."""
    if not past.cut_off:
        return []
    await asyncio.sleep(SETTLE_SECONDS)
    found = []
    async for record in read_topic(settings, SCRAPED, part=Part(_from(past))):
        copy = read_copy(record.value, headers_of(record))
        if copy is None or copy[0] not in past.cut_off or copy[1].key in past.replayed:
            continue
        past.replayed.add(copy[1].key)
        place = RecordSource(topic=record.topic, partition=record.partition, offset=record.offset)
        found.append((*copy, place))
    return found


def _from(past: Past) -> dict[int, tuple[int, int | None]]:
    """Each partition's first offset that any of the runs can have written."""
    starts: dict[int, tuple[int, int | None]] = {}
    for places in past.cut_off.values():
        for partition, offset in places.items():
            starts[partition] = (min(offset, starts.get(partition, (offset, None))[0]), None)
    return starts
