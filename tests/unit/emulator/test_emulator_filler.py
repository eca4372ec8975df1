"""The filler gives a value that obeys any schema of structured output."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sandbox.emulator.filler import fill

LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
        st.integers(-9, 9),
        st.integers(0, 9),
    ),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.integers(-9, 9)),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=3), min_size=1, max_size=4, unique=True)),
    st.just({"type": ["string", "null"]}),
    st.builds(lambda n: {"type": "string", "minLength": n, "maxLength": n + 2}, st.integers(0, 9)),
    st.just({"$ref": "#/$defs/leaf"}),
)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["verdict", "quotes", "a", "b"]), inner, max_size=3).map(_object),
        st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 3)),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    ),
    max_leaves=8,
)
HINTS = st.dictionaries(
    st.sampled_from(["verdict", "quotes", "a", "b"]),
    st.one_of(st.text(max_size=4), st.booleans(), st.integers(-99, 99), st.lists(st.text(max_size=2), max_size=3)),
)


@given(SCHEMAS, HINTS)
def test_what_is_filled_obeys_the_schema(schema: dict[str, Any], hints: dict[str, Any]) -> None:
    """Whatever the schema and whatever the hints, the value validates."""
    schema = {**schema, "$defs": {"leaf": {"type": "boolean"}}}
    jsonschema.validate(fill(schema, hints), schema)


def test_a_hint_lands_in_the_property_of_its_name() -> None:
    """Values are placed by property name where the schema allows them, and replaced where it does not."""
    schema = _object({"verdict": {"enum": ["a", "b"]}, "confidence": {"type": "number", "maximum": 1}})
    assert fill(schema, {"verdict": "b", "confidence": 0.5}) == {"verdict": "b", "confidence": 0.5}
    assert fill(schema, {"verdict": "zzz", "confidence": 7}) == {"verdict": "a", "confidence": 1}


def test_a_recursive_schema_ends() -> None:
    """A tree that refers to itself is filled with a finite one."""
    node = _object({"name": {"type": "string"}, "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}})
    jsonschema.validate(fill(node, {}), node)


@pytest.mark.parametrize(
    "schema", [_object({"next": {"$ref": "#"}}), {"$ref": "#/$defs/nowhere"}, {"$ref": "#"}, {"anyOf": []}]
)
def test_an_impossible_schema_is_refused(schema: dict[str, Any]) -> None:
    """A schema that nothing finite obeys raises ValueError instead of recursing for ever."""
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        fill(schema, {})
