"""OpenAI's own client (and its Azure side) takes the emulator for the real thing."""

import json
from collections.abc import AsyncIterator

import openai
import pydantic
import pytest

from streams.sandbox.emulator import Emulator

QUESTION = [{"role": "user", "content": "⟦aB3d⟧ This is a preview of subscription content\n⟦aB3d⟧ Buy article PDF"}]
MODEL = {"openai": "gpt-6-luna", "azure": "gpt-4.1-nano"}


class Judgement(pydantic.BaseModel):
    """A structured output, as a caller would define one."""

    verdict: str
    confidence: float
    tags: list[str]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Answers at once."""
    async with Emulator(latency_scale=0) as running:
        yield running


@pytest.fixture(params=["openai", "azure", "azure-v1"])
async def client(request: pytest.FixtureRequest, emulator: Emulator) -> AsyncIterator[openai.AsyncOpenAI]:
    """The vendor's client on OpenAI's path and on both of Azure's."""
    async with make(request.param, emulator) as made:
        yield made


def make(name: str, emulator: Emulator, key: str = "k", timeout: float = 20) -> openai.AsyncOpenAI:
    """The client for one of the three paths, without retries."""
    urls = emulator.base_urls
    if name == "azure":
        return openai.AsyncAzureOpenAI(
            azure_endpoint=urls["azure"], api_key=key, api_version="2024-10-21", max_retries=0, timeout=timeout
        )
    base = urls["openai"] if name == "openai" else urls["azure"] + "/openai/v1"
    return openai.AsyncOpenAI(base_url=base, api_key=key, max_retries=0, timeout=timeout)


def model_of(client: openai.AsyncOpenAI) -> str:
    """A model that is served there."""
    return MODEL["openai" if "/openai/v1" in str(client.base_url) and "/azure" not in str(client.base_url) else "azure"]


def provider_of(client: openai.AsyncOpenAI) -> str:
    """The emulator's name for it."""
    return "azure" if "/azure" in str(client.base_url) else "openai"


async def test_structured_output_is_parsed_into_the_callers_model(client: openai.AsyncOpenAI) -> None:
    """The client's own `parse` accepts the schema, the answer and the usage block."""
    answer = await client.chat.completions.parse(
        model=model_of(client), messages=QUESTION, response_format=Judgement, max_completion_tokens=200
    )
    judgement = answer.choices[0].message.parsed
    assert judgement is not None
    assert judgement.verdict == "paywall"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens_details is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_models_are_listed(client: openai.AsyncOpenAI) -> None:
    """`models.list` gives the models that are served."""
    assert model_of(client) in [model.id for model in (await client.models.list()).data]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unauthorized", openai.AuthenticationError),
        ({"fault": "status", "code": 400}, openai.BadRequestError),
        ({"fault": "status", "code": 403}, openai.PermissionDeniedError),
        ({"fault": "status", "code": 404}, openai.NotFoundError),
        ("throttle", openai.RateLimitError),
        ("quota", openai.RateLimitError),
        ({"fault": "status", "code": 500}, openai.InternalServerError),
        ({"fault": "status", "code": 503}, openai.InternalServerError),
        ("prompt_filter", openai.BadRequestError),
        ("down", openai.APIConnectionError),
        ("reset", openai.APIConnectionError),
        ("reset_in_body", openai.APIConnectionError),
        ("truncated_json", json.JSONDecodeError),
    ],
)
async def test_faults_raise_the_clients_own_errors(
    emulator: Emulator, client: openai.AsyncOpenAI, fault: str | dict[str, object], error: type[Exception]
) -> None:
    """Each fault is the typed error that the vendor documents for it."""
    emulator.script(provider_of(client), fault)
    with pytest.raises(error):
        await client.chat.completions.create(model=model_of(client), messages=QUESTION)


async def test_codes_reach_the_caller(emulator: Emulator) -> None:
    """The client finds code, type and request id where it looks for them."""
    async with make("openai", emulator) as client:
        emulator.script("openai", "quota")
        with pytest.raises(openai.RateLimitError) as caught:
            await client.chat.completions.create(model="gpt-6-luna", messages=QUESTION)
        assert (caught.value.code, caught.value.type) == ("insufficient_quota", "insufficient_quota")
        assert caught.value.request_id
        emulator.script("openai", None)
        with pytest.raises(openai.NotFoundError) as caught_too:
            await client.chat.completions.create(model="gpt-3.5-turbo", messages=QUESTION)
        assert caught_too.value.code == "model_not_found"


async def test_a_hang_is_the_clients_timeout(emulator: Emulator) -> None:
    """The client gives up by itself."""
    emulator.script("openai", "hang")
    async with make("openai", emulator, timeout=0.2) as client:
        with pytest.raises(openai.APITimeoutError):
            await client.chat.completions.create(model="gpt-6-luna", messages=QUESTION)


async def test_a_wrong_key_is_an_authentication_error(emulator: Emulator) -> None:
    """On all three paths."""
    for name in ("openai", "azure", "azure-v1"):
        async with make(name, emulator, key="wrong") as client:
            with pytest.raises(openai.AuthenticationError):
                await client.chat.completions.create(model=model_of(client), messages=QUESTION)


async def test_refusals_and_cut_answers_are_the_clients_own(emulator: Emulator, client: openai.AsyncOpenAI) -> None:
    """`refusal` is filled, `parse` raises its errors for a cut and for a filtered answer."""
    emulator.script(provider_of(client), "refusal")
    answer = await client.chat.completions.parse(model=model_of(client), messages=QUESTION, response_format=Judgement)
    assert answer.choices[0].message.refusal
    emulator.script(provider_of(client), "length")
    with pytest.raises(openai.LengthFinishReasonError):
        await client.chat.completions.parse(model=model_of(client), messages=QUESTION, response_format=Judgement)
    emulator.script(provider_of(client), "content_filter")
    with pytest.raises(openai.ContentFilterFinishReasonError):
        await client.chat.completions.parse(model=model_of(client), messages=QUESTION, response_format=Judgement)
