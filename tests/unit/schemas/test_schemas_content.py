"""`ScrapedContent`: what is taken, what is refused, and that a refusal names the field."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import ScrapedContent

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


def refused(json: str | bytes) -> list[str]:
    """The fields that a refusal names."""
    with pytest.raises(ValidationError) as caught:
        ScrapedContent.model_validate_json(json)
    return [".".join(str(step) for step in error["loc"]) for error in caught.value.errors(include_input=False)]


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_bytes_come_back_exactly(data):
    """Whatever bytes go into `content_base64` come out, through JSON too."""
    record = ScrapedContent(content_base64=b64encode(data))
    assert record.content_base64 == data
    again = ScrapedContent.model_validate_json(record.model_dump_json())
    assert again == record


@settings(deadline=None)
@given(text=st.text(max_size=200), metadata=st.none() | st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_text_and_metadata_come_back_exactly(text, metadata):
    """Text and metadata survive JSON unchanged."""
    record = ScrapedContent(content=text, metadata=metadata)
    again = ScrapedContent.model_validate_json(record.model_dump_json())
    assert again == record


@pytest.mark.parametrize(
    "json",
    ["{}", '{"title": "T"}', '{"content": "a", "content_base64": "YQ=="}', '{"content": null, "content_base64": null}'],
)
def test_exactly_one_content(json):
    """None and both are refused, by the record as a whole, with the two names in the message."""
    with pytest.raises(ValidationError, match="exactly one of content and content_base64"):
        ScrapedContent.model_validate_json(json)


@pytest.mark.parametrize("json", ['{"content": ""}', '{"content_base64": ""}'])
def test_empty_content_is_a_record(json):
    """Empty is not missing: such a page gets its verdict."""
    assert not any(
        (ScrapedContent.model_validate_json(json).content, ScrapedContent.model_validate_json(json).content_base64)
    )


@settings(deadline=None)
@given(extra=st.dictionaries(st.text(max_size=8).filter(lambda name: name not in ScrapedContent.model_fields), JSON))
def test_unknown_fields_are_left_out(extra):
    """A newer publisher's fields are neither fatal nor carried along."""
    assert ScrapedContent.model_validate({**extra, "content": "a"}) == ScrapedContent(content="a")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "7"),
        ("url", '["https://example.org"]'),
        ("title", "{}"),
        ("doi", '"' + "x" * 2_001 + '"'),
        ("content_type", "null"),
        ("http_status", '"OK"'),
        ("http_status", "99"),
        ("http_status", "1000"),
        ("fetched_at", '"yesterday"'),
        ("user_id", "true"),
        ("allowed_providers", '"groq"'),
        ("allowed_providers", "[1]"),
        ("metadata", "[]"),
    ],
)
def test_wrong_type_names_the_field(field, value):
    """A value of the wrong type or length is refused with the field's name."""
    named = refused(f'{{"content": "a", "{field}": {value}}}')
    assert [name.split(".")[0] for name in named] == [field]


@pytest.mark.parametrize(("field", "value"), [("content", "5"), ("content", "[]"), ("content_base64", "5")])
def test_wrong_content_names_the_field(field, value):
    """Content that is no text, or no base64."""
    assert refused(f'{{"{field}": {value}}}') == [field]


@pytest.mark.parametrize("value", ["§", "YQ", "YQ=", "Y", "YQ==YQ==", "<html>", "YW-_"])
def test_what_is_no_base64_is_refused(value):
    """Foreign characters and wrong padding are refused, not left out: other bytes would be judged."""
    assert refused(f'{{"content_base64": "{value}"}}') == ["content_base64"]


def test_base64_in_lines_is_taken():
    """Encoders that break lines, as MIME does, are understood."""
    record = ScrapedContent.model_validate_json(r'{"content_base64": "YW\r\nJj\n"}')
    assert record.content_base64 == b"abc"


@pytest.mark.parametrize("json", ["", "{", "nonsense", '{"content": "a"', "[]", '"text"', "7", "null", b"\xff\xfe{}"])
def test_broken_json_is_refused(json):
    """What is no JSON object is refused, and no other error escapes."""
    assert refused(json) == [""]


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_deep_json_is_refused(bracket):
    """200,000 levels of nesting are refused without harm."""
    assert refused('{"content": "a", "metadata": ' + bracket * 200_000) == [""]


@pytest.mark.parametrize("surrogate", [r"\ud800", r"\udfff", r"a\udc00b"])
def test_lone_surrogates_are_refused(surrogate):
    """JSON can spell half a character, which no UTF-8 can carry on: refused at the door."""
    assert refused(f'{{"content": "{surrogate}"}}') == [""]


def test_bad_utf8_is_refused():
    """Bytes that are no UTF-8 are refused."""
    assert refused(b'{"content": "\xc3\x28"}') == [""]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" * 5_000])
def test_odd_numbers_do_no_harm(number):
    """Numbers that no other JSON reader takes are refused or carried; never another error."""
    try:
        record = ScrapedContent.model_validate_json(f'{{"content": "a", "metadata": {{"n": {number}}}}}')
    except ValidationError:
        return
    assert record.content == "a"


def test_refusal_does_not_show_the_content():
    """The text of a refusal has nothing of the record's values: they may be private."""
    with pytest.raises(ValidationError) as caught:
        ScrapedContent.model_validate_json('{"content": "a", "http_status": "secret-4711"}')
    assert "4711" not in str(caught.value)


def test_no_provider_is_not_every_provider():
    """An empty list allows none; null allows all."""
    assert ScrapedContent(content="a", allowed_providers=()).allowed_providers == ()
    assert ScrapedContent(content="a").allowed_providers is None


def test_record_is_frozen():
    """Nobody changes a record on its way."""
    with pytest.raises(ValidationError, match="frozen"):
        ScrapedContent(content="a").content = "b"  # type: ignore[misc]
