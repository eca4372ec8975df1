"""The small schema check against a whole implementation of JSON Schema."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.conform import obeys

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ok": {"type": "boolean"},
        "verdict": {"type": "string", "enum": ["a", "b"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "count": {"type": ["integer", "null"]},
        "quotes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}},
                "required": ["text"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["ok", "verdict"],
    "additionalProperties": False,
}
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([0.5, -0.5, 1.5]), st.sampled_from("abc")
)
quotes = st.lists(st.one_of(leaves, st.dictionaries(st.sampled_from(["text", "x"]), leaves, max_size=2)), max_size=2)
values = st.fixed_dictionaries(
    {},
    optional={
        "ok": st.one_of(st.booleans(), leaves),
        "verdict": st.one_of(st.sampled_from(["a", "b"]), leaves),
        "confidence": leaves,
        "count": leaves,
        "quotes": st.one_of(quotes, leaves),
        "extra": leaves,
    },
)


@given(st.one_of(values, leaves, st.lists(leaves, max_size=2)))
def test_it_agrees_with_jsonschema(value: Any) -> None:
    """On answers right and wrong in every way that the schema can say."""
    assert obeys(json.dumps(value), SCHEMA) == jsonschema.Draft202012Validator(SCHEMA).is_valid(value)


@pytest.mark.parametrize(
    "content", ["", "nonsense", '{"ok": tr', "```json\n{}\n```", '{"ok": NaN, "verdict": "a"}', "[" * 9_999]
)
def test_what_is_no_json_obeys_nothing(content: str) -> None:
    """Cut, fenced, deep or simply not JSON."""
    assert not obeys(content, SCHEMA)
