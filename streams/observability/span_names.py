"""What spans and their attributes are called. A fact that does not stand here is not told.

Attempts follow OpenTelemetry's conventions for generative AI, and records those for messaging, both in development as
of 2026-11: https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-spans.md, and
https://opentelemetry.io/docs/specs/semconv/messaging/kafka/. Names of theirs stand in this file only. What they have
no name for (outcome, money) begins with `ai.` or `fulltext.`.

Only attempts have `gen_ai.*`: whoever adds up tokens over spans must not count them again for the chain.
"""

from collections.abc import Mapping
from typing import Any

from streams.traces import Facts, Kind

ATTRIBUTES: Mapping[Kind, Mapping[str, str]] = {
    "record": {
        "topic": "messaging.destination.name",
        "partition": "messaging.destination.partition.id",
        "offset": "messaging.kafka.offset",
        "content_id": "fulltext.content_id",
        "verdict_id": "fulltext.verdict_id",
        "outcome": "fulltext.outcome",
        "verdict": "fulltext.verdict",
        "decided_by": "fulltext.decided_by",
        "confidence": "fulltext.confidence",
        "reason": "fulltext.dead_letter.reason",
        "attempts": "fulltext.attempts",
        "cost_nano_usd": "fulltext.cost.nano_usd",
    },
    "question": {
        "task": "ai.task",
        "content_id": "ai.content_id",
        "prompt_version": "ai.prompt_version",
        "outcome": "ai.outcome",
        "provider": "ai.provider",
        "model": "ai.model",
        "cached": "ai.cached",
        "attempts": "ai.attempts",
        "cost_nano_usd": "ai.cost.nano_usd",
        "saved_nano_usd": "ai.saved.nano_usd",
    },
    "attempt": {
        "provider": "gen_ai.provider.name",
        "model": "gen_ai.request.model",
        "served_model": "gen_ai.response.model",
        "input_tokens": "gen_ai.usage.input_tokens",
        "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
        "output_tokens": "gen_ai.usage.output_tokens",
        "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
        "http_status": "http.response.status_code",
        "attempt_id": "ai.attempt_id",
        "task": "ai.task",
        "content_id": "ai.content_id",
        "outcome": "ai.outcome",
        "error": "ai.error",
        "cost_nano_usd": "ai.cost.nano_usd",
        "cost_kind": "ai.cost.kind",
        "reserved_nano_usd": "ai.reserved.nano_usd",
    },
}
CONSTANT: Mapping[Kind, Mapping[str, str]] = {
    "record": {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
    },
    "question": {},
    "attempt": {"gen_ai.operation.name": "chat"},
}
PROVIDERS = {"gemini": "gcp.gemini", "azure": "azure.ai.openai"}
"""Where the convention's name is another than ours."""
TEXTS = ("partition",)
"""Numbers that the conventions want as text."""
ERROR = "error.type"
GOOD = ("ok", "answered", "verdict")
"""Outcomes that are no error."""


def name_of(kind: Kind, facts: Facts) -> str:
    """The span's name: few in number, whatever goes through."""
    if kind == "record":
        return f"process {facts.get('topic')}"
    if kind == "question":
        return f"ask {facts.get('task')}"
    return f"chat {facts.get('model')}"


def attributes(kind: Kind, facts: Facts) -> dict[str, Any]:
    """The facts that may be told, by attribute; what is None is left out."""
    told: dict[str, Any] = {}
    for field, name in ATTRIBUTES[kind].items():
        value = facts.get(field)
        if value is None:
            continue
        told[name] = str(value) if field in TEXTS else value
    if kind == "attempt":
        provider = str(facts.get("provider"))
        told["gen_ai.provider.name"] = PROVIDERS.get(provider, provider)
    outcome = facts.get("outcome")
    if outcome is not None and outcome not in GOOD:
        told[ERROR] = str(outcome)
    return told
