"""What the loops ask about a text. Standard library only: one of them runs under an interpreter of its own."""

import json
from typing import Any

_PROMPT = "Is this the full text of the work, or only a part of it or something else? Answer in JSON.\n\n"
_SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["full_text", "partial", "abstract_only", "other"]},
        "confidence": {"type": "number"},
    },
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}
RESPONSE_FORMAT: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {"name": "answer", "strict": True, "schema": _SCHEMA},
}
TIMEOUT_SECONDS = 5.0
"""Of a call: the worker's own at its first provider, at the start."""


def messages(text: str) -> list[dict[str, str]]:
    """The chat about a text."""
    return [{"role": "user", "content": _PROMPT + text}]


def read(content: str) -> Any:
    """The answer. Raises ValueError when it is no JSON: it is not looked at more closely."""
    return json.loads(content)
