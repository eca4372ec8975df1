"""The vendors' rate limits: buckets that refill evenly, told in headers and enforced."""

from dataclasses import dataclass

from streams.clock import Clock


@dataclass(frozen=True, slots=True)
class Limits:
    """What one model may take. The defaults are out of the way of a demo and of a benchmark."""

    requests: int = 1_000_000
    request_seconds: float = 60.0
    """Window of the requests: a minute, at Groq a day."""
    tokens: int = 1_000_000_000
    token_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of the limits after a request, and seconds until each is whole again."""

    limits: Limits
    requests_left: int
    requests_reset: float
    tokens_left: int
    tokens_reset: float
    short_of: str | None = None
    """`requests` or `tokens` when the request is refused."""
    wait: float = 0.0
    """Seconds until a refused request would be taken."""


class Meter:
    """The buckets of one model."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._requests = 0.0
        self._tokens = 0.0
        self._at = clock.monotonic()

    def take(self, tokens: int) -> Standing:
        """Count a request of so many tokens, unless the limits refuse it; say where that leaves the caller."""
        self._refill()
        limits = self._limits
        over = {
            "requests": (self._requests + 1 - limits.requests) * limits.request_seconds / limits.requests,
            "tokens": (self._tokens + tokens - limits.tokens) * limits.token_seconds / limits.tokens,
        }
        short = max(over, key=lambda name: over[name])
        if over[short] > 0:
            return self._standing(short, over[short])
        self._requests += 1
        self._tokens += tokens
        return self._standing(None, 0.0)

    def _refill(self) -> None:
        now = self._clock.monotonic()
        passed, self._at = now - self._at, now
        self._requests = max(0.0, self._requests - passed * self._limits.requests / self._limits.request_seconds)
        self._tokens = max(0.0, self._tokens - passed * self._limits.tokens / self._limits.token_seconds)

    def _standing(self, short_of: str | None, wait: float) -> Standing:
        limits = self._limits
        return Standing(
            limits,
            int(limits.requests - self._requests),
            self._requests * limits.request_seconds / limits.requests,
            int(limits.tokens - self._tokens),
            self._tokens * limits.token_seconds / limits.tokens,
            short_of,
            wait,
        )


def go_duration(seconds: float) -> str:
    """As Go prints it and OpenAI and Groq send it: `120ms`, `7.66s`, `2m59.56s`, `6m0s`."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    tail = f"{round(rest, 2):g}s"
    return f"{hours}h{minutes}m{tail}" if hours else f"{minutes}m{tail}" if minutes else tail
