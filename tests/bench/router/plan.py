"""How much of what."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Case:
    """One thing that every side is put through."""

    scenario: str
    requests: int
    concurrency: int
    warm_up: int = 0
    first: str = "emulator"
    """Where the first provider is: `emulator`, or `alive` or `dead` of the fast server."""
    cache: bool = False
    skips_dead: bool = True
    cooldown_seconds: float = 30.0
    budget_calls: int | None = None
    """The first provider's budget pays for so many calls."""
    max_tokens: int | None = None
    """Of an answer. A side that reserves for the longest answer is not told less than one that does not."""

    def shortened(self, factor: float) -> "Case":
        """The same with fewer requests, but at least one for every caller."""
        requests = max(round(self.requests * factor), self.concurrency)
        return Case(**vars(self) | {"requests": requests, "warm_up": round(self.warm_up * factor)})


_CPU = {"scenario": "cpu", "requests": 2_000, "warm_up": 400}
CASES: Mapping[str, Case] = MappingProxyType(
    {
        "dead": Case("dead", 200, 20),
        "throttled": Case("throttled", 20, 20),
        "hung": Case("hung", 20, 20),
        "recovery": Case("recovery", 100, 100, cooldown_seconds=2.0),
        "identical": Case("identical", 200, 200, cache=True),
        "budget": Case("budget", 1_000, 200, budget_calls=10, max_tokens=32),
        "plain 20": Case(**_CPU, concurrency=20, first="alive"),
        "plain 200": Case(**_CPU, concurrency=200, first="alive"),
        "fallback 20": Case(**_CPU, concurrency=20, first="dead"),
        "fallback 200": Case(**_CPU, concurrency=200, first="dead"),
        "both 20": Case(**_CPU, concurrency=20, first="dead", skips_dead=False),
        "both 200": Case(**_CPU, concurrency=200, first="dead", skips_dead=False),
    }
)


@dataclass(frozen=True)
class Plan:
    """The long form by default."""

    cases: Mapping[str, Case]
    repeats: int = 3
    limit_seconds: float = 30.0
    """A request not answered within this is given up; LiteLLM's own default is 6,000 s."""
    stop_seconds: float = 30.0
    """A CPU case begins no more requests after this; nor its warm-up."""
    give_up_seconds: float = 120.0
    """Nor does another case: what it has not begun counts as not answered."""
    run_seconds: float = 600.0
    """No run of a side takes longer."""


def full() -> Plan:
    """For figures that are quoted."""
    return Plan(CASES)


def quick() -> Plan:
    """To see that it works: one repeat, a tenth of the requests of the CPU cases."""
    short = {name: case.shortened(0.1) if case.scenario == "cpu" else case for name, case in CASES.items()}
    return Plan(short, repeats=1, limit_seconds=20.0, stop_seconds=10.0)
