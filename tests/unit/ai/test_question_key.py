"""Which questions are the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai import CompletionOptions, InvalidRequest
from streams.ai.question_key import question_key

BASE = CompletionOptions(system="s", schema={"type": "object", "properties": {"a": {}, "b": {}}})


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "quality"},
        {"temperature": 0.2},
        {"max_tokens": 501},
        {"schema": None},
        {"schema": {"type": "object", "properties": {"b": {}, "a": {}}}},
        {"schema_name": "other"},
        {"system": None},
        {"system": ""},
        {"task": "other"},
        {"prompt_version": "2"},
    ],
)
def test_what_shapes_the_answer_is_in_the_key(changed: dict[str, object]) -> None:
    """Another model, bound, schema (its order too), instruction, task or version is another question."""
    assert question_key("p", replace(BASE, **changed)) != question_key("p", BASE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed", [{"providers": ("groq",)}, {"content_id": "c"}, {"deadline_seconds": 1.0}, {"cache": False}]
)
def test_who_asks_and_who_may_answer_is_not(changed: dict[str, object]) -> None:
    """The allow list, the record and the patience of a caller do not change the question."""
    assert question_key("p", replace(BASE, **changed)) == question_key("p", BASE)  # type: ignore[arg-type]


def test_a_fingerprint_stands_for_the_prompt() -> None:
    """Prompts that differ only in a random mark ask the same; a prompt is never taken for a fingerprint."""
    marked = replace(BASE, fingerprint="f")
    assert question_key("⟦aaaa⟧ text", marked) == question_key("⟦bbbb⟧ text", marked)
    assert question_key("p", replace(BASE, fingerprint="g")) != question_key("p", marked)
    assert question_key("f", BASE) != question_key("p", marked)
    assert question_key("p", replace(marked, system="other")) != question_key("p", marked)


@pytest.mark.parametrize("bad", ["", 5, "\ud800"])
def test_a_fingerprint_is_text(bad: object) -> None:
    """Anything else is refused by name."""
    with pytest.raises(InvalidRequest, match="fingerprint"):
        replace(BASE, fingerprint=bad)  # type: ignore[arg-type]


def test_a_whole_number_as_temperature_is_the_same_number() -> None:
    """1 and 1.0 ask the same."""
    assert question_key("p", replace(BASE, temperature=1)) == question_key("p", replace(BASE, temperature=1.0))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.tuples(TEXT, TEXT, TEXT, TEXT), st.tuples(TEXT, TEXT, TEXT, TEXT))
def test_fields_cannot_run_into_each_other(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Equal keys exactly for equal prompt, system, task and version, wherever the text is cut."""
    keys = [
        question_key(prompt, CompletionOptions(system=system, task=task, prompt_version=version))
        for prompt, system, task, version in (one, other)
    ]
    assert (keys[0] == keys[1]) == (one == other)
