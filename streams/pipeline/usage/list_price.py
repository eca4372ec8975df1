"""What an attempt in a free tier would have cost: the list price of its tokens."""

from schemas import ProviderUsage
from streams.ai.models import without_snapshot
from streams.ai.pricing import Price, PriceBook
from streams.ai.types import TokenUsage


class ListPrices:
    """The price in force on the day of the attempt, of the model that answered or else of the one asked for."""

    def __init__(self, book: PriceBook) -> None:
        self._book = book

    def __call__(self, usage: ProviderUsage) -> int:
        """Nano-USD; 0 where no price is known, so that nothing is saved that nobody can name."""
        price = self._price(usage)
        if price is None:
            return 0
        tokens = TokenUsage(
            input_tokens=usage.input_tokens,
            cached_tokens=min(usage.cached_tokens, usage.input_tokens),
            output_tokens=usage.output_tokens,
        )
        return price.cost(tokens)

    def _price(self, usage: ProviderUsage) -> Price | None:
        served = usage.served_model or usage.model
        found = (
            self._book.find(usage.provider, model, usage.started_at.date())
            for model in (served, without_snapshot(served), usage.model)
        )
        return next((price for price in found if price), None)
