"""Several workers, one key: the parts of a limit sum to the whole."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ai.limits.limiter import Limiter
from streams.ai.limits.rules import Rates
from streams.ai.limits.share import Share, WholeShare
from streams.clock import ManualClock


class Part:
    """A part that a test sets."""

    def __init__(self, part: float) -> None:
        self.part = part

    def __call__(self) -> float:
        return self.part


def test_a_part_shrinks_and_grows_back() -> None:
    """It is read at every admission: partitions come and go."""
    part, clock = Part(1.0), ManualClock()
    limiter = Limiter(Rates(requests_per_minute=30), clock, part)
    for _ in range(10):
        limiter.take(1)
    part.part = 1 / 3
    assert limiter.left()[0] == 0
    assert limiter.admits_in(1) == pytest.approx(60)
    part.part = 0.5
    assert limiter.left()[0] == 5
    part.part = 1.0
    assert limiter.left()[0] == 20


@pytest.mark.parametrize("part", [0.001, 0.0, -1.0, float("nan")])
def test_nobody_starves(part: float) -> None:
    """A part too small for a call admits one a minute, and be it of more tokens than the part."""
    limiter = Limiter(Rates(requests_per_minute=30, tokens_per_minute=8_000), ManualClock(), Part(part))
    assert limiter.admits_in(8_001) is None
    limiter.take(8_000)
    assert limiter.admits_in(1) == pytest.approx(60)


@pytest.mark.parametrize("part", [7.0, float("inf")])
def test_no_part_is_more_than_the_whole(part: float) -> None:
    """A share that is wrong cannot lift a limit."""
    assert Limiter(Rates(requests_per_minute=30), ManualClock(), Part(part)).left() == (30, None)


def test_alone_it_is_all() -> None:
    """The default."""
    share: Share = WholeShare()
    assert share() == 1.0


@settings(max_examples=60, deadline=None)
@given(weights=st.lists(st.integers(1, 50), min_size=1, max_size=8), seed=st.integers())
def test_parts_never_take_more_than_the_whole(weights: Sequence[int], seed: int) -> None:
    """In any minute all workers stay below the limit, but for the one call of each whose part is too small for it."""
    rates, clock, random = Rates(requests_per_minute=20, tokens_per_minute=1_000), ManualClock(), Random(seed)
    parts = [weight / sum(weights) for weight in weights]
    limiters = [Limiter(rates, clock, Part(part)) for part in parts]
    largest = [random.randint(1, 300) for _ in parts]
    log: list[tuple[float, int]] = []
    for _ in range(250):
        clock.advance(random.random() * 2)
        worker = random.randrange(len(parts))
        tokens = random.randint(1, largest[worker])
        if limiters[worker].admits_in(tokens) == 0:
            limiters[worker].take(tokens)
            log.append((clock.monotonic(), tokens))
    requests_floor = sum(int(20 * part) < 1 for part in parts)
    tokens_floor = sum(most for part, most in zip(parts, largest, strict=True) if most > int(1_000 * part))
    for start, _ in log:
        window = [tokens for at, tokens in log if start <= at < start + 60]
        assert len(window) <= 20 + requests_floor
        assert sum(window) <= 1_000 + tokens_floor
