"""Failures in a row, in the order in which the calls began, not in which their ends became known.

With many calls of a second on their way, answers to questions from before a fault come in between its failures: by
their ends hardly five failures follow each other, while every call that begins now fails at once.
"""

_KEPT = 10
"""So many times `length` failures are remembered; older ones are too far back to touch a new one."""


class Streak:
    """Finds `length` calls that failed one after another. Numbers are given to calls as they begin."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._failed: dict[int, None] = {}
        """Oldest failure first."""

    def fails(self, number: int) -> bool:
        """Note that call `number` has failed: is it one of so many in a row?"""
        self._failed[number] = None
        if len(self._failed) > _KEPT * self._length:
            del self._failed[next(iter(self._failed))]
        first = last = number
        while first - 1 in self._failed:
            first -= 1
        while last + 1 in self._failed:
            last += 1
        return last - first + 1 >= self._length

    def clear(self) -> None:
        """Forget all of them."""
        self._failed.clear()
