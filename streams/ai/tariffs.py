"""Which model answers to `fast` and `quality`, at what price, and what takes over when a model is gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

from streams.ai.models import Catalogue, same_model, without_snapshot
from streams.ai.pricing import Price
from streams.ai.provider import AIProvider
from streams.ai.retirement import Retirement, tell_gone
from streams.ai.types import ModelChoice
from streams.logs import get_logger

logger = get_logger(__name__)

CHOICES: tuple[ModelChoice, ...] = ("fast", "quality")
_MAX_REPORTED = 100
"""Served names are the provider's to choose: no more pairs of them are remembered."""


@runtime_checkable
class Priced(Protocol):
    """A provider that knows the price of any of its models, not only the two figures of the port."""

    def price_of(self, model: str) -> Price | None:
        """The price of a model, today; None: unknown."""
        ...

    def takes(self, model: str) -> bool:
        """May a model be asked that nobody configured, in place of one that is gone?"""
        ...


@dataclass(frozen=True, slots=True)
class Tariff:
    """The model behind a choice, and what it costs. `price` None: unknown, but allowed."""

    model: str
    price: Price | None
    prices: Priced | None = field(default=None, repr=False, compare=False)
    """Where the prices of other models are known, should another one answer."""

    def price_as_served(self, served: str | None) -> tuple[Price | None, bool]:
        """The price of the model that answered, and whether it is that and not a guess from the one asked for."""
        if served is None or same_model(self.model, served):
            return self.price, True
        known = self.prices and (self.prices.price_of(served) or self.prices.price_of(without_snapshot(served)))
        return (known, True) if known else (self.price, False)


class Tariffs:
    """Both choices of one provider. A model that is gone never comes back while the process lives."""

    def __init__(
        self,
        provider: str,
        tariffs: Mapping[ModelChoice, Tariff],
        today: date,
        catalogue: Catalogue,
        prices: Priced | None = None,
    ) -> None:
        """Without `prices` no successor takes over: what it costs would be unknown."""
        self.retirement = Retirement(provider, catalogue)
        self._provider = provider
        self._tariffs = dict(tariffs)
        self._today = today
        self._catalogue = catalogue
        self._prices = prices
        self._successors: dict[str, str | None] = {}
        self._reported: set[tuple[str, str]] = set()
        self.review(today)

    def tariff(self, choice: ModelChoice) -> Tariff:
        """Model and price behind `choice`, now."""
        return self._tariffs[choice]

    @property
    def models(self) -> tuple[str, ...]:
        """The models in use, each once."""
        return tuple(dict.fromkeys(tariff.model for tariff in self._tariffs.values()))

    def gone(self, model: str) -> bool:
        """The provider says that it has no such model. True: a successor took over, at once and for all choices.

        The successor is the nearest one that is neither gone nor past its end and whose price is known (or need not
        be). False: there is none, and the model stays, for whoever wants to ask again later.
        """
        self._retire(model, "the provider says so")
        return self._successors[model] is not None

    def review(self, today: date) -> None:
        """A new day (UTC): its prices, its warnings; a model whose end is past is given up before we are told."""
        self._today = today
        if self._prices:
            for choice, tariff in self._tariffs.items():
                self._tariffs[choice] = Tariff(tariff.model, self._prices.price_of(tariff.model), self._prices)
        for model in self.models:
            if self.retirement.is_over(model, today):
                self._retire(model, "its end of life is past")
        for model in self.models:
            if model not in self._successors:
                self.retirement.warn(model, today)

    def answered(self, asked: str, served: str | None) -> None:
        """Report a model that answers in place of the one asked for, once."""
        if served is None or same_model(asked, served) or (asked, served) in self._reported:
            return
        if len(self._reported) < _MAX_REPORTED:
            self._reported.add((asked, served))
            logger.warning("ai.model.other_served", provider=self._provider, model=asked, served_model=served)

    def _retire(self, model: str, why: str) -> None:
        if model in self._successors:
            return
        self._successors[model] = None
        successor = self._catalogue.successor(self._provider, model, self._accepts)
        tell_gone(self._provider, model, successor, why)
        if successor is None or self._prices is None:
            return
        self._successors[model] = successor
        tariff = Tariff(successor, self._prices.price_of(successor), self._prices)
        for choice, old in self._tariffs.items():
            if old.model == model:
                self._tariffs[choice] = tariff

    def _accepts(self, model: str) -> bool:
        gone = model in self._successors or self.retirement.is_over(model, self._today)
        return not gone and self._prices is not None and self._prices.takes(model)


def tariffs_of(provider: AIProvider, today: date, catalogue: Catalogue | None = None) -> Tariffs:
    """The tariffs of a provider, its prices resolved once a day."""
    prices = provider if isinstance(provider, Priced) else None
    tariffs: dict[ModelChoice, Tariff] = {}
    for choice in CHOICES:
        model = provider.model_for(choice)
        price = prices.price_of(model) if prices else _flat_price(provider, model, today)
        tariffs[choice] = Tariff(model, price, prices)
    return Tariffs(provider.name, tariffs, today, catalogue or Catalogue.load(), prices)


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
