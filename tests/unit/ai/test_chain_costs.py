"""What an attempt is charged, through the chain."""

import pytest

from schemas import Outcome
from streams.ai import AllProvidersFailed, Answer, CompletionOptions, FakeProvider, TokenUsage
from tests.unit.ai.served import failed, make

SCHEMA = {
    "type": "object",
    "properties": {"full": {"type": "boolean"}},
    "required": ["full"],
    "additionalProperties": False,
}


async def test_an_answer_outside_the_schema_is_a_bad_answer_and_is_paid() -> None:
    """The next provider is asked; what the first one reported is charged."""
    service, ledger, _ = make(FakeProvider('{"full": 1}', name="a"), FakeProvider('{"full": true}', name="b"))
    done = await service.generate_completion("question", CompletionOptions(schema=SCHEMA))
    assert done.content == '{"full": true}'
    assert (ledger[0].outcome, ledger[0].error, ledger[0].cost_kind) == (
        Outcome.BAD_ANSWER,
        "outside_schema",
        "reported",
    )


async def test_missing_usage_is_estimated() -> None:
    """An answer without a usage block costs an estimate, said to be one."""
    service, ledger, _ = make(FakeProvider(Answer("yes", None)))
    await service.generate_completion("question")
    assert ledger[0].cost_kind == "estimated"
    assert 0 < ledger[0].cost_nano_usd <= ledger[0].reserved_nano_usd


async def test_free_and_unknown_prices_are_said_to_be_so() -> None:
    """A free tier costs nothing; an unknown price is not passed off as free."""
    for price, kind in ((0, "free"), (None, "unknown")):
        service, ledger, _ = make(FakeProvider("yes", price_per_token=price))
        done = await service.generate_completion("question")
        assert (ledger[0].cost_kind, done.cost_nano_usd, ledger[0].input_tokens) == (kind, 0, 1)


async def test_a_request_that_never_left_costs_nothing() -> None:
    """A refused connection cannot have been billed, although a lost one may have been."""
    service, ledger, _ = make(FakeProvider(failed(Outcome.NETWORK, sent=False)))
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question")
    assert (ledger[0].cost_kind, ledger[0].cost_nano_usd) == ("free", 0)


async def test_the_reservation_bounds_any_honest_bill() -> None:
    """Bytes of prompt, system and schema as tokens, plus the output cap, at the price."""
    usage = TokenUsage(input_tokens=len("frage: ü".encode()), output_tokens=500)
    service, ledger, _ = make(FakeProvider(Answer("yes", usage)))
    await service.generate_completion("frage: ü")
    assert ledger[0].cost_nano_usd <= ledger[0].reserved_nano_usd
