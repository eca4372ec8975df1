"""No record is replayed twice: after a crash at any point, and with two tools at once."""

import asyncio
import subprocess
import sys
from collections import Counter

import pytest

from streams.cli._topic_reader import ends_of
from streams.cli.replaying import cut_off, run
from streams.cli.replaying.candidate import Origin, digest
from streams.cli.replaying.journal import NotNoted, Superseded, open_journal, read_past
from streams.cli.replaying.tally import Tally
from streams.clock import SystemClock
from tests.integration.replay_scene import again, at, bury, copies, environment, publish, settings

__all__ = ["settings"]

KILLED = """
import os, signal, sys
from streams.cli import main
from streams.cli.replaying import copies, journal, run
run.BATCH_RECORDS = 10
where, left = sys.argv.pop(1), [3]
def dying(real, last):
    async def call(self, *arguments):
        left[0] -= 1
        if left[0]:
            return await real(self, *arguments)
        await last(self, *arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    return call
async def half(self, batch):
    await sent(self, batch[:5])
async def nothing(self, *arguments):
    pass
sent = copies.Copies.send
if where == "within a batch":
    copies.Copies.send = dying(sent, half)
elif where == "before a note":
    journal.Journal.note = dying(journal.Journal.note, nothing)
else:
    journal.Journal.end, left[0] = dying(journal.Journal.end, nothing), 1
sys.argv[0] = "fulltext"
main()
"""


@pytest.mark.parametrize("where", ["within a batch", "before a note", "before its end"])
async def test_a_killed_run_is_continued_with_nothing_twice(settings, where, monkeypatch):
    """SIGKILL with copies sent and not noted: the next run finds them, sends the rest, and each record once."""
    monkeypatch.setattr(cut_off, "SETTLE_SECONDS", 0.2)
    records = await publish(settings, [b"%d" % number for number in range(60)])
    await bury(settings, records)
    env = environment(settings)
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", KILLED, where, "replay"], env=env, timeout=90
    )
    assert killed.returncode == -9
    before = len(await copies(settings))
    noted = len((await read_past(settings)).replayed)
    assert (before, noted) == {"within a batch": (25, 20), "before a note": (30, 20), "before its end": (60, 60)}[where]
    done = await again(settings)
    assert (done.already, done.replayed) == (before, 60 - before)
    made = Counter((place.partition, place.offset) for place, _ in await copies(settings))
    assert made == Counter((record.partition.number, record.offset) for record in records)
    assert not (await read_past(settings)).cut_off


async def test_a_newer_run_stops_the_older_one(settings):
    """The older one's next note is refused, so it cannot go on; what it sent is not sent again."""
    (record,) = await publish(settings, [b"x"])
    origin = Origin(at(record), digest(b"x"))
    async with open_journal(settings, "older", SystemClock()) as older:
        await older.start(await ends_of(settings, "scraped-content"))
        async with open_journal(settings, "newer", SystemClock()) as newer:
            with pytest.raises(Superseded, match="another `fulltext replay`"):
                await older.note([(origin, at(record))])
            await newer.start(await ends_of(settings, "scraped-content"), ["older"])
            await newer.note([(origin, at(record))])
            await newer.end()
    past = await read_past(settings)
    assert (past.replayed, past.cut_off) == ({origin.key}, {})


async def test_two_runs_at_once_leave_nothing_out_and_share_at_most_a_batch(settings, monkeypatch):
    """The newer one wins whenever it comes; together they send every record, and no more than one batch twice."""
    monkeypatch.setattr(run, "BATCH_RECORDS", 10)
    records = await publish(settings, [b"%d" % number for number in range(200)])
    await bury(settings, records)
    older = asyncio.create_task(again(settings))
    while not (older.done() or (await read_past(settings)).replayed):
        pass  # each look takes a while
    newer = await again(settings)
    ended = await asyncio.gather(older, return_exceptions=True)
    assert isinstance(ended[0], Superseded | NotNoted | Tally)
    assert (newer.already + newer.replayed, (await again(settings)).replayed) == (200, 0)
    made = Counter((place.partition, place.offset) for place, _ in await copies(settings))
    assert set(made) == {(record.partition.number, record.offset) for record in records}
    assert 200 <= made.total() <= 210
