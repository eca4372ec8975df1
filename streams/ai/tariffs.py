"""Which model answers to `fast` and `quality`, at what price, and what takes over when a model is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

import structlog

from streams.ai.models import Catalogue
from streams.ai.pricing import Price
from streams.ai.provider import AIProvider
from streams.ai.types import ModelChoice

logger = structlog.get_logger(__name__)

CHOICES: tuple[ModelChoice, ...] = ("fast", "quality")


@dataclass(frozen=True, slots=True)
class Tariff:
    """The model behind a choice, and what it costs. `price` None: unknown, but allowed."""

    model: str
    price: Price | None


@runtime_checkable
class Priced(Protocol):
    """A provider that knows the price of any of its models, not only the two figures of the port."""

    def price_of(self, model: str) -> Price | None:
        """The price of a model; None: unknown."""
        ...

    def takes(self, model: str) -> bool:
        """May a model be asked that nobody configured, in place of one that is gone?"""
        ...


class Tariffs:
    """Both choices of one provider. A model that is gone never comes back while the process lives."""

    def __init__(
        self, provider: str, tariffs: Mapping[ModelChoice, Tariff], catalogue: Catalogue, prices: Priced | None = None
    ) -> None:
        """Without `prices` no successor takes over: what it costs would be unknown."""
        self._provider = provider
        self._tariffs = dict(tariffs)
        self._catalogue = catalogue
        self._prices = prices
        self._successors: dict[str, str | None] = {}

    def tariff(self, choice: ModelChoice) -> Tariff:
        """Model and price behind `choice`, now."""
        return self._tariffs[choice]

    def gone(self, model: str) -> bool:
        """The provider says that it has no such model. True: a successor took over, at once and for all choices.

        The successor is the nearest one that is not gone itself and whose price is known (or need not be). False:
        there is none, and the model stays, for whoever wants to ask again later.
        """
        if model not in self._successors:
            self._successors[model] = None
            self._replace(model)
        return self._successors[model] is not None

    def _replace(self, model: str) -> None:
        successor = self._catalogue.successor(self._provider, model, self._accepts)
        logger.warning("ai.model.gone", provider=self._provider, model=model, successor=successor)
        if successor is None or self._prices is None:
            return
        self._successors[model] = successor
        tariff = Tariff(successor, self._prices.price_of(successor))
        for choice, old in self._tariffs.items():
            if old.model == model:
                self._tariffs[choice] = tariff

    def _accepts(self, model: str) -> bool:
        return model not in self._successors and self._prices is not None and self._prices.takes(model)


def tariffs_of(provider: AIProvider, today: date, catalogue: Catalogue | None = None) -> Tariffs:
    """The tariffs of a provider, its prices resolved once."""
    prices = provider if isinstance(provider, Priced) else None
    tariffs: dict[ModelChoice, Tariff] = {}
    for choice in CHOICES:
        model = provider.model_for(choice)
        tariffs[choice] = Tariff(model, prices.price_of(model) if prices else _flat_price(provider, model, today))
    return Tariffs(provider.name, tariffs, catalogue or Catalogue.load(), prices)


def _flat_price(provider: AIProvider, model: str, today: date) -> Price | None:
    if provider.input_price is None or provider.output_price is None:
        return None
    return Price(
        provider=provider.name,
        model=model,
        valid_from=today,
        input=provider.input_price,
        output=provider.output_price,
        cached_per_1000=provider.input_price * 1000,
        free=provider.input_price == provider.output_price == 0,
    )
