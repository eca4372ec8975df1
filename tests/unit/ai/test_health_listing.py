"""What a list of models says, whoever wrote it."""

from datetime import date
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from schemas import Outcome
from streams.ai import AIConfig, AttemptFailed, CompletionRequest, ProviderConfig
from streams.ai.provider import ModelList
from streams.ai.providers._listing import listed
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.providers.registry import build_providers
from streams.clock import SystemClock
from tests.canned_http import CannedHttp

KEY = "sk-canary-0123456789"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "x"]), inner, max_size=2),
    max_leaves=9,
)
ENTRY = st.fixed_dictionaries({"id": JSON, "shutdown_date": JSON | st.dates().map(str)}) | JSON


def reply(status: int, body: bytes) -> httpx.Response:
    """An answer."""
    return httpx.Response(status, content=body)


def build(handler: Any) -> HttpProvider:
    """OpenAI's adapter over a handler instead of a network."""
    config = AIConfig((ProviderConfig("openai", SecretStr(KEY)),))
    return build_providers(config, SystemClock(), lambda _: CannedHttp(handler))[0]


def test_openais_form_with_an_end() -> None:
    """Names, and the ends that are announced."""
    body = (
        b'{"object":"list","data":[{"id":"a","shutdown_date":"2027-01-14"},{"id":"b","shutdown_date":null},{"id":"c"}]}'
    )
    assert listed(body, "data", "id") == ModelList(frozenset("abc"), {"a": date(2027, 1, 14)})


def test_googles_form() -> None:
    """Names are told with a prefix there."""
    assert listed(b'{"models":[{"name":"models/g"}]}', "models", "name") == ModelList(frozenset("g"), {})


@given(st.lists(ENTRY, max_size=5).map(lambda entries: orjson.dumps({"data": entries})) | st.binary(max_size=50))
def test_no_list_is_too_odd_to_be_read(body: bytes) -> None:
    """Never an exception: what is no name is left out, what is no date is no end."""
    found = listed(body, "data", "id")
    assert all(isinstance(name, str) for name in found.names)
    assert set(found.ends) <= found.names


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"data":{}}', b""])
async def test_a_server_that_answers_is_up_whatever_it_answers(body: bytes) -> None:
    """A self-hosted one may have its own idea of the list; that is no failure."""
    provider = build(lambda _: reply(200, body))
    assert await provider.check() == ModelList()
    await provider.aclose()


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, Outcome.AUTH_REJECTED), (404, Outcome.MODEL_GONE), (503, Outcome.OVERLOADED)]
)
async def test_a_refused_check_has_an_outcome_and_no_secret(status: int, outcome: Outcome) -> None:
    """As an attempt would have; the key goes out in a header only."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return reply(status, orjson.dumps({"error": {"message": f"bad key {KEY}"}}))

    provider = build(handler)
    with pytest.raises(AttemptFailed) as caught:
        await provider.check()
    await provider.aclose()
    assert caught.value.outcome is outcome
    assert KEY not in repr(caught.value) + str(sent[0].url)
    assert (sent[0].method, sent[0].url.path) == ("GET", "/v1/models")


async def test_a_refusal_that_names_our_key_as_its_model_is_not_believed() -> None:
    """The served model goes to ledger and log: a server may send back whatever it was sent."""
    message = {"role": "assistant", "content": None, "refusal": "no"}
    body = {"model": KEY, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    provider = build(lambda _: reply(200, orjson.dumps(body)))
    with pytest.raises(AttemptFailed) as caught:
        await provider.generate_completion(CompletionRequest("id", "question", "gpt-6-luna", 10, 0.0, 5.0))
    await provider.aclose()
    assert caught.value.served_model is None
