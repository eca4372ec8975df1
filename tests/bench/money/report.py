"""What a person reads."""

from collections.abc import Sequence

from tests.bench.money.baselines import TOKENS_IN, TOKENS_OUT, free_calls_a_day
from tests.bench.money.ways import Spent

_WIDTH = 28


def disagreements(spent: Sequence[Spent]) -> list[str]:
    """Where our own sum is not the bill, calls that are marked unknown left out."""
    return [
        f"{one.name}: billed {one.known_billed_nano_usd} nano-USD, charged {one.known_charged_nano_usd}"
        for one in spent
        if one.known_billed_nano_usd != one.known_charged_nano_usd
    ]


def saving(one: Spent, other: Spent) -> float:
    """Share of `other`'s price that `one` saves; 0 where it is not cheaper."""
    return max(0.0, 1 - one.usd_per_1000 / other.usd_per_1000) if other.usd_per_1000 else 0.0


def as_text(spent: Sequence[Spent], source: str) -> str:
    """Prices, then what each row saves against each column, by the columns' numbers."""
    numbered = list(enumerate(spent, 1))
    head = f"{'':<{_WIDTH}}{'USD per 1,000':>14}{'asked':>8}{'in/call':>9}{'out/call':>9}"
    return "\n".join(
        (
            f"{spent[0].records} records ({source}); prices and token counts are the emulator's bill:",
            head,
            *(_prices(number, one) for number, one in numbered),
            "",
            "saved by the row against the column:",
            f"{'':<{_WIDTH}}" + "".join(f"{number:>8}" for number, _ in numbered),
            *(
                f"{number:>2} {one.name:<{_WIDTH - 3}}" + "".join(_saved(saving(one, other)) for other in spent)
                for number, one in numbered
            ),
            "",
            (
                f"Groq's free tokens of a day are about {free_calls_a_day()} calls of "
                f"{TOKENS_IN:,} tokens in and {TOKENS_OUT} out."
            ),
            *(f"{one.name}: {one.unknown} calls without an answer, left out" for one in spent if one.unknown),
            *(f"THE BILL DISAGREES: {line}" for line in disagreements(spent)),
        )
    )


def _saved(share: float) -> str:
    return f"{share:>8.1%}" if share else f"{'-':>8}"


def _prices(number: int, one: Spent) -> str:
    calls = max(one.calls, 1)
    return (
        f"{number:>2} {one.name:<{_WIDTH - 3}}{one.usd_per_1000:>14.4f}{one.asked / one.records:>8.0%}"
        f"{one.input_tokens / calls:>9,.0f}{one.output_tokens / calls:>9,.0f}"
    )
