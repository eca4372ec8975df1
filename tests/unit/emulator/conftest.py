"""A running emulator without waiting, and a client that speaks to it in each vendor's own way."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streams.sandbox.emulator import Emulator

SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["full_text", "paywall", "other"]},
        "confidence": {"type": "number"},
    },
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}
WALL = "⟦aB3dE⟧ This is a preview of subscription content.\n⟦aB3dE⟧ Buy article PDF\n⟦aB3dE⟧ Subscribe now"


@dataclass
class Caller:
    """Asks any of the four vendors the same question."""

    emulator: Emulator
    session: aiohttp.ClientSession

    def chat(self, provider: str, user: str = WALL, **extra: Any) -> tuple[str, dict[str, str], dict[str, Any]]:
        """URL, headers and body of a question with a schema."""
        base = self.emulator.base_urls[provider]
        if provider == "gemini":
            config = {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA}
            body = {"contents": [{"role": "user", "parts": [{"text": user}]}], "generationConfig": config}
            url = f"{base}/models/gemini-2.5-flash-lite:generateContent"
            return url, {"x-goog-api-key": "k"}, {**body, **extra}
        model = {"groq": "openai/gpt-oss-20b", "azure": "gpt-4.1-nano", "openai": "gpt-6-luna"}[provider]
        form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
        body = {"model": model, "messages": [{"role": "user", "content": user}], "response_format": form}
        path = "/openai/v1/chat/completions" if provider == "azure" else "/chat/completions"
        headers = {"api-key": "k"} if provider == "azure" else {"Authorization": "Bearer k"}
        return base + path, headers, {**body, **extra}

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something is true of the emulator; ten seconds at most."""
        async with asyncio.timeout(10):
            while not true():  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.005)

    async def ask(
        self, provider: str, user: str = WALL, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> tuple[int, Mapping[str, str], Any]:
        """Status, headers and body (parsed where it is JSON)."""
        url, own, body = self.chat(provider, user, **extra)
        sent = own | dict(headers or {})
        async with self.session.post(url, json=body, headers=sent, allow_redirects=False) as response:
            is_json = response.content_type == "application/json"
            return response.status, response.headers, await (response.json() if is_json else response.text())


@pytest.fixture
def bill_file(tmp_path: Path) -> Path:
    """Where the emulator of this test writes its bill."""
    return tmp_path / "bill.jsonl"


@pytest.fixture
async def caller(bill_file: Path) -> AsyncIterator[Caller]:
    """An emulator that answers at once, and its caller."""
    async with Emulator(bill=bill_file, latency_scale=0) as emulator, aiohttp.ClientSession() as session:
        yield Caller(emulator, session)
