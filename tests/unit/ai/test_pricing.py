"""Prices: dated, integer, and equal to what the genai-prices package says."""

from datetime import date
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.pricing import Price, PriceBook
from streams.ai.types import TokenUsage

PRICES = list(PriceBook.load())
VENDOR = {"gemini": "google"}
TOKENS = 1_000_000


def vendor_price(price: Price, kind: str) -> Decimal | None:
    """USD for a million tokens by genai-prices, asked in steps that reach no long-context tier; None: unknown there."""
    count = 100_000
    usage = {
        "input": Usage(input_tokens=count),
        "cached": Usage(input_tokens=count, cache_read_tokens=count),
        "output": Usage(output_tokens=count),
    }[kind]
    try:
        found = calc_price(usage, price.model, provider_id=VENDOR.get(price.provider, price.provider))
    except LookupError:
        return None
    return found.total_price * TOKENS / count


@pytest.mark.parametrize("price", PRICES, ids=lambda price: f"{price.provider}/{price.model}")
def test_prices_agree_with_genai_prices(price: Price) -> None:
    """Input, cached input and output of every shipped model, where that package knows it."""
    for kind, ours in (
        ("input", Decimal(price.input)),
        ("cached", Decimal(price.cached_per_1000) / 1000),
        ("output", Decimal(price.output)),
    ):
        theirs = vendor_price(price, kind)
        assert theirs is None or theirs * 1000 == ours


@pytest.mark.parametrize("price", PRICES, ids=lambda price: f"{price.provider}/{price.model}")
def test_long_prompts_are_dearer_only_where_we_say_so(price: Price) -> None:
    """A price without `max_input_tokens` holds for long prompts too."""
    if price.max_input_tokens is None and vendor_price(price, "input") is not None:
        provider = VENDOR.get(price.provider, price.provider)
        long = calc_price(Usage(input_tokens=TOKENS), price.model, provider_id=provider)
        assert long.total_price * 1000 == price.input


def test_the_book_finds_the_price_in_force() -> None:
    """The latest that is valid on the day; before the first, the first; none for a stranger."""
    old = Price("p", "m", date(2026, 1, 1), 1, 1, 1)
    new = Price("p", "m", date(2026, 6, 1), 2, 2, 2)
    book = PriceBook([new, old])
    assert book.find("p", "m", date(2026, 5, 31)) == old
    assert book.find("p", "m", date(2026, 6, 1)) == new
    assert book.find("p", "m", date(2020, 1, 1)) == old
    assert book.find("p", "other", date(2026, 6, 1)) is None


def test_every_entry_is_dated_and_sourced_once() -> None:
    """An entry says since when, where from and when checked; no two are for the same day."""
    assert len({(p.provider, p.model, p.valid_from) for p in PRICES}) == len(PRICES)
    for price in PRICES:
        assert price.source.startswith("https://")
        assert price.checked is not None
        assert price.cached_per_1000 <= price.input * 1000


@given(
    text=st.integers(0, 100_000),
    limit=st.integers(1, 10_000),
    data=st.data(),
    price=st.sampled_from(PRICES),
)
def test_the_bound_is_never_exceeded(text: int, limit: int, data: st.DataObject, price: Price) -> None:
    """No usage within the request's bytes and the output cap costs more than the reservation."""
    given_tokens = data.draw(st.integers(0, text + 256))
    cached = data.draw(st.integers(0, given_tokens))
    usage = TokenUsage(given_tokens, data.draw(st.integers(0, limit)), cached)
    assert 0 <= price.cost(usage) <= price.bound(text, limit)
