"""Groq's own client takes the emulator for the real thing."""

import json
from collections.abc import AsyncIterator

import groq
import pytest

from streams.sandbox.emulator import Emulator

MODEL = "openai/gpt-oss-20b"
QUESTION = [{"role": "user", "content": "⟦aB3d⟧ Just a moment...\n⟦aB3d⟧ Verify you are human"}]
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Answers at once."""
    async with Emulator(latency_scale=0) as running:
        yield running


def make(emulator: Emulator, key: str = "k", timeout: float = 20) -> groq.AsyncGroq:
    """The vendor's client, without retries; it adds `/openai/v1` itself."""
    root = emulator.base_urls["groq"].removesuffix("/openai/v1")
    return groq.AsyncGroq(base_url=root, api_key=key, max_retries=0, timeout=timeout)


async def test_an_answer_is_parsed_with_groqs_own_usage(emulator: Emulator) -> None:
    """Schema obeyed, times and reasoning tokens in the usage block, Groq's request id."""
    form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
    async with make(emulator) as client:
        answer = await client.chat.completions.create(model=MODEL, messages=QUESTION, response_format=form)
        assert MODEL in [model.id for model in (await client.models.list()).data]
        assert (await client.models.retrieve(MODEL)).id == MODEL
    assert json.loads(answer.choices[0].message.content or "") == {"verdict": "bot_check"}
    assert answer.usage is not None
    assert answer.usage.queue_time is not None
    assert answer.usage.completion_tokens_details is not None
    assert 0 < answer.usage.completion_tokens_details.reasoning_tokens < answer.usage.completion_tokens
    assert answer.x_groq is not None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unauthorized", groq.AuthenticationError),
        ({"fault": "status", "code": 400, "kind": "json"}, groq.BadRequestError),
        ({"fault": "status", "code": 404}, groq.NotFoundError),
        ({"fault": "status", "code": 413}, groq.APIStatusError),
        ({"fault": "status", "code": 498}, groq.APIStatusError),
        ("throttle", groq.RateLimitError),
        ("quota", groq.RateLimitError),
        ({"fault": "status", "code": 503}, groq.InternalServerError),
        ("down", groq.APIConnectionError),
        ("reset_in_body", groq.APIConnectionError),
    ],
)
async def test_faults_raise_the_clients_own_errors(
    emulator: Emulator, fault: str | dict[str, object], error: type[Exception]
) -> None:
    """Each fault is the typed error that the vendor documents for it."""
    emulator.script("groq", fault)
    async with make(emulator) as client:
        with pytest.raises(error):
            await client.chat.completions.create(model=MODEL, messages=QUESTION)


async def test_a_wrong_key_an_unknown_model_and_a_hang(emulator: Emulator) -> None:
    """Refused as Groq refuses; a hang is the client's timeout."""
    async with make(emulator, key="wrong") as client:
        with pytest.raises(groq.AuthenticationError):
            await client.chat.completions.create(model=MODEL, messages=QUESTION)
    async with make(emulator) as client:
        with pytest.raises(groq.NotFoundError):
            await client.chat.completions.create(model="llama-3.1-8b-instant", messages=QUESTION)
    emulator.script("groq", "hang")
    async with make(emulator, timeout=0.2) as client:
        with pytest.raises(groq.APITimeoutError):
            await client.chat.completions.create(model=MODEL, messages=QUESTION)
