"""Which models a provider has, when they end and what comes after them: `models.toml`."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from streams.ai.types import ModelChoice

_SNAPSHOT = re.compile(r"(-\d{4}-\d{2}-\d{2}|-\d{8}|-\d{3})$")
"""`-2024-07-18` (OpenAI, Azure), `-20240718`, `-001` (Google)."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of one provider."""

    provider: str
    name: str
    end_of_life: date | None = None
    """The first day on which it is not served; None: not announced."""
    successor: str | None = None
    successor_by: Literal["vendor", "us"] | None = None
    """Who says that the successor is one."""
    source: str = ""


class Catalogue:
    """The known models. A dated snapshot is found under the name of its model."""

    def __init__(
        self, models: Iterable[Model], defaults: Mapping[str, Mapping[ModelChoice, str]] = MappingProxyType({})
    ) -> None:
        self._models = {(model.provider, model.name): model for model in models}
        self._defaults = defaults

    @classmethod
    def load(cls) -> "Catalogue":
        """The catalogue that this release ships."""
        data = tomllib.loads(resources.files("streams.ai").joinpath("models.toml").read_text(encoding="utf-8"))
        return cls((Model(**entry) for entry in data["model"]), data["default"])

    def default(self, provider: str, choice: ModelChoice) -> str | None:
        """The model behind `choice` unless somebody sets another; None: there is none."""
        return self._defaults.get(provider, {}).get(choice)

    def find(self, provider: str, name: str) -> Model | None:
        """What is known of a model; None: nothing."""
        return self._models.get((provider, name)) or self._models.get((provider, without_snapshot(name)))

    def successor(self, provider: str, name: str, accepts: Callable[[str], bool]) -> str | None:
        """The nearest of the models after `name` that `accepts` takes; None: none does."""
        seen = {name}
        model = self.find(provider, name)
        while model is not None and model.successor is not None and model.successor not in seen:
            if accepts(model.successor):
                return model.successor
            seen.add(model.successor)
            model = self.find(provider, model.successor)
        return None

    def is_over(self, provider: str, name: str, on: date) -> bool:
        """Is a model past its end on a UTC day?"""
        model = self.find(provider, name)
        return model is not None and model.end_of_life is not None and model.end_of_life <= on

    def __iter__(self) -> "Iterable[Model]":
        return iter(self._models.values())


def without_snapshot(name: str) -> str:
    """The model's name without the date or number of a snapshot."""
    return _SNAPSHOT.sub("", name)


@lru_cache(maxsize=256)
def same_model(asked: str, served: str) -> bool:
    """Is `served` what was asked for? A snapshot is, two different snapshots are not each other."""
    asked, served = _plain(asked), _plain(served)
    return asked == served or without_snapshot(served) == asked or without_snapshot(asked) == served


def _plain(name: str) -> str:
    return name.lower().removeprefix("models/").removesuffix("-latest").removesuffix(":latest")
