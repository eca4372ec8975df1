"""The server: each vendor's forms, keys, refusals, limits, the bill."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest

from streams.clock import ManualClock
from streams.sandbox.emulator import Emulator, Latency, Limits, PortTaken

PROVIDERS = ("groq", "gemini", "azure", "openai")


def text_of(provider: str, body: dict[str, Any]) -> str:
    """The model's words in a vendor's answer."""
    if provider == "gemini":
        return str(body["candidates"][0]["content"]["parts"][0]["text"])
    return str(body["choices"][0]["message"]["content"])


def lines(path: Path) -> list[dict[str, Any]]:
    """The bill."""
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_answer_obeys_the_schema_and_stands_on_the_bill(caller: Any, bill_file: Path, provider: str) -> None:
    """A good answer is JSON of the schema; its line carries the attempt id, the tokens and the cost."""
    status, _, body = await caller.ask(provider, headers={"X-Client-Request-Id": "attempt-7"})
    assert status == 200
    assert json.loads(text_of(provider, body))["verdict"] == "paywall"
    (line,) = lines(bill_file)
    assert (line["attempt_id"], line["provider"], line["state"]) == ("attempt-7", provider, "answered")
    assert line["input_tokens"] > line["output_tokens"] > 0
    assert line["cost_nano_usd"] > 0


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_usage_block_is_what_is_billed(caller: Any, bill_file: Path, provider: str) -> None:
    """Vendors count differently (Gemini keeps thoughts apart); the sums are those of the bill."""
    _, _, body = await caller.ask(provider)
    (line,) = lines(bill_file)
    if provider == "gemini":
        usage = body["usageMetadata"]
        told = usage["promptTokenCount"], usage["candidatesTokenCount"] + usage.get("thoughtsTokenCount", 0)
    else:
        told = body["usage"]["prompt_tokens"], body["usage"]["completion_tokens"]
    assert told == (line["input_tokens"], line["output_tokens"])


@pytest.mark.parametrize(("provider", "status"), [("groq", 401), ("gemini", 400), ("azure", 401), ("openai", 401)])
async def test_a_wrong_key_is_refused_in_the_vendors_form(
    caller: Any, bill_file: Path, provider: str, status: int
) -> None:
    """The key `wrong` is refused and costs nothing; Gemini says it with a 400."""
    name = {"gemini": "x-goog-api-key", "azure": "api-key"}.get(provider, "Authorization")
    got, _, body = await caller.ask(provider, headers={name: "Bearer wrong" if name == "Authorization" else "wrong"})
    assert got == status
    assert "message" in body["error"]
    assert ("param" in body["error"]) is (provider == "openai")
    assert lines(bill_file)[0] | {"state": "rejected", "cost_nano_usd": 0} == lines(bill_file)[0]


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"messages": None}, "missing_required_parameter", "messages"),
        ({"messages": []}, "invalid_value", "messages"),
        ({"max_tokens": 10}, "unsupported_parameter", "max_tokens"),
        ({"temperature": 0.1}, "unsupported_value", "temperature"),
        ({"max_completion_tokens": 0}, "invalid_value", "max_completion_tokens"),
        ({"model": "gpt-3.5-turbo"}, "model_not_found", "model"),
        ({"response_format": {"type": "yaml"}}, "invalid_value", "response_format.type"),
    ],
)
async def test_openai_refuses_bad_requests(caller: Any, change: dict[str, Any], code: str, param: str) -> None:
    """Each with its code and parameter; a reasoning model takes neither `max_tokens` nor a temperature."""
    status, _, body = await caller.ask("openai", **change)
    assert status == (404 if code == "model_not_found" else 400)
    assert (body["error"]["code"], body["error"]["param"]) == (code, param)


async def test_an_open_schema_is_refused_by_strict_mode(caller: Any) -> None:
    """A strict schema without `additionalProperties: false` is a 400 that names the fault."""
    schema = {"name": "a", "strict": True, "schema": {"type": "object", "properties": {}}}
    status, _, body = await caller.ask("openai", response_format={"type": "json_schema", "json_schema": schema})
    assert status == 400
    assert "additionalProperties" in body["error"]["message"]


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


async def test_any_schema_is_obeyed(caller: Any) -> None:
    """Not only our own: nested objects, references and choices."""
    rest = {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}
    node = _closed({"tag": {"enum": ["x", "y"]}, "rest": rest})
    nodes = {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/n"}}
    schema = {**_closed({"nodes": nodes}), "$defs": {"n": node}}
    form = {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": schema}}
    _, _, body = await caller.ask("azure", response_format=form)
    jsonschema.validate(json.loads(text_of("azure", body)), schema)


async def test_too_few_tokens_cut_the_answer(caller: Any) -> None:
    """`finish_reason: length` and JSON that ends in the middle; never more tokens than allowed."""
    _, _, body = await caller.ask("openai", max_completion_tokens=4)
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 4
    config = {"responseMimeType": "application/json", "maxOutputTokens": 4}
    _, _, body = await caller.ask("gemini", generationConfig=config)
    assert body["candidates"][0]["finishReason"] == "MAX_TOKENS"


async def test_headers_are_each_vendors_own(caller: Any) -> None:
    """Rate limits with Go durations at OpenAI and Groq, none at Gemini; Azure's own ids."""
    found = {provider: (await caller.ask(provider))[1] for provider in PROVIDERS}
    assert found["openai"]["x-ratelimit-reset-requests"].endswith("ms")
    assert "openai-processing-ms" in found["openai"]
    assert "x-request-id" in found["groq"]
    assert not any(name.lower().startswith("x-ratelimit") for name in found["gemini"])
    assert {"apim-request-id", "x-ms-region", "x-ratelimit-remaining-tokens"} <= {
        name.lower() for name in found["azure"]
    }


