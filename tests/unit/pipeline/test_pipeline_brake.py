"""The dead-letter brake."""

import pytest

from streams.pipeline.brake import Brake
from streams.pipeline.errors import TooManyBadRecords


def test_it_never_acts_before_enough_records() -> None:
    """A few bad records at the start stop nobody."""
    brake = Brake(0.5, min_records=10)
    for _ in range(9):
        brake.bad("invalid_json")


def test_it_acts_when_the_share_is_too_large_and_says_how_to_go_on() -> None:
    """More than half of the records bad: the error names the setting that lets them pass."""
    brake = Brake(0.5, min_records=10)
    for _ in range(5):
        brake.good()
    for _ in range(5):
        brake.bad("invalid_json")
    with pytest.raises(TooManyBadRecords, match=r"invalid_json.*DLQ_MAX_RATIO"):
        brake.bad("invalid_json")


def test_old_records_leave_the_share() -> None:
    """The share is over a sliding window: a good past does not hide a bad present."""
    brake = Brake(0.5, min_records=4)
    for _ in range(1_000):
        brake.good()
    for _ in range(10):
        brake.bad("invalid_json")
    with pytest.raises(TooManyBadRecords):
        brake.bad("invalid_json")


def test_a_ratio_of_one_lets_everything_pass() -> None:
    """DLQ_MAX_RATIO=1 takes the brake off."""
    brake = Brake(1.0, min_records=2)
    for _ in range(50):
        brake.bad("invalid_json")
