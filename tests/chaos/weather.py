"""Faults of every kind, switched on and off at random for every provider, and keys that are replaced all the time."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

from pydantic import SecretStr

from tests.chaos.emulator import script

KINDS: tuple[dict[str, Any], ...] = (
    *({"fault": "status", "code": code} for code in (400, 403, 408, 413, 498, 500, 502, 503)),
    {"fault": "status", "code": 400, "kind": "context"},
    {"fault": "unauthorized"},
    {"fault": "echo_key"},
    {"fault": "throttle", "retry_after": 1},
    {"fault": "throttle", "limit": "requests", "retry_after": None},
    {"fault": "throttle", "retry_after": "soon"},
    {"fault": "throttle", "retry_after": 1e9},
    {"fault": "throttle", "retry_after": None, "retry_date_in": 30},
    {"fault": "throttle", "retry_after_ms": 500},
    {"fault": "quota"},
    {"fault": "redirect", "url": "http://127.0.0.1:9/elsewhere"},
    *({"fault": name} for name in ("hang", "drip", "down", "reset", "reset_in_body", "gzip_bomb", "endless")),
    *({"fault": name} for name in ("truncated_json", "html", "outside_schema", "empty", "refusal", "content_filter")),
    *({"fault": name} for name in ("prompt_filter", "no_usage", "other_model", "gullible")),
    {"fault": "length", "tokens_kept": 2},
    {"fault": "delay", "seconds": 1.5},
    {"fault": "constant", "verdict": "full_text"},
)
MODEL_GONE = {"fault": "status", "code": 404, "kind": "model", "count": 1}
"""Once for each provider: a model that is gone does not come back, and successors are few."""


class Weather:
    """Changes one provider's faults at a time. The same seed gives the same faults in the same order."""

    def __init__(self, url: str, providers: tuple[str, ...], seed: int, change_seconds: float) -> None:
        self._url = url
        self._providers = providers
        self._random = Random(seed)
        self._change_seconds = change_seconds
        self.changes = 0
        self.met: Counter[str] = Counter()
        """How often each kind was switched on."""

    async def blow(self) -> None:
        """Until cancelled."""
        gone = list(self._providers)
        self._random.shuffle(gone)
        deck: list[dict[str, Any]] = []
        while True:
            await asyncio.sleep(self._change_seconds * self._random.uniform(0.5, 1.5))
            provider = self._random.choice(self._providers)
            faults = []
            for _ in range(self._random.choice((0, 1, 1, 2, 3))):
                if not deck:  # every kind comes before any comes again
                    deck = self._random.sample(KINDS, len(KINDS))
                faults.append(deck.pop() | {"share": round(self._random.choice((0.05, 0.2, 0.5, 1.0)), 2)})
            if gone and self.changes % 10 == 9:
                provider = gone.pop()
                faults.insert(0, MODEL_GONE)
            self.met.update(fault["fault"] for fault in faults)
            await script(self._url, *faults, provider=provider)
            self.changes += 1


class FreshKeys:
    """A source that has two new keys at every read, and says that it changed every few seconds.

    So no pause of hours and no rejected key takes a provider out of the run.
    """

    def __init__(self, provider: str, every_asked: int) -> None:
        """It is asked about once a second whether it changed: every so many times it did."""
        self.label = f"fresh keys of {provider}"
        self._provider = provider
        self._every = every_asked
        self._asked = 0
        self._made = 0

    def changed(self) -> bool:
        """Every few times."""
        self._asked += 1
        return self._asked % self._every == 0

    def read_now(self) -> tuple[SecretStr, ...]:
        """Two that were never seen before."""
        self._made += 2
        return tuple(SecretStr(f"soak-{self._provider}-key-{number:06}") for number in (self._made - 1, self._made))

    async def read(self) -> tuple[SecretStr, ...]:
        """Two that were never seen before."""
        return self.read_now()
