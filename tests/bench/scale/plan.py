"""What grows, one thing at a time."""

from dataclasses import dataclass, replace

from tests.bench.plan import Plan

LOAD = Plan()
"""Of it: a second a call, and 1 % that never answer."""
EACH, SHARED = "workers, each as busy", "workers, same rate"
_TURNS = 2
"""One worker and several take turns: what the machine does meanwhile meets all of them."""


@dataclass(frozen=True)
class Row:
    """One run."""

    grows: str
    """What is not as in the base row."""
    workers: int = 1
    in_flight: int = 96
    """In all workers together: it makes the rate, and few enough that no processor is full. On full ones a record
    costs more time for the same work, whoever does it."""
    partitions: int = 12
    users: int = 0
    """So many to draw from; 0: the records belong to nobody."""
    size_bytes: int = 1_000
    """Of a record's text, about."""
    records: int = 3_000


BASE = Row("base")


def each(workers: int) -> Row:
    """Every worker as busy as any other row's: what is asked of several is that they cost no more than so many."""
    return Row(EACH, workers=workers, in_flight=24 * workers, records=800 * workers)


def rows() -> tuple[Row, ...]:
    """The long form."""
    return (
        *(each(1), each(2), each(4)) * _TURNS,
        BASE,
        *(Row(SHARED, workers=workers) for workers in (2, 4)),
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
        *(replace(each(workers), records=100) for workers in (1, 2)),
        Row("users", workers=2, partitions=4, users=10, records=100),
        Row("size", size_bytes=100_000, records=20),
    )
