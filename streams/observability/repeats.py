"""Libraries repeat themselves: while a broker is away aiokafka writes two hundred lines a second that say the same."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_KINDS = 1_000


class Repeats(logging.Filter):
    """Lets one line of a kind through every `seconds`; the next one of its kind tells how many were left out.

    A kind is a logger with a message before its arguments are put in. At most a thousand kinds are remembered.
    """

    def __init__(self, seconds: float = 10.0, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._now = now
        self._kinds: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        """Kind -> when a line of it was let through, and how many were left out since."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Is this line to be written?"""
        kind = record.name, str(record.msg)
        now = self._now()
        told_at, left_out = self._kinds.get(kind, (float("-inf"), 0))
        if now - told_at < self._seconds:
            self._kinds[kind] = told_at, left_out + 1
            return False
        self._kinds[kind] = now, 0
        self._kinds.move_to_end(kind)
        if len(self._kinds) > _MOST_KINDS:
            self._kinds.popitem(last=False)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} ({left_out} more like it were left out)", None
        return True
