"""Google's own client takes the emulator for the real thing."""

from collections.abc import AsyncIterator

import pydantic
import pytest
from google import genai
from google.genai import errors, types

from streams.sandbox.emulator import Emulator

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")
MODEL = "gemini-2.5-flash-lite"
QUESTION = "⟦aB3d⟧ Page not found\n⟦aB3d⟧ Error 404"


class Judgement(pydantic.BaseModel):
    """A structured output, as a caller would define one."""

    verdict: str
    confidence: float


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Answers at once."""
    async with Emulator(latency_scale=0) as running:
        yield running


def make(emulator: Emulator, key: str = "k", version: str = "v1beta") -> genai.Client:
    """The vendor's client; it adds the version itself and does not retry by default."""
    root = emulator.base_urls["gemini"].removesuffix("/v1beta")
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=root, api_version=version))


async def ask(client: genai.Client, model: str = MODEL, **config: object) -> types.GenerateContentResponse:
    """One question; the client is closed after it."""
    try:
        found = types.GenerateContentConfig.model_validate(config)
        return await client.aio.models.generate_content(model=model, contents=QUESTION, config=found)
    finally:
        await client.aio.aclose()
        client.close()


@pytest.mark.parametrize("version", ["v1beta", "v1"])
@pytest.mark.parametrize("way", ["response_schema", "response_json_schema"])
async def test_structured_output_is_parsed(emulator: Emulator, version: str, way: str) -> None:
    """By the older dialect of schemas and by JSON Schema."""
    schema = Judgement if way == "response_schema" else Judgement.model_json_schema()
    answer = await ask(make(emulator, version=version), response_mime_type="application/json", **{way: schema})
    assert Judgement.model_validate_json(answer.text or "").verdict == "error_page"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.total_token_count
    assert answer.model_version == MODEL


async def test_thoughts_are_counted_beside_the_candidates(emulator: Emulator) -> None:
    """A model that thinks reports them apart; prompt, candidates and thoughts make the total."""
    usage = (await ask(make(emulator), "gemini-3.8-flash")).usage_metadata
    assert usage is not None
    parts = (usage.prompt_token_count, usage.candidates_token_count, usage.thoughts_token_count)
    assert all(parts)
    assert usage.total_token_count == sum(part or 0 for part in parts)


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        ("unauthorized", errors.ClientError, "INVALID_ARGUMENT"),
        ({"fault": "status", "code": 403}, errors.ClientError, "PERMISSION_DENIED"),
        ({"fault": "status", "code": 404}, errors.ClientError, "NOT_FOUND"),
        ("throttle", errors.ClientError, "RESOURCE_EXHAUSTED"),
        ("quota", errors.ClientError, "RESOURCE_EXHAUSTED"),
        ({"fault": "status", "code": 500}, errors.ServerError, "INTERNAL"),
        ({"fault": "status", "code": 503}, errors.ServerError, "UNAVAILABLE"),
        ({"fault": "status", "code": 504}, errors.ServerError, "DEADLINE_EXCEEDED"),
    ],
)
async def test_faults_raise_the_clients_own_errors(
    emulator: Emulator, fault: str | dict[str, object], error: type[errors.APIError], status: str
) -> None:
    """Each fault is the typed error with Google's status word."""
    emulator.script("gemini", fault)
    with pytest.raises(error) as caught:
        await ask(make(emulator))
    assert caught.value.status == status


async def test_wrong_keys_and_models_are_client_errors(emulator: Emulator) -> None:
    """A bad key is a 400 at Google; an old model is a 404."""
    with pytest.raises(errors.ClientError, match="API key not valid"):
        await ask(make(emulator, key="wrong"))
    with pytest.raises(errors.ClientError, match=r"gemini-1\.5-flash"):
        await ask(make(emulator), "gemini-1.5-flash")


async def test_blocks_and_cuts_are_read_by_the_client(emulator: Emulator) -> None:
    """A blocked prompt has no candidates; a stopped answer has a reason and no text."""
    emulator.script("gemini", "prompt_filter")
    blocked = await ask(make(emulator))
    assert blocked.candidates is None
    assert blocked.prompt_feedback is not None
    assert blocked.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT
    emulator.script("gemini", {"fault": "content_filter", "reason": "RECITATION"})
    stopped = await ask(make(emulator))
    assert stopped.candidates is not None
    assert stopped.candidates[0].finish_reason == types.FinishReason.RECITATION
    emulator.script("gemini", None)
    cut = await ask(make(emulator), max_output_tokens=2)
    assert cut.candidates is not None
    assert cut.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


async def test_models_are_listed(emulator: Emulator) -> None:
    """`models.list` pages through the models that are served."""
    client = make(emulator)
    try:
        names = [model.name async for model in await client.aio.models.list()]
    finally:
        await client.aio.aclose()
        client.close()
    assert f"models/{MODEL}" in names
