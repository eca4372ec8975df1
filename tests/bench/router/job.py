"""What a side's process is told. Standard library only: it runs under two interpreters."""

from dataclasses import dataclass
from typing import Literal, Protocol

Variant = Literal["ours", "litellm", "litellm tuned"]
VARIANTS: tuple[Variant, ...] = ("ours", "litellm", "litellm tuned")

FIRST_MODEL, SECOND_MODEL = "openai/gpt-oss-20b", "gpt-4o-mini"
KEY = "bench-key-without-meaning"


@dataclass(frozen=True)
class Setup:
    """How a side is built."""

    first_url: str
    second_url: str
    concurrency: int
    """Most calls at the same time."""
    cache: bool = False
    skips_dead: bool = True
    """False: breaker, cooldown and retries off, so that every request meets the first provider."""
    cooldown_seconds: float = 30.0
    """For a side that is tuned."""
    budget_nano_usd: int | None = None
    """What may be spent at the first provider in a day."""
    max_tokens: int | None = None
    """Of an answer; None: as the side has it."""


@dataclass(frozen=True)
class Job:
    """One run of a side."""

    variant: Variant
    scenario: str
    setup: Setup
    admin_url: str
    """The emulator's root."""
    requests: int
    warm_up: int = 0
    limit_seconds: float = 30.0
    """A request that is not answered within this is given up."""
    stop_seconds: float = 60.0
    """No more requests are begun after this: a slow side is measured on fewer."""


class Asker(Protocol):
    """A side as the scenarios see it."""

    @property
    def cooldown_seconds(self) -> float:
        """A failed provider is asked again after at most this."""
        ...

    async def ask(self, prompt: str) -> None:
        """Have it answered by whichever provider; raises when none did."""
        ...

    async def aclose(self) -> None:
        """Let go of what it holds."""
        ...
