"""What older plans would have paid.

Prices in nano-USD per token: GPT-3.5 Turbo 0.50 and 1.50 USD per million, GPT-4 Turbo 10 and 30 (OpenAI's price list of
2024; both models are retired).
"""

from collections.abc import Iterator
from dataclasses import replace

from streams.ai.limits.rules import rates_for
from tests.bench.money.ways import Spent

TOKENS_IN, TOKENS_OUT = 2_000, 500
_MODELS = {"GPT-3.5 Turbo": (500, 1_500), "GPT-4 Turbo": (10_000, 30_000)}


def planned(records: int) -> Iterator[Spent]:
    """One call of the planned size for each record."""
    for name, (price_in, price_out) in _MODELS.items():
        cost = records * (TOKENS_IN * price_in + TOKENS_OUT * price_out)
        yield Spent(f"{name}, 2K+500", records, records, records, records * TOKENS_IN, records * TOKENS_OUT, cost)


def same_calls(spent: Spent) -> Iterator[Spent]:
    """The calls that were really made, at those prices."""
    for name, (price_in, price_out) in _MODELS.items():
        cost = spent.input_tokens * price_in + spent.output_tokens * price_out
        yield replace(spent, name=f"{name}, same calls", billed_nano_usd=cost)


def free_calls_a_day() -> int:
    """Calls of the planned size in Groq's free tokens of a day; 0: it does not say how many there are."""
    free = rates_for("groq", "openai/gpt-oss-20b", "free").tokens_per_day or 0
    return free // (TOKENS_IN + TOKENS_OUT)
