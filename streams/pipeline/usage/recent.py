"""Ids seen lately in one partition: a sender that was not sure writes an event twice, at two offsets."""


class RecentIds:
    """The ids of the last `span` offsets. What it knows depends on these alone, so reading them again restores it."""

    def __init__(self, span: int) -> None:
        self.span = span
        self._seen: dict[int, int] = {}
        """Hash of an id -> its last offset, in the order of offsets. A hash costs a fifth of the text's memory."""

    def is_copy(self, one: str, offset: int) -> bool:
        """Was this id seen within the span before `offset`? It is now. Offsets must not go back."""
        key = hash(one)
        known = self._seen.pop(key, None)
        self._seen[key] = offset
        while (oldest := next(iter(self._seen))) != key and self._seen[oldest] <= offset - self.span:
            del self._seen[oldest]
        return known is not None and offset - self.span < known < offset
