"""Which part of a limit is this worker's, where several workers use one key."""

from typing import Protocol


class Share(Protocol):
    """Read at every admission, so it may change between two: partitions come and go."""

    def __call__(self) -> float:
        """A part in (0, 1]. The parts of all workers that use the key should sum to at most 1.

        A part too small for one call admits one call a window all the same, so that nobody starves. The workers
        together then pass the limit by at most one call a window for each worker with such a part.

        A limit looks back over a whole window, so a part should shrink at once and grow a window later. A worker that
        is new has no earlier part to wait for: in the window in which it joins all of them together may take the limit
        and its part, less than twice the limit, and no more from then on. To start it at nothing would make a worker
        that is alone wait a day for a day's limit.
        """
        ...


class WholeShare:
    """One worker, one key: all of it."""

    def __call__(self) -> float:
        """1.0."""
        return 1.0
