"""Faults of delivery; each one ends the worker loudly, and nothing is acked past it.

* PipelineFault (StreamsError)
  x DeliveryFailed        the broker did not acknowledge in time
  x CommitFailed          the group's offsets could not be committed
  x NoProgress            work is there, no hold is on, and nothing moves
* TooManyBadRecords (UserError)   the dead-letter brake; says how to go on
"""

from streams.errors import StreamsError, UserError


class PipelineFault(StreamsError):
    """Base of the faults that end a worker."""


class DeliveryFailed(PipelineFault):
    """The broker did not acknowledge `topic` in time."""

    def __init__(self, topic: str, seconds: float, cause: str) -> None:
        super().__init__(f"no acknowledgement for {topic} within {seconds:g} s ({cause})")
        self.topic = topic


class CommitFailed(PipelineFault):
    """The group's offsets could not be committed."""


class NoProgress(PipelineFault):
    """Work is there, no hold is on, and nothing has moved for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no record finished for {seconds:.0f} s although work is there and no hold is on")


class TooManyBadRecords(UserError):
    """The dead-letter brake."""

    def __init__(self, bad: int, seen: int, last_reason: str) -> None:
        super().__init__(
            f"{bad} of the last {seen} records were dead letters (last reason: {last_reason}); nothing further is "
            "taken from the topic: mend the producer, or set DLQ_MAX_RATIO=1 to let them all pass"
        )
