"""What a vendor's list of models says: OpenAI's `{"data": [{"id", "shutdown_date"}]}`, Google's `{"models": [...]}`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from streams.ai.provider import ModelList

NOTHING_SAID = ModelList()


def listed(body: bytes, entries: str, name: str) -> ModelList:
    """The models in the list `entries`, each named by its field `name`; what cannot be read is left out.

    A server that answers is up, whatever it answers: a list in another form says nothing and is no failure.
    """
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return NOTHING_SAID
    found = payload.get(entries) if isinstance(payload, dict) else None
    models = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    named = {_plain(entry[name]): entry for entry in models if isinstance(entry.get(name), str)}
    ends = {model: end for model, entry in named.items() if (end := _end(entry)) is not None}
    return ModelList(frozenset(named), ends)


def _plain(name: str) -> str:
    return name.removeprefix("models/")


def _end(entry: Mapping[str, Any]) -> date | None:
    told = entry.get("shutdown_date")
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
