"""The emulator's faults as rows, each with the outcome that it must have, and a chain that meets them."""

import asyncio
import time
from typing import Any

import psutil
from pydantic import SecretStr

from schemas import Outcome, ProviderUsage
from streams.ai import AIConfig, ProviderConfig, UnifiedAIService
from streams.clock import Clock
from streams.sandbox.emulator import Emulator

PROVIDERS = ("groq", "gemini", "azure", "openai", "compatible")
KEY = "canary-key-0123456789"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["full_text", "paywall"]}, "confidence": {"type": "number"}},
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}
PROMPT = "requested_title: A study\nmain_words: 3\n[WHOLE characters 0-20 of 20]\n⟦abcd1234⟧ Subscribe to read on.\n"

Row = tuple[str, dict[str, Any], Outcome, dict[str, Outcome]]
"""Fault, its parameters, the outcome, and where a vendor's own form makes it another."""
ROWS: list[Row] = [
    ("status", {"code": 400}, Outcome.CLIENT_ERROR, {}),
    ("status", {"code": 403}, Outcome.AUTH_REJECTED, {}),
    ("status", {"code": 404, "kind": "model"}, Outcome.MODEL_GONE, {}),
    ("status", {"code": 400, "kind": "context"}, Outcome.CLIENT_ERROR, {}),
    ("status", {"code": 408}, Outcome.OVERLOADED, {}),
    ("status", {"code": 413}, Outcome.CLIENT_ERROR, {}),
    ("status", {"code": 498}, Outcome.OVERLOADED, {}),
    ("status", {"code": 500}, Outcome.OVERLOADED, {}),
    ("status", {"code": 502}, Outcome.OVERLOADED, {}),
    ("status", {"code": 503}, Outcome.OVERLOADED, {}),
    ("unauthorized", {}, Outcome.AUTH_REJECTED, {}),
    ("echo_key", {}, Outcome.AUTH_REJECTED, {}),
    ("throttle", {}, Outcome.THROTTLED, {}),
    ("throttle", {"limit": "requests", "retry_after": None}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after": "soon"}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after": 1e9}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after": None, "retry_date_in": 30}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after_ms": 1500}, Outcome.THROTTLED, {}),
    ("quota", {}, Outcome.QUOTA_EXHAUSTED, {}),
    ("redirect", {"url": "http://127.0.0.1:9/elsewhere"}, Outcome.BAD_ANSWER, {}),
    ("hang", {}, Outcome.TIMEOUT, {}),
    ("drip", {}, Outcome.TIMEOUT, {}),
    ("down", {}, Outcome.NETWORK, {}),
    ("reset", {}, Outcome.NETWORK, {}),
    ("reset_in_body", {}, Outcome.NETWORK, {}),
    ("gzip_bomb", {}, Outcome.BAD_ANSWER, {}),
    ("endless", {}, Outcome.BAD_ANSWER, {}),
    ("truncated_json", {}, Outcome.BAD_ANSWER, {}),
    ("html", {}, Outcome.BAD_ANSWER, {}),
    ("outside_schema", {}, Outcome.BAD_ANSWER, {}),
    ("empty", {}, Outcome.BAD_ANSWER, {}),
    ("length", {"tokens_kept": 2}, Outcome.CLIENT_ERROR, {}),
    # Groq has neither a refusal field nor a filter's name: plain words, an empty answer, a plain 400
    ("refusal", {}, Outcome.CONTENT_REFUSED, {"groq": Outcome.BAD_ANSWER}),
    ("content_filter", {}, Outcome.CONTENT_REFUSED, {"groq": Outcome.BAD_ANSWER}),
    ("prompt_filter", {}, Outcome.CONTENT_REFUSED, {"groq": Outcome.CLIENT_ERROR}),
    ("delay", {"seconds": 0.05}, Outcome.OK, {}),
    ("constant", {"verdict": "full_text"}, Outcome.OK, {}),
    ("no_usage", {}, Outcome.OK, {}),
    ("other_model", {}, Outcome.OK, {}),
    ("gullible", {}, Outcome.OK, {}),
]


SLOW = {"hang", "drip"}


def name_of(row: Row) -> str:
    """For a test's id."""
    return "-".join([row[0], *map(str, row[1].values())])


def config(emulator: Emulator, name: str, timeout: float = 10.0, keys: str = KEY) -> ProviderConfig:
    """A provider that asks the emulator."""
    model = "gpt-4o-mini" if name == "compatible" else None
    return ProviderConfig(name, SecretStr(keys), emulator.base_urls[name], model, timeout_seconds=timeout)


def service(
    emulator: Emulator, *configs: ProviderConfig, clock: Clock | None = None
) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A chain over the emulator and its ledger."""
    ledger: list[ProviderUsage] = []
    # no cache: these tests ask the same question again and again and count the calls
    plain = AIConfig(configs, allow_private_endpoints=True, cache=None)
    chain = UnifiedAIService.from_config(plain, on_attempt=ledger.append, clock=clock)
    return chain, ledger


async def connections_to(emulator: Emulator, seconds: float = 2.0) -> int:
    """Established ones from this process: 0 as soon as there are none, else those that are there after `seconds`."""
    until = time.monotonic() + seconds
    while (found := _established(emulator.port)) and time.monotonic() < until:  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0.01)
    return found


def _established(port: int) -> int:
    own = psutil.Process().net_connections(kind="tcp")
    return sum(1 for one in own if one.raddr and one.raddr.port == port and one.status == psutil.CONN_ESTABLISHED)


def bill_of(emulator: Emulator, line: ProviderUsage) -> Any:
    """The vendor's line for one of our attempts."""
    return next((billed for billed in emulator.bill.last() if billed.attempt_id == line.attempt_id), None)
