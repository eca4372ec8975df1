"""One conformance suite for all providers: the same request, answer, refusal and fault in each vendor's form."""

import httpx
import pytest

from schemas import Outcome
from tests.unit.ai.vendor_forms import CUT, KEY, NAMES, build, failure, good, request


@pytest.mark.parametrize("name", NAMES)
async def test_request_and_answer(name: str) -> None:
    """Prompt, system, schema and caps go out; text and usage come back in one meaning; the key only in a header."""
    sent: list[httpx.Request] = []

    def handler(http: httpx.Request) -> httpx.Response:
        sent.append(http)
        return httpx.Response(200, json=good(name))

    provider = build(name, handler)
    answer = await provider.generate_completion(request(provider))
    await provider.aclose()
    assert answer.content == '{"a":"b"}'
    assert answer.served_model == "served"
    usage = answer.usage
    assert usage is not None
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == (20, 5, 12, 4)
    http = sent[0]
    assert http.headers["x-client-request-id"] == "id-1"
    assert sum(KEY in value for value in http.headers.values()) == 1
    assert KEY not in str(http.url) + http.content.decode()
    body = http.content.decode()
    assert all(part in body for part in ("question", "rules", "additionalProperties", "50"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, Outcome.BAD_ANSWER),
        (302, Outcome.BAD_ANSWER),
        (400, Outcome.CLIENT_ERROR),
        (401, Outcome.AUTH_REJECTED),
        (402, Outcome.QUOTA_EXHAUSTED),
        (403, Outcome.AUTH_REJECTED),
        (404, Outcome.MODEL_GONE),
        (408, Outcome.OVERLOADED),
        (413, Outcome.CLIENT_ERROR),
        (422, Outcome.CLIENT_ERROR),
        (429, Outcome.THROTTLED),
        (498, Outcome.OVERLOADED),
        (500, Outcome.OVERLOADED),
        (502, Outcome.OVERLOADED),
        (503, Outcome.OVERLOADED),
        (504, Outcome.OVERLOADED),
    ],
)
async def test_statuses_without_a_known_body(name: str, status: int, outcome: Outcome) -> None:
    """A proxy's HTML page instead of the vendor's error: the status decides, nothing of the page is told."""
    told = await failure(name, httpx.Response(status, html=f"<h1>oops {KEY}</h1>"))
    assert (told.outcome, told.code, told.http_status) == (outcome, f"http_{status}", status)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>welcome</html>",
        b'{"choices": [{"mess',
        b"[]",
        b"null",
        b"{}",
        b'{"choices": [], "candidates": []}',
        b"\xff",
    ],
)
async def test_a_200_that_is_no_answer(name: str, body: bytes) -> None:
    """HTML, cut JSON and other shapes with status 200 are bad answers, not exceptions."""
    assert (await failure(name, httpx.Response(200, content=body))).outcome is Outcome.BAD_ANSWER


@pytest.mark.parametrize("name", NAMES)
async def test_an_empty_answer_is_a_bad_one(name: str) -> None:
    """No text, no answer; it was billed all the same."""
    told = await failure(name, httpx.Response(200, json=good(name, "")))
    assert told.outcome is Outcome.BAD_ANSWER
    assert told.usage is not None


@pytest.mark.parametrize("name", NAMES)
async def test_a_cut_answer_is_our_caps_fault(name: str) -> None:
    """Output that hit max_tokens cannot be JSON: a client error with its usage, no vote against the provider."""
    told = await failure(name, httpx.Response(200, json=good(name, '{"a"', CUT[name])))
    assert (told.outcome, told.code) == (Outcome.CLIENT_ERROR, "max_tokens_reached")
    assert told.usage is not None


@pytest.mark.parametrize("name", NAMES)
async def test_a_cut_text_without_schema_is_an_answer(name: str) -> None:
    """Who asks for free text with a cap gets the text up to the cap."""
    provider = build(name, lambda _: httpx.Response(200, json=good(name, "text", CUT[name])))
    assert (await provider.generate_completion(request(provider, schema=None))).content == "text"
    await provider.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_missing_or_absurd_usage_counts_as_none(name: str) -> None:
    """Negative, huge or absent token counts are refused; the answer is not."""
    field, count = ("usageMetadata", "promptTokenCount") if name == "gemini" else ("usage", "prompt_tokens")
    for usage in (None, {}, good(name)[field] | {count: -1}, good(name)[field] | {count: 10**15}, "many"):
        provider = build(name, lambda _, usage=usage: httpx.Response(200, json=good(name, **{field: usage})))
        answer = await provider.generate_completion(request(provider))
        assert answer.usage is None
        await provider.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_sent_back_is_not_passed_on(name: str) -> None:
    """A hostile server that echoes the key as model name or error code gives it to nobody."""
    provider = build(name, lambda _: httpx.Response(200, json=good(name, model=KEY, modelVersion=KEY)))
    assert (await provider.generate_completion(request(provider))).served_model is None
    await provider.aclose()
    echo = {"error": {"message": KEY, "code": KEY, "type": KEY, "status": KEY}}
    told = await failure(name, httpx.Response(400, json=echo))
    assert told.code == "http_400"
    assert KEY not in repr(provider) + str(vars(provider))
