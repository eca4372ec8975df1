"""What a call costs, in integer nano-USD: dated prices from `prices.toml`."""

import dataclasses
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources

from streams.ai.types import TokenUsage

TEMPLATE_TOKENS = 256
"""Allowance for what a provider puts around our text (roles, separators, its own schema preamble)."""
BYTES_PER_TOKEN = 3
"""For an estimate, when a provider reported no usage: English has about 4 bytes a token, other scripts fewer."""


@dataclass(frozen=True, slots=True)
class Price:
    """A model's price from a date on. Nano-USD: 1 USD = 1,000,000,000."""

    provider: str
    model: str
    valid_from: date
    input: int
    """Per token."""
    output: int
    """Per token, reasoning included."""
    cached_per_1000: int
    """Per 1,000 cached input tokens."""
    source: str = ""
    checked: date | None = None
    max_input_tokens: int | None = None
    """Above it the price does not hold."""
    free: bool = False

    @property
    def version(self) -> str:
        """The date from which it applies, as stamped on every cost."""
        return self.valid_from.isoformat()

    def cost(self, usage: TokenUsage) -> int:
        """Nano-USD for `usage`, rounded up."""
        uncached = usage.input_tokens - usage.cached_tokens
        cached = -(-usage.cached_tokens * self.cached_per_1000 // 1000)
        return uncached * self.input + cached + usage.output_tokens * self.output

    def bound(self, text_bytes: int, max_tokens: int) -> int:
        """Nano-USD that a request of `text_bytes` UTF-8 bytes cannot exceed.

        A byte-level tokeniser makes no more tokens than bytes; `max_tokens` bounds the output.
        """
        return (text_bytes + TEMPLATE_TOKENS) * self.input + max_tokens * self.output

    def covers(self, text_bytes: int) -> bool:
        """Does the price hold for a request of so many bytes, in the worst case?"""
        return self.max_input_tokens is None or text_bytes + TEMPLATE_TOKENS <= self.max_input_tokens

    def as_free(self) -> "Price":
        """The same model in a free tier."""
        return dataclasses.replace(self, input=0, output=0, cached_per_1000=0, free=True)


class PriceBook:
    """Dated prices. Look a price up once per model, not once per call."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices: dict[tuple[str, str], list[Price]] = {}
        for price in sorted(prices, key=lambda price: price.valid_from):
            self._prices.setdefault((price.provider, price.model), []).append(price)

    @classmethod
    def load(cls) -> "PriceBook":
        """The book that this release ships."""
        data = tomllib.loads(resources.files("streams.ai").joinpath("prices.toml").read_text(encoding="utf-8"))
        return cls(Price(**entry) for entry in data["price"])

    def find(self, provider: str, model: str, on: date) -> Price | None:
        """The price in force on a UTC day; before the first one, the first one. None: unknown."""
        dated = self._prices.get((provider, model), [])
        in_force = [price for price in dated if price.valid_from <= on]
        return in_force[-1] if in_force else next(iter(dated), None)

    def __iter__(self) -> Iterator[Price]:
        return (price for dated in self._prices.values() for price in dated)


def estimated_usage(text_bytes: int, answer: str) -> TokenUsage:
    """A guess for an answer that came without a usage block."""
    output = -(-len(answer.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
    return TokenUsage(input_tokens=text_bytes // BYTES_PER_TOKEN + TEMPLATE_TOKENS, output_tokens=output)
