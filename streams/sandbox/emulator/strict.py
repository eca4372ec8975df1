"""What OpenAI's strict mode demands of a schema before it is obeyed."""

from collections.abc import Iterator, Mapping
from typing import Any


def objection(schema: Any) -> str | None:
    """Why a strict schema is refused, in OpenAI's words; None when it is accepted."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'"
    return next((fault for where, node in _objects(schema, ()) for fault in _faults(where, node)), None)


def _faults(where: tuple[str, ...], node: Mapping[str, Any]) -> Iterator[str]:
    context = f"In context=({', '.join(repr(step) for step in where)})"
    if node.get("additionalProperties") is not False:
        yield f"{context}, 'additionalProperties' is required to be supplied and to be false."
    required = node.get("required", ())
    for name in node.get("properties", {}):
        if name not in required:
            yield (
                f"{context}, 'required' is required to be supplied and to be an array including every key in "
                f"properties. Missing '{name}'."
            )


def _objects(node: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if not isinstance(node, dict):
        return
    if node.get("type") == "object" or "properties" in node:
        yield where, node
    for group in ("properties", "$defs", "definitions"):
        for name, inner in (node.get(group) or {}).items():
            yield from _objects(inner, (*where, group, name))
    yield from _objects(node.get("items"), (*where, "items"))
    for index, inner in enumerate(node.get("anyOf") or ()):
        yield from _objects(inner, (*where, "anyOf", str(index)))
