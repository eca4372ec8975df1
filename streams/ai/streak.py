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
        """Note that call `number` has failed: is it one of so many in a row? O(length)."""
        self._failed[number] = None
        if len(self._failed) > _KEPT * self._length:
            del self._failed[next(iter(self._failed))]
        return 1 + self._reach(number, -1) + self._reach(number, 1) >= self._length

    def clear(self) -> None:
        """Forget all of them."""
        self._failed.clear()

    def _reach(self, number: int, step: int) -> int:
        """How many failures lie beside `number`, without a gap."""
        reach = 0
        while reach < self._length and number + step * (reach + 1) in self._failed:
            reach += 1
        return reach