async def test_azure_serves_the_deployment_paths_with_a_version_only(caller: Any) -> None:
    """The older path names the deployment and needs `api-version`."""
    _, headers, body = caller.chat("azure")
    body.pop("model")
    url = caller.emulator.base_urls["azure"] + "/openai/deployments/gpt-4.1-nano/chat/completions"
    async with caller.session.post(url, json=body, headers=headers) as without:
        assert without.status == 404
    async with caller.session.post(url + "?api-version=2024-10-21", json=body, headers=headers) as answer:
        assert (await answer.json())["prompt_filter_results"]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_models_are_listed(caller: Any, provider: str) -> None:
    """`GET models` with a key; without one it is refused."""
    _, headers, _ = caller.chat(provider)
    url = caller.emulator.base_urls[provider] + ("/openai/v1/models" if provider == "azure" else "/models")
    async with caller.session.get(url, headers=headers) as response:
        body = await response.json()
    names = [model.get("id") or model["name"] for model in body.get("data") or body["models"]]
    assert any("gpt" in name or "gemini" in name for name in names)
    async with caller.session.get(url) as refused:
        assert refused.status in (401, 403)


async def test_a_prompt_seen_before_is_cheaper(caller: Any, bill_file: Path) -> None:
    """The same long first message is cached the second time, in steps of 128 tokens."""
    messages = [{"role": "system", "content": "Judge with care. " * 400}, {"role": "user", "content": "Buy article"}]
    for _ in range(2):
        _, _, body = await caller.ask("openai", messages=messages)
    first, second = lines(bill_file)
    assert first["cached_tokens"] == 0
    assert second["cached_tokens"] == body["usage"]["prompt_tokens_details"]["cached_tokens"] >= 1_024
    assert second["cost_nano_usd"] < first["cost_nano_usd"]


async def test_limits_are_enforced_when_set() -> None:
    """Over the limit a vendor answers 429 with its own words, and takes requests again after the wait."""
    clock = ManualClock()
    limits = {"openai": Limits(requests=1)}
    async with Emulator(latency_scale=0, limits=limits, clock=clock) as emulator, aiohttp.ClientSession() as session:
        url = emulator.base_urls["openai"] + "/chat/completions"
        body = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": "hello"}]}

        async def status() -> int:
            async with session.post(url, json=body, headers={"Authorization": "Bearer k"}) as response:
                return response.status

        assert [await status(), await status()] == [200, 429]
        clock.advance(60)
        assert await status() == 200


async def test_a_hanging_share_is_billed_and_leaves_with_its_caller(caller: Any) -> None:
    """With every call hanging nothing comes back, the bill has the line, and nothing waits once the caller is gone."""
    until = caller.until
    async with Emulator(latency=Latency(0.0, hangs=1.0)) as emulator:
        url = emulator.base_urls["groq"] + "/chat/completions"
        body = {"model": "openai/gpt-oss-20b", "messages": [{"role": "user", "content": "hello"}]}
        async with aiohttp.ClientSession() as session:
            task = asyncio.create_task(session.post(url, json=body, headers={"Authorization": "Bearer k"}).__aenter__())
            await until(lambda: emulator.bill.lines)
            assert emulator.stats["groq"].in_flight == 1
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await until(lambda: not emulator.stats["groq"].in_flight)
        assert [line.state for line in emulator.bill.last()] == ["hung"]


async def test_a_taken_port_is_one_sentence() -> None:
    """A second emulator on the same port says so."""
    async with Emulator() as first:
        with pytest.raises(PortTaken, match="choose another"):
            async with Emulator(first.port):
                pass


async def test_it_listens_where_it_is_told() -> None:
    """On loopback by default, so on no other address of this machine; elsewhere the settings still name loopback."""
    async with Emulator(host="127.0.0.2") as emulator, aiohttp.ClientSession() as session:
        url = emulator.base_urls["groq"] + "/models"
        assert url.startswith(f"http://127.0.0.1:{emulator.port}/")
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)
        async with session.get(url.replace("127.0.0.1", "127.0.0.2")) as answer:
            assert answer.status == 401


async def test_the_same_seed_gives_the_same_run() -> None:
    """Faults by chance fall on the same requests."""

    async def run() -> list[str]:
        async with Emulator(seed=5, latency_scale=0) as emulator, aiohttp.ClientSession() as session:
            emulator.script("openai", {"fault": "status", "code": 503, "share": 0.5})
            url = emulator.base_urls["openai"] + "/chat/completions"
            for _ in range(12):
                async with session.post(url, json={}, headers={"Authorization": "Bearer k"}):
                    pass
            return [line.state for line in emulator.bill.last()]

    first = await run()
    assert first == await run()
    assert len(set(first)) == 2


async def test_an_unknown_path_is_the_vendors_404(caller: Any) -> None:
    """Below a vendor's prefix nothing answers in our own words."""
    async with caller.session.get(caller.emulator.base_urls["openai"] + "/nowhere") as response:
        assert response.status == 404
        assert (await response.json())["error"]["type"] == "invalid_request_error"
