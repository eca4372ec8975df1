"""Which records are meant."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Span:
    """Offsets of one partition, `stop` not among them; None: to the end."""

    partition: int
    start: int
    stop: int | None

    def holds(self, partition: int, offset: int) -> bool:
        """Is the offset inside?"""
        return partition == self.partition and offset >= self.start and (self.stop is None or offset < self.stop)


@dataclass(frozen=True)
class Selection:
    """What is empty or None takes everything. Times are those of the records on the topic that is read."""

    reasons: frozenset[str] = frozenset()
    verdicts: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    spans: tuple[Span, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing narrows it."""
        return not (self.reasons or self.verdicts or self.since or self.until or self.spans)

    @property
    def by_verdict_alone(self) -> bool:
        """True when nothing but verdicts narrows it."""
        return bool(self.verdicts) and not (self.since or self.until or self.spans)

    def takes_place(self, partition: int, offset: int, timestamp_ms: int) -> bool:
        """By place and time alone."""
        return (
            (self.since is None or timestamp_ms >= self.since.timestamp() * 1_000)
            and (self.until is None or timestamp_ms < self.until.timestamp() * 1_000)
            and (not self.spans or any(span.holds(partition, offset) for span in self.spans))
        )


class Moment(click.ParamType):
    """`2026-11-20`, `2026-11-20T10:00`, with an offset or UTC; or how long ago: `30m`, `6h`, `2d`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware datetime."""
        if isinstance(value, datetime):
            return value
        try:
            ago = re.fullmatch(r"(\d{1,6})([mhd])", value)
            if ago:
                return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            moment = datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time: write 2026-11-20T10:00 (UTC) or how long ago: 30m, 6h, 2d", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Offsets(click.ParamType):
    """`0:17` one offset of partition 0, `0:17-30` both ends among them, `0:17-` to the end."""

    name = "p:from[-to]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Span:
        """A Span."""
        if isinstance(value, Span):
            return value
        found = re.fullmatch(r"(\d{1,9}):(\d{1,18})(-(\d{1,18})?)?", value)
        if not found:
            self.fail(f"{value!r} are no offsets: write 0:17, 0:17-30 or 0:17- (partition 0)", param, ctx)
        start = int(found[2])
        last = start if found[3] is None else None if found[4] is None else int(found[4])
        if last is not None and last < start:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        return Span(int(found[1]), start, None if last is None else last + 1)
