"""What other programs put on our topics."""

import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from schemas import BudgetRequest
from streams.ai.budget.amounts import BudgetLimits
from streams.cli.replaying.letter import read_letter, reason_of
from streams.clock import ManualClock
from streams.pipeline.alerts.health_view import HealthView
from streams.pipeline.dead_letters import BadRecord, _headers, _pointer
from streams.pipeline.ledger.book import Book
from streams.pipeline.ledger.errors import LedgerUnusable
from streams.pipeline.ledger.ledger import Ledger
from streams.pipeline.ledger.names import LedgerNames
from streams.pipeline.ledger.reader import LeaseReader
from streams.pipeline.record import Partition, Record
from streams.pipeline.usage.events import Kind, SourceRecord
from streams.pipeline.usage.fold import Tables
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.term import _time
from streams.pipeline.usage.view import StatsView
from tests.security.fuzz.target import Target

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
_PLACES = ("reason", "detail", "topic", "partition", "offset")
_KINDS: tuple[Kind, ...] = ("usage", "verdict", "health")
_LEDGER = LedgerNames("budget-leases", "budget-requests")
_USAGE = UsageNames(*["usage", "verdicts", "health", "stats", "analytics", "group", "id"])
_LIMITS = BudgetLimits({"groq": 10**9}, {"global": 10**10}, 10**6)


class Message(NamedTuple):
    """What a reader looks at of Kafka's record."""

    key: bytes | None
    value: bytes | None
    offset: int = 7


def _usage(data: bytes) -> None:
    """Lines of one time stamp and a value; each is folded as every kind, and what came of it can be written."""
    tables = Tables(("groq", "gemini"), ManualClock(NOW), lambda _: 5)
    for offset, line in enumerate(data.split(b"\n")[:20]):
        stamp, _, value = line.partition(b" ")
        at = _time(int(stamp)) if stamp.isdigit() and len(stamp) < 20 else NOW
        for kind in _KINDS:
            tables.fold(SourceRecord(kind, f"{kind}/0", offset, value, at))
    for message in tables.changes().values():
        message.model_dump_json()


def _requests(data: bytes) -> None:
    """A worker's requests, one a line: grants stay within the limits, but for what was spent beyond them."""
    clock, book = ManualClock(NOW), Book()
    ledger = Ledger("ledger-1", _LIMITS, clock, book)
    requests = []
    for line in data.split(b"\n")[:20]:
        try:
            requests.append(BudgetRequest.model_validate_json(line))
        except ValidationError:
            continue
    for line in ledger.write(requests):
        assert line.lease is None or line.lease.model_dump_json().encode()
    spent = sum(request.spent_nano_usd for request in requests)
    assert book.granted("groq/day", "2026-11-28") <= 10**9 + spent
    clock.advance(timedelta(days=40).total_seconds())
    ledger.write(requests)


def _leases(data: bytes) -> None:
    """As the leases' topic is read: lines of a key and a value."""
    reader, book = LeaseReader(None, _LEDGER), Book()
    for line in data.split(b"\n")[:20]:
        key, _, value = line.partition(b" ")
        book.apply(reader._line(Message(key, value or None)))
    book.newest()
    Ledger("ledger-1", _LIMITS, ManualClock(NOW), book).write([])


def _dead_letter(data: bytes) -> None:
    """Headers that a record brings along: ours come last and lead back to its place. And a letter that is not ours."""
    head, _, value = data.partition(b"\n")
    fault = BadRecord("invalid_record", head.decode("utf-8", "surrogateescape"))
    record = Record(Partition("scraped-content", 3), 42, head, value, (("dlq-reason", head), ("dlq-offset", value)))
    headers = (*record.headers, *_headers(record, fault))
    assert dict(headers)["dlq-offset"] == b"42"
    assert len(dict(headers)["dlq-detail"].decode()) <= 500
    json.loads(_pointer(record))
    back = read_letter(head, value, headers)
    assert back is None or back.origin.place.offset == 42
    foreign = [(f"dlq-{name}", part) for name, part in zip(_PLACES, data.split(b"\n", 4), strict=False)]
    read_letter(head, value, tuple(foreign))
    reason_of(tuple(foreign))


def _told(data: bytes) -> None:
    """Values that every worker follows: stats, analytics, heartbeats."""
    key, _, value = data.partition(b"\n")
    view = StatsView(_USAGE, ManualClock(NOW))
    for topic in (_USAGE.stats, _USAGE.analytics):
        view.apply(topic, key, value)
    health = HealthView(ManualClock(NOW))
    health.heard(key, value)
    health.living()


TARGETS = (
    Target("usage", _usage),
    Target("requests", _requests),
    Target("leases", _leases, (LedgerUnusable,)),
    Target("dead_letter", _dead_letter),
    Target("told", _told),
)
