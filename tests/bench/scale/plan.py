"""What grows, one thing at a time."""

from dataclasses import dataclass, replace

from tests.bench.plan import Plan

LOAD = Plan(in_flight=96)
"""What all workers of a row have in flight together, a second a call: the same rate in every row, and no processor
full. On full ones a record costs more time for the same work, whoever does it."""
_TURNS = 2
"""One worker and several take turns: what the machine does meanwhile meets all of them."""


@dataclass(frozen=True)
class Row:
    """One run."""

    grows: str
    """What is not as in the base row."""
    workers: int = 1
    partitions: int = 12
    users: int = 0
    """So many to draw from; 0: the records belong to nobody."""
    size_bytes: int = 1_000
    """Of a record's text, about."""
    records: int = 3_000


BASE = Row("base")


def rows() -> tuple[Row, ...]:
    """The long form."""
    return (
        *(BASE, Row("workers", workers=2), Row("workers", workers=4)) * _TURNS,
        *(Row("partitions", partitions=partitions) for partitions in (1, 96)),
        *(Row("users", users=users) for users in (10, 1_000)),
        Row("users", users=100_000, records=12_000),  # most of them have a record then
        Row("size", size_bytes=10_000),
        Row("size", size_bytes=100_000, records=1_000),
        Row("size", size_bytes=1_000_000, records=200),
        Row("size", size_bytes=5_000_000, records=50),
        BASE,
    )


def quick() -> tuple[Row, ...]:
    """To see that it works."""
    return (
        replace(BASE, records=100),
        Row("workers and users", workers=2, partitions=4, users=10, records=100),
        Row("size", size_bytes=100_000, records=20),
    )
