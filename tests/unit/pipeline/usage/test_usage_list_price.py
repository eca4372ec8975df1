"""What a free call would have cost."""

from streams.ai.pricing import PriceBook
from streams.pipeline.usage.list_price import ListPrices
from tests.unit.pipeline.usage.events import usage

PRICES = ListPrices(PriceBook.load())
OSS = "openai/gpt-oss-20b"


def test_the_tokens_at_the_list_price():
    """75 nano-USD an input token, 37.5 a cached one, 300 an output token."""
    event = usage(model=OSS, input_tokens=2_000, cached_tokens=1_000, output_tokens=500)
    assert PRICES(event) == 1_000 * 75 + 37_500 + 500 * 300


def test_the_model_that_answered_counts():
    """Its snapshot too; one that has no price is taken for the one asked for."""
    asked = {"provider": "openai", "model": "gpt-4o-mini", "input_tokens": 10, "output_tokens": 0}
    assert PRICES(usage(**asked, served_model="gpt-5-nano")) == 500
    assert PRICES(usage(**asked, served_model="gpt-5-nano-2025-08-07")) == 500
    assert PRICES(usage(**asked, served_model="mystery")) == 1_500


def test_no_known_price_saves_nothing():
    """A local server's models have none; a report of more cached tokens than tokens does not go below zero."""
    assert PRICES(usage(provider="compatible", model="llama")) == 0
    assert PRICES(usage(model=OSS, input_tokens=1, cached_tokens=9, output_tokens=0)) == 38
