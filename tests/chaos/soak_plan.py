"""What a soak is given and what it leaves."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from schemas import ProviderUsage
from streams.ai.budget import Balance
from streams.ai.lane import Admission

PROVIDERS = ("groq", "gemini", "azure", "openai")


@dataclass(frozen=True)
class Plan:
    """A run. Times in seconds."""

    seconds: float = 60.0
    callers: int = 200
    cancelled: float = 0.1
    """Share of calls that are cancelled at a random moment."""
    max_in_flight: int = 120
    """Fewer than callers: there is always a queue."""
    latency_mean: float = 0.8
    change_seconds: float = 0.15
    """Between two changes of the weather."""
    seed: int = 1


@dataclass
class Traces:
    """What a run left, for the judge."""

    ledger: list[ProviderUsage]
    bill: list[dict[str, Any]] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    """How calls ended, as their callers saw it."""
    strange: list[str] = field(default_factory=list)
    """Exceptions outside the drawn tree."""
    late: list[float] = field(default_factory=list)
    """Seconds by which each call that was not cancelled ended after its deadline; negative: before it."""
    lag: list[float] = field(default_factory=list)
    """Seconds by which a timer of the event loop itself was late."""
    busy: list[float] = field(default_factory=list)
    """Seconds of CPU that the loop's thread had meanwhile: where it is less than the lag, others had the machine."""
    admissions: list[Admission] = field(default_factory=list)
    balances: tuple[Balance, ...] = ()
    left: dict[str, int] = field(default_factory=dict)
    """What must be 0 at the end."""
    demand_tokens: int = 0
    """Of every question: they are all equally long."""
    weather: Counter[str] = field(default_factory=Counter)
