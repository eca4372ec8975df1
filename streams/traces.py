"""Traces for every module: silent, and no work at all, until somebody listens, as the loggers of `streams.logs` are.

A port. Rooms tell plain facts, by the names that their log lines have too, and never a text or a key. What becomes of
them is the listener's: `streams.observability.spans` makes OpenTelemetry's spans. Nothing here, and nothing that
imports this, needs OpenTelemetry.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Literal, Protocol

Kind = Literal["record", "question", "attempt"]
"""A record of the stream holds the questions asked for it; a question of the chain holds its attempts."""
Facts = Mapping[str, object]
Headers = Sequence[tuple[str, bytes]]


class Span(Protocol):
    """Something that takes time, and what came of it."""

    def tell(self, facts: Facts) -> None:
        """Add to what is known; `outcome` says how it ended."""
        ...


class Tracer(Protocol):
    """Whoever listens. It must be quick, and must not raise: it is called in the event loop."""

    def span(self, kind: Kind, facts: Facts, headers: Headers) -> AbstractContextManager[Span]:
        """From entering to leaving; what begins meanwhile in the same task is part of it.

        `headers`: of a record; a `traceparent` among them is the trace to go on with.
        """
        ...

    def ended(self, kind: Kind, facts: Facts, began: datetime, seconds: float) -> None:
        """Something that is over, part of the span that the caller is in."""
        ...


class _Silent:
    """A span that nobody hears of."""

    def tell(self, facts: Facts) -> None:
        pass


_SILENT: AbstractContextManager[Span] = nullcontext(_Silent())
_tracer: Tracer | None = None


def listen(tracer: Tracer | None) -> None:
    """From now on `tracer` is told, for the whole process; None: nobody."""
    global _tracer  # noqa: PLW0603 - one for the process, as structlog's configuration is
    _tracer = tracer


def listener() -> Tracer | None:
    """Who is told; None: nobody, and there is nothing to compute."""
    return _tracer


def span(kind: Kind, facts: Facts, headers: Headers = ()) -> AbstractContextManager[Span]:
    """A span of the listener's, or one that nobody hears of."""
    return _tracer.span(kind, facts, headers) if _tracer is not None else _SILENT
