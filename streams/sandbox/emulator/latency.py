"""How long a vendor takes: lognormal, as measured latencies of completions mostly are, with a share that never ends."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from request to answer."""

    median: float
    sigma: float = 0.4
    """Of the logarithm: 0.4 puts one call in twenty above about twice the median."""
    hangs: float = 0.0
    """Share of calls that never end."""

    @classmethod
    def of_mean(cls, mean: float, sigma: float = 0.5, hangs: float = 0.0) -> "Latency":
        """The same by its mean: a lognormal's mean is median * exp(sigma^2 / 2)."""
        return cls(mean / math.exp(sigma**2 / 2), sigma, hangs)

    def scaled(self, factor: float) -> "Latency":
        """The same, `factor` times as long."""
        return Latency(self.median * factor, self.sigma, self.hangs)

    def draw(self, rng: random.Random) -> float | None:
        """Seconds for one call; None: it hangs."""
        if self.hangs and rng.random() < self.hangs:
            return None
        return self.median * math.exp(self.sigma * rng.gauss(0.0, 1.0)) if self.median > 0 else 0.0


DEFAULT: Mapping[str, Latency] = MappingProxyType(
    {"groq": Latency(0.25), "gemini": Latency(0.5), "azure": Latency(0.6), "openai": Latency(0.7)}
)
"""Of the right order for short answers, and short enough to watch."""
