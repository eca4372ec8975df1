"""What `publish` counts when the broker fails."""

import asyncio

from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from streams.cli import _sending
from streams.cli._outgoing import Outgoing, TooLarge, Unknown
from streams.cli._sending import Tally, _Run


class ScriptedProducer:
    """Answers each send with the next outcome of a script: None is an acknowledgement."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.open = 0
        self.most_open = 0

    async def send(self, topic, value, key):
        future = asyncio.get_running_loop().create_future()
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        asyncio.get_running_loop().call_soon(self._settle, future, self.outcomes.pop(0))
        return future

    def _settle(self, future, outcome):
        self.open -= 1
        if outcome is None:
            future.set_result(None)
        else:
            future.set_exception(outcome)


def record(number):
    """A valid record."""
    return Outgoing(f"file:{number}", b"%d" % number, b"value")


async def drive(producer, documents):
    """Send them as `send_all` does; returns the tally and how many were taken."""
    tally, taken = Tally(), 0
    run = _Run(producer, "topic", tally, lambda _tally: None)
    for document in documents:
        taken += 1
        if not await run.send(document):
            break
    await run.finish()
    return tally, taken


async def test_an_unacknowledged_record_is_named_and_the_next_ones_sent():
    """One record that the topic refuses is counted and named; the others are acknowledged; not complete."""
    tally, _ = await drive(ScriptedProducer(None, MessageSizeTooLargeError(), None), map(record, range(3)))
    assert (tally.sent, tally.acknowledged, tally.failed, tally.complete) == (3, 2, 1, False)
    assert tally.messages == ["not acknowledged: file:1: the topic takes no record so large"]


async def test_nothing_more_is_read_when_the_broker_is_gone(monkeypatch):
    """After a timeout the rest of a million lines is not read for nothing."""
    monkeypatch.setattr(_sending, "_ON_THE_WAY", 2)
    script = [None, KafkaTimeoutError(), *[KafkaTimeoutError()] * 8]
    tally, taken = await drive(ScriptedProducer(*script), map(record, range(1_000_000)))
    assert taken < 10
    assert tally.acknowledged == 1
    assert tally.acknowledged + tally.failed == tally.sent


async def test_few_are_on_the_way_at_once(monkeypatch):
    """Memory stays bounded: a full way waits for the oldest answer."""
    monkeypatch.setattr(_sending, "_ON_THE_WAY", 5)
    producer = ScriptedProducer(*[None] * 200)
    tally, _ = await drive(producer, map(record, range(200)))
    assert tally.complete
    assert producer.most_open <= 5


def test_only_the_first_of_a_kind_are_named_and_all_counted():
    """A folder of ten thousand photos does not fill the screen."""
    tally = Tally()
    run = _Run(ScriptedProducer(), "topic", tally, lambda _tally: None)
    for number in range(50):
        run.skip(Unknown(f"photo{number}"))
        run.skip(TooLarge(f"big{number}"))
    assert (tally.unknown, tally.too_large, len(tally.messages), tally.complete) == (50, 50, 20, False)
