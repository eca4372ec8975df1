"""Does an answer obey the schema that was sent with the question?

Covers what structured output can express: type, enum, properties, required, additionalProperties, items, minimum,
maximum. Other keywords are left to the caller. A server that promises strict decoding need not keep the promise.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

_IS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "object": lambda value: isinstance(value, dict),
        "array": lambda value: isinstance(value, list),
        "string": lambda value: isinstance(value, str),
        "boolean": lambda value: isinstance(value, bool),
        "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        "null": lambda value: value is None,
    }
)


def fault(content: str, schema: dict[str, Any] | None, accept: Callable[[str], bool] | None) -> str | None:
    """A short code for what is wrong with an answer, None: nothing. Raises what `accept`, the caller's word, raises."""
    if schema is not None and not obeys(content, schema):
        return "outside_schema"
    if accept is not None and not accept(content):
        return "not_accepted"
    return None


def obeys(content: str, schema: dict[str, Any]) -> bool:
    """True when `content` is JSON that obeys `schema`."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return _obeys(value, schema)


def _obeys(value: Any, schema: dict[str, Any]) -> bool:
    kinds = schema.get("type")
    if isinstance(kinds, str):
        kinds = [kinds]
    if kinds and not any(_IS[kind](value) for kind in kinds if kind in _IS):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, dict):
        return _object(value, schema)
    if isinstance(value, list):
        items = schema.get("items")
        return not isinstance(items, dict) or all(_obeys(item, items) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _object(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    properties: dict[str, Any] = schema.get("properties", {})
    if any(name not in value for name in schema.get("required", ())):
        return False
    if schema.get("additionalProperties") is False and not value.keys() <= properties.keys():
        return False
    return all(_obeys(value[name], inner) for name, inner in properties.items() if name in value)
