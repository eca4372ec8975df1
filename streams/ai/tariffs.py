"""Which model answers to `fast` and `quality`, and at what price."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from streams.ai.pricing import Price
from streams.ai.provider import AIProvider
from streams.ai.types import ModelChoice


@dataclass(frozen=True, slots=True)
class Tariff:
    """The model behind a choice, and what it costs. `price` None: unknown, but allowed."""

    model: str
    price: Price | None


@runtime_checkable
class Priced(Protocol):
    """A provider that knows whole prices, not only the two figures of the port."""

    def price_for(self, choice: ModelChoice) -> Price | None:
        """The price of the model behind `choice`; None: unknown."""
        ...


def tariffs_of(provider: AIProvider, today: date) -> dict[ModelChoice, Tariff]:
    """Both tariffs of a provider, resolved once."""
    choices: tuple[ModelChoice, ...] = ("fast", "quality")
    return {choice: Tariff(provider.model_for(choice), _price(provider, choice, today)) for choice in choices}


def _price(provider: AIProvider, choice: ModelChoice, today: date) -> Price | None:
    if isinstance(provider, Priced):
        return provider.price_for(choice)
    if provider.input_price is None or provider.output_price is None:
        return None
    return Price(
        provider=provider.name,
        model=provider.model_for(choice),
        valid_from=today,
        input=provider.input_price,
        output=provider.output_price,
        cached_per_1000=provider.input_price * 1000,
        free=provider.input_price == provider.output_price == 0,
    )
