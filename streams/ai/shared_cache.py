"""The port of the second cache tier: answers that workers share and that outlive a restart."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from streams.ai.types import Completion


class Found(NamedTuple):
    """An answer as it was kept, and how long it may still be used."""

    answer: Completion
    seconds_left: float


class SharedCache(Protocol):
    """Keeps answers by question (a digest) and provider.

    It is a help, not a need: no method raises anything but CancelledError, and none takes longer than `seconds`, or
    than a small bound of its own. What cannot be had in that time is not there; what cannot be kept is not kept.
    """

    @property
    def faults(self) -> int:
        """Calls that failed, ran out of time, or were not tried because earlier ones had failed."""
        ...

    ignored: int
    """Values found or offered that were broken, foreign or too large."""

    async def get(self, question: bytes, providers: Sequence[str], seconds: float) -> Found | None:
        """The answer by the first of `providers` that gave one which is still fresh."""
        ...

    async def put(self, question: bytes, answer: Completion, seconds: float) -> None:
        """Keep `answer` under its provider's name; it is there for others when this returns."""
        ...

    async def forget(self, question: bytes, provider: str, seconds: float) -> None:
        """Drop an answer that somebody could not use."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
