"""What is kept by window and name: the newest windows of one size, and those shortly before."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from streams.pipeline.usage.windows import Size

T = TypeVar("T")


class Series(Generic[T]):
    """`make(start, seconds, name)` gives an empty one. What is kept follows from what was seen, not from a clock."""

    def __init__(self, size: Size, make: Callable[[datetime, int, str], T]) -> None:
        self._size = size
        self._make = make
        self._kept: dict[tuple[datetime, str], T] = {}
        self._newest: datetime | None = None

    def at(self, moment: datetime, name: str = "") -> T | None:
        """The one that `moment` (UTC) belongs to, made if need be; None: it is kept no more."""
        start = self._size.start(moment)
        found = self._kept.get((start, name))
        if found is not None:
            return found
        if self._newest is None or start > self._newest:
            self._newest = start
            self._prune()
        elif start < self._size.oldest(self._newest):
            return None
        made = self._make(start, int((self._size.end(start) - start).total_seconds()), name)
        self._kept[start, name] = made
        return made

    def _prune(self) -> None:
        if self._newest is not None:
            oldest = self._size.oldest(self._newest)
            self._kept = {key: one for key, one in self._kept.items() if key[0] >= oldest}

    def restore(self, ones: Iterable[tuple[datetime, str, T]]) -> None:
        """Go on with these."""
        for start, name, one in ones:
            self._kept[start, name] = one
            self._newest = start if self._newest is None else max(self._newest, start)
        self._prune()

    @property
    def names(self) -> set[str]:
        """Of all that is kept."""
        return {name for _, name in self._kept}

    def __contains__(self, key: tuple[datetime, str]) -> bool:
        """Is there one for the window that begins then?"""
        return key in self._kept

    def __iter__(self) -> Iterator[T]:
        """By window, then name."""
        return (self._kept[key] for key in sorted(self._kept))
