"""A worker's part of a provider's rates follows its partitions, late enough for the provider's minute."""

from hypothesis import given
from hypothesis import strategies as st

from streams.clock import ManualClock
from streams.pipeline.share import PartitionShare


def test_the_first_share_is_in_force_at_once() -> None:
    """All of it before anything is assigned, then the partitions' part."""
    share = PartitionShare(ManualClock())
    assert share() == 1.0
    share.assigned(2, 4)
    assert share() == 0.5


def test_a_share_shrinks_at_once_and_grows_a_minute_later() -> None:
    """What the worker that is gone has sent still counts at the provider for a minute."""
    clock = ManualClock()
    share = PartitionShare(clock)
    share.assigned(2, 4)
    clock.advance(100)
    share.assigned(4, 4)
    clock.advance(59.9)
    assert share() == 0.5
    clock.advance(0.1)
    assert share() == 1.0
    share.assigned(1, None)
    assert share() == 0.25


def test_growth_that_was_taken_back_never_comes() -> None:
    """Two rebalances within a minute: the least share of the last minute holds."""
    clock = ManualClock()
    share = PartitionShare(clock)
    share.assigned(2, 4)
    share.assigned(4, 4)
    clock.advance(30)
    share.assigned(1, 4)
    clock.advance(59)
    assert share() == 0.25
    clock.advance(1000)
    assert share() == 0.25


@given(st.lists(st.tuples(st.floats(0, 90), st.integers(0, 3)), max_size=30))
def test_running_workers_never_have_more_than_all_in_any_minute(moves: list[tuple[float, int]]) -> None:
    """Partitions wander between three workers: what each has now and what the others had a minute ago fit together."""
    clock = ManualClock()
    workers = [PartitionShare(clock) for _ in range(3)]
    owners = [0, 1, 2, 0]
    seen: list[tuple[float, tuple[float, ...]]] = []
    for seconds, partition in [(0.0, 0), *moves]:
        clock.advance(seconds)
        owners[partition] = (owners[partition] + 1) % 3
        for number, worker in enumerate(workers):
            worker.assigned(owners.count(number), 4)
        seen.append((clock.monotonic(), tuple(worker() for worker in workers)))
        owned = tuple(max(owners.count(number), 1) / 4 for number in range(3))
        assert all(share <= part for share, part in zip(seen[-1][1], owned, strict=True))
        for at, earlier in seen:
            if clock.monotonic() - at < 60:
                mixed = [min(share, before) for share, before in zip(seen[-1][1], earlier, strict=True)]
                assert sum(mixed) <= 1.25  # one who owns nothing keeps the smallest share
