"""Prompts and options that cannot be: named, before anything is tried."""

import pytest

from streams.ai import CompletionOptions, FakeProvider, InvalidRequest, NoProviderConfigured, UnifiedAIService
from streams.errors import UserError
from tests.unit.ai.served import make


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        (None, "text"),
        (b"bytes", "text"),
        ("\ud800\u200b", "empty"),
        ("x" * 2_000_001, "longer"),
    ],
)
async def test_bad_prompts_are_refused_before_anything_is_tried(prompt: str, named: str) -> None:
    """The error names what is wrong; no attempt is made."""
    service, ledger, _ = make(FakeProvider())
    with pytest.raises(InvalidRequest, match=named):
        await service.generate_completion(prompt)
    assert not ledger


@pytest.mark.parametrize(
    "options",
    [
        {"model": "best"},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"max_tokens": 0},
        {"max_tokens": 10**9},
        {"deadline_seconds": 0},
        {"deadline_seconds": float("nan")},
        {"temperature": "1"},
        {"max_tokens": 1.5},
        {"system": b"bytes"},
        {"task": "\udfff"},
        {"content_id": 5},
        {"schema": {"type": object()}},
        {"providers": "groq"},
        {"system": "x" * 2_000_001},
    ],
)
def test_options_out_of_range_are_named(options: dict[str, object]) -> None:
    """The error names the option."""
    with pytest.raises(InvalidRequest, match=next(iter(options))):
        CompletionOptions(**options)  # type: ignore[arg-type]


def test_no_provider_is_an_error_that_says_what_to_do() -> None:
    """One sentence for the user that names the variables."""
    with pytest.raises(NoProviderConfigured, match="OPENAI_API_KEY") as caught:
        UnifiedAIService([])
    assert isinstance(caught.value, UserError)
