"""What each vendor serves and what it charges: `models.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, in OpenAI's meaning: cached is part of input, reasoning is part of output."""

    input: int
    output: int
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """A served model. Prices in nano-USD per token."""

    vendor: str
    name: str
    input: int
    output: int
    cached_per_1000: int
    thinks: float = 0.0
    """Hidden reasoning tokens per visible one, unless the request switches reasoning off."""
    reasoning: bool = False
    """OpenAI's rule for such models: no `max_tokens`, no sampling parameters."""
    strict: bool = False
    """Offers decoding that is constrained to the schema."""
    retires: date | None = None

    def bill(self, usage: Usage) -> int:
        """Nano-USD for `usage`, rounded up."""
        cached = -(-usage.cached * self.cached_per_1000 // 1000)
        return (usage.input - usage.cached) * self.input + cached + usage.output * self.output


Catalogue = Mapping[str, Mapping[str, Model]]
"""vendor -> name -> model."""


def load() -> Catalogue:
    """The catalogue that ships with the package."""
    data = tomllib.loads(resources.files(__package__).joinpath("models.toml").read_text(encoding="utf-8"))
    vendors: dict[str, dict[str, Model]] = {}
    for entry in data["model"]:
        model = Model(**entry)
        vendors.setdefault(model.vendor, {})[model.name] = model
    return MappingProxyType({vendor: MappingProxyType(models) for vendor, models in vendors.items()})
