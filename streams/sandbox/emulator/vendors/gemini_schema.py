"""Gemini's older `responseSchema`, a subset of OpenAPI 3.0, as JSON Schema."""

from typing import Any


def from_openapi(schema: Any) -> dict[str, Any]:
    """`TYPE` names in lower case, `nullable` as a second type; numbers that travel as strings become numbers."""
    if not isinstance(schema, dict):
        return {}
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name in ("properties", "$defs", "defs"):
            found[name] = {key: from_openapi(inner) for key, inner in value.items()}
        elif name == "items":
            found[name] = from_openapi(value)
        elif name == "anyOf":
            found[name] = [from_openapi(inner) for inner in value]
        elif name in ("minItems", "maxItems", "minLength", "maxLength"):
            found[name] = int(value)
        elif name not in ("type", "nullable", "propertyOrdering"):
            found[name] = value
    kind = schema.get("type")
    if isinstance(kind, str):
        kind = kind.lower()
        found["type"] = [kind, "null"] if schema.get("nullable") else kind
    return found
