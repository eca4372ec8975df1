"""Any JSON Schema in, a value that obeys it out: what constrained decoding guarantees.

Covers what structured output can express: objects, arrays, enum, const, numbers with bounds, strings with length and
common formats, booleans, null, `$ref` (recursive ones end at their shortest form), anyOf/oneOf/allOf.
"""

from collections.abc import Mapping
from typing import Any

_DEEP = 6
"""From here on optional parts are left out, so that a recursive schema ends."""
_DEEPEST = 40
_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "string"),
    (dict, "object"),
    ((list, tuple), "array"),
    (type(None), "null"),
)
_FORMATS: Mapping[str, str] = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "a@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}


def fill(schema: Mapping[str, Any], hints: Mapping[str, Any]) -> Any:
    """A value for `schema`; a hint is taken for the property of its name where the schema allows it.

    Raises ValueError for a schema that nothing finite can obey, and for a `$ref` that leads nowhere.
    """
    return _Filler(schema, hints).value(schema, None, 0)


class _Filler:
    def __init__(self, root: Mapping[str, Any], hints: Mapping[str, Any]) -> None:
        self._root = root
        self._hints = hints

    def value(self, schema: Mapping[str, Any], hint: Any, depth: int) -> Any:
        """A value for a part of the schema."""
        if depth > _DEEPEST:
            raise ValueError("the schema recurses without an end")
        schema = self._resolved(schema)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self._choose(schema[choice], hint, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return _member(schema["enum"], hint)
        return self._typed(schema, hint, depth)

    def _typed(self, schema: Mapping[str, Any], hint: Any, depth: int) -> Any:
        kind = _kind(schema, hint)
        if kind == "object":
            return self._object(schema, hint, depth)
        if kind == "array":
            return self._array(schema, hint, depth)
        if kind in ("number", "integer"):
            return _number(schema, hint, kind)
        if kind == "boolean":
            return hint if isinstance(hint, bool) else False
        return None if kind == "null" else _string(schema, hint)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(_DEEPEST):
            if "$ref" in schema:
                rest = {key: value for key, value in schema.items() if key != "$ref"}
                schema = {**self._target(schema["$ref"]), **rest}
            elif "allOf" in schema:
                schema = _merged(schema)
            else:
                return schema
        raise ValueError("the schema's references go in a circle")

    def _target(self, ref: str) -> Mapping[str, Any]:
        node: Any = self._root
        for step in ref.removeprefix("#").strip("/").split("/") if ref not in ("#", "#/") else ():
            node = node.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise ValueError(f"the reference {ref} leads nowhere")  # noqa: TRY004 - the schema's value is wrong
        return node

    def _choose(self, options: list[Mapping[str, Any]], hint: Any, depth: int) -> Any:
        """The option that can carry the hint; deep down the one that ends; otherwise the first."""
        options = [self._resolved(option) for option in options]
        plain = [option for option in options if option.get("type") not in ("object", "array")]
        fits = [option for option in options if hint is not None and _fits(option, hint)]
        for option in (fits if depth < _DEEP else []) or (plain if depth >= _DEEP else []) or options:
            return self.value(option, hint, depth + 1)
        raise ValueError("anyOf without options")

    def _object(self, schema: Mapping[str, Any], hint: Any, depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        names = [name for name in properties if name in required or depth < _DEEP]
        hints = hint if isinstance(hint, dict) else self._hints
        return {name: self.value(properties[name], hints.get(name), depth + 1) for name in names}

    def _array(self, schema: Mapping[str, Any], hint: Any, depth: int) -> list[Any]:
        items = schema.get("items", {})
        least, most = schema.get("minItems", 0), schema.get("maxItems", 1_000)
        wanted = list(hint)[:most] if isinstance(hint, list | tuple) else []
        found = [self.value(items, one, depth + 1) for one in wanted if _can_carry(self._resolved(items), one)]
        while len(found) < least:
            found.append(self.value(items, None, depth + 1))
        return found


def _merged(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        for key, value in part.items():
            if key == "properties":
                merged["properties"] = {**merged.get("properties", {}), **value}
            elif key == "required":
                merged["required"] = [*merged.get("required", ()), *value]
            else:
                merged[key] = value
    return merged


def _kind(schema: Mapping[str, Any], hint: Any) -> str:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        for kind in kinds:
            if kind != "null" and (hint is None or _fits({"type": kind}, hint)):
                return str(kind)
        return "null" if "null" in kinds else str(kinds[0])
    if kinds is None:
        return "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kinds)


def _fits(schema: Mapping[str, Any], hint: Any) -> bool:
    if "enum" in schema:
        return hint in schema["enum"]
    kind = schema.get("type")
    if isinstance(hint, bool):
        return kind == "boolean"
    if isinstance(hint, int | float):
        return kind == "number" or (kind == "integer" and float(hint).is_integer())
    return any(isinstance(hint, known) and kind == name for known, name in _NAMES)


def _can_carry(items: Mapping[str, Any], hint: Any) -> bool:
    return "enum" not in items or hint in items["enum"]


def _member(enum: list[Any], hint: Any) -> Any:
    """The hint, or the first of a list of hints that is a member, or the first member."""
    for wish in hint if isinstance(hint, list | tuple) else (hint,):
        if wish in enum:
            return wish
    return enum[0]


def _number(schema: Mapping[str, Any], hint: Any, kind: str) -> int | float:
    value: float = hint if isinstance(hint, int | float) and not isinstance(hint, bool) else 0
    low, high = schema.get("minimum"), schema.get("maximum")
    step = 1 if kind == "integer" else 1e-6
    low = max((x for x in (low, _plus(schema.get("exclusiveMinimum"), step)) if x is not None), default=None)
    high = min((x for x in (high, _plus(schema.get("exclusiveMaximum"), -step)) if x is not None), default=None)
    value = value if low is None else max(value, low)
    value = value if high is None else min(value, high)
    if multiple := schema.get("multipleOf"):
        value = -(-value // multiple) * multiple
    return int(value) if kind == "integer" else value


def _plus(bound: float | None, step: float) -> float | None:
    return None if bound is None else bound + step


def _string(schema: Mapping[str, Any], hint: Any) -> str:
    if isinstance(hint, list | tuple):
        hint = next(iter(hint), None)
    text = hint if isinstance(hint, str) else _FORMATS.get(schema.get("format", ""), "none")
    text = text[: schema.get("maxLength", len(text))]
    return text.ljust(schema.get("minLength", 0), ".")
