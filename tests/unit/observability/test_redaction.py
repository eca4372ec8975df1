"""No secret survives the redactor, known or unknown, in any encoding; ordinary lines do."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.known_secrets import KnownSecrets
from streams.observability.redaction import MASK, Redactor

SECRET = 'h0rse"battery/staple+é'


def redactor(*secrets: str) -> Redactor:
    """One that knows these and nothing of other tests."""
    known = KnownSecrets()
    known.learn(*secrets)
    return Redactor(known)


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        json.dumps({"a": [SECRET]}),
        json.dumps(SECRET, ensure_ascii=False),
        repr({"a": SECRET}),
        SECRET.encode().hex(),
    ],
)
def test_a_known_secret_is_masked_in_every_form(written: str) -> None:
    """Raw, URL-encoded, inside JSON and repr, hexadecimal."""
    text = redactor(SECRET).redact(f"before {written} after")
    assert MASK in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "h0rse" not in text
    assert "staple" not in text


@given(st.binary(max_size=9), st.text(min_size=8, max_size=40), st.binary(max_size=9), st.booleans())
def test_a_known_secret_is_masked_inside_any_base64(before: bytes, secret: str, after: bytes, urlsafe: bool) -> None:
    """Whatever stands around it and in either alphabet: what is left does not tell a piece of the secret's middle."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    assert MASK in redactor(secret).redact(encode(before + secret.encode() + after).decode())


def test_a_secret_that_is_part_of_another_does_not_uncover_it() -> None:
    """The longer one first."""
    assert redactor("abcdef12", "abcdef1234567890").redact("abcdef1234567890") == MASK


def test_a_secret_learnt_later_is_masked_from_then_on() -> None:
    """Keys that were rotated in."""
    known = KnownSecrets()
    masking = Redactor(known)
    assert masking.redact("new-material") == "new-material"
    known.learn("new-material")
    assert masking.redact("new-material") == MASK


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key sk-proj-abcDEF123_456-x.", f"key {MASK}."),
        ("gsk_abcdefgh12345678 used", f"{MASK} used"),
        ("AIzaSyA-1234567890_abcdefghijklmnop", MASK),
        ("Authorization: Bearer abcdef123456", f"Authorization: {MASK}"),
        ("sent Bearer abcdef.123456-x/y= to them", f"sent Bearer {MASK} to them"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", f"{{'Authorization': '{MASK}'}}"),
        ('{"api-key": "0123456789abcdef"}', f'{{"api-key": "{MASK}"}}'),
        ("x-goog-api-key: 0123456789", f"x-goog-api-key: {MASK}"),
        ("OPENAI_API_KEY=abcdefgh", f"OPENAI_API_KEY={MASK}"),
        ("GET https://h/v1?alt=x&key=abcdefgh&b=1", f"GET https://h/v1?alt=x&key={MASK}&b=1"),
        ("redis://user:pa@ss@cache:6379/0", f"redis://user:{MASK}@cache:6379/0"),
        ("redis://:password@cache", f"redis://:{MASK}@cache"),
        ("id AKIAIOSFODNN7EXAMPLE", f"id {MASK}"),
        ("aws_secret_access_key=wJalrXUtnFEMI", f"aws_secret_access_key={MASK}"),
        ("enc:gAAAAABh1234567890-_abc==", MASK),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd==\n-----END",
            f"-----BEGIN RSA PRIVATE KEY-----{MASK}-----END",
        ),
        (r'{"body": "{\"api_key\": \"abcdefgh\"}"}', rf'{{"body": "{{\"api_key\": \"{MASK}\"}}"}}'),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, left: str) -> None:
    """Known to nobody, told by its looks; what stands around it stays."""
    assert redactor().redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "GROQ_API_KEY is not set",
        "OPENAI_API_KEY: holds a character that no key has",
        "input_tokens=120 max_tokens=300 key_id=1f2e3d4c5b6a",
        "risk-adjusted task-12345678 disk-usage",
        "2026-11-24T04:20:50.123Z [info] ai.attempt provider=groq model=openai/gpt-oss-20b",
        "no https at http://127.0.0.1:9092/a@b",
        "the key of the record: doi:10.1000/182",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    """A log that masks too much is of no use."""
    assert redactor().redact(text) == text


def test_very_short_secrets_do_not_riddle_the_log() -> None:
    """A password of five characters would be found in ordinary words; it is not searched for."""
    assert redactor("topic").redact("topics are made") == "topics are made"


def test_old_secrets_are_forgotten() -> None:
    """The memory is bounded, and a line's cost with it; one that is learnt again counts as new."""
    known = KnownSecrets(remembered=2)
    known.learn("first-one", "second-one", None, "", "first-one", "third-one")
    assert known.values() == ("first-one", "third-one")


@pytest.mark.parametrize(
    "piece",
    ["://:", "://a:@", "sk-", "authorization=", "bearer ", "token=", '"token": ', "x-a-token:", "?key=", "enc:", "a"],
)
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    """A line of 200 kB made of a pattern's beginnings is done within the suite's time limit: nothing is squared."""
    redactor(SECRET).redact(piece * (200_000 // len(piece)))
