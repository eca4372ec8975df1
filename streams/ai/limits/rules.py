"""How much a provider allows, as dated data: `limits.toml`. What is unknown is learned from headers."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Rates:
    """Limits of one model at one provider, for one key. None: unknown, or none. Raises ValueError for nonsense."""

    requests_per_minute: int | None = None
    requests_per_day: int | None = None
    tokens_per_minute: int | None = None
    """Input and output together."""
    tokens_per_day: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and (not isinstance(value, int) or value <= 0):
                raise ValueError(f"{field.name} is {value!r}: give a whole number above 0, or leave it out")


def rates_for(provider: str, model: str, tier: str) -> Rates:
    """The limits that this release knows; of what it does not know, nothing."""
    return _table().get((provider, model, tier), Rates())


@cache
def _table() -> Mapping[tuple[str, str, str], Rates]:
    data = tomllib.loads(resources.files(__package__).joinpath("limits.toml").read_text(encoding="utf-8"))
    names = [field.name for field in fields(Rates)]
    return {
        (entry["provider"], entry["model"], entry["tier"]): Rates(**{name: entry.get(name) for name in names})
        for entry in data["limit"]
    }
