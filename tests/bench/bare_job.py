"""What a bare loop's process is told. Standard library only: it runs under two interpreters."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Asking = Literal["httpx", "aiohttp", "litellm"]
"""How providers are asked: httpx on its own transport or on aiohttp's, or LiteLLM's Router."""


@dataclass(frozen=True)
class Vendor:
    """A provider of OpenAI's format. Prices in nano-USD for a token."""

    url: str
    model: str
    input_price: int
    output_price: int
    budget_nano_usd: int | None = None
    """What may be spent in a day."""


@dataclass(frozen=True)
class Job:
    """What to do, and where."""

    bootstrap: str
    source: str
    target: str
    group: str
    in_flight: int
    asking: Asking
    vendors: Sequence[Vendor]
    """In the order in which they are asked."""
    session_seconds: float = 10.0
    """A dead member's partitions are given away after this."""


class Asker(Protocol):
    """How a loop asks."""

    async def ask(self, text: str) -> Any:
        """The answer about a text by whichever provider; None: none gave one."""
        ...

    async def aclose(self) -> None:
        """Let go of what it holds."""
        ...


def read(text: str) -> Job:
    """A job from JSON."""
    said: dict[str, Any] = json.loads(text)
    return Job(**said | {"vendors": [Vendor(**one) for one in said["vendors"]]})
