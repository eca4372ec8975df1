"""From configuration to sources: lists, places, order, and errors that name the variable."""

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.ai import AIConfig, ProviderConfig, ProviderMisconfigured
from streams.ai.keys import Cipher, ImmediateSource, KeysUnreadable, StaticKeys
from streams.ai.keys.build import sources_of
from streams.ai.keys.encrypted import generate_key
from streams.ai.keys.formats import plausible
from streams.ai.keys.material import checked, fingerprint
from streams.ai.providers.registry import build_providers
from streams.app import ai_config
from streams.clock import ManualClock
from streams.settings import load
from tests.security.canaries import shown_in

FERNET = generate_key()
ENCRYPTED = Cipher(lambda: FERNET).encrypt(SecretStr("sk-canary-2"))


def found(provider: ProviderConfig) -> list[tuple[str, list[str]]]:
    """Label and keys of each source that is there at once."""
    config = AIConfig((provider,), secrets_encryption_key=SecretStr(FERNET))
    sources = sources_of(provider, config, ManualClock())
    return [
        (
            source.label,
            [key.get_secret_value() for key in source.read_now()] if isinstance(source, ImmediateSource) else [],
        )
        for source in sources
    ]


def test_a_variable_lists_keys_of_all_kinds_in_order() -> None:
    """Neighbours of one kind are one source."""
    given = f"sk-canary-0, sk-canary-1,{ENCRYPTED},aws-sm:prod/groq#keys,sk-canary-3,"
    assert found(ProviderConfig("groq", SecretStr(given))) == [
        ("GROQ_API_KEY", ["sk-canary-0", "sk-canary-1"]),
        ("GROQ_API_KEY (encrypted)", ["sk-canary-2"]),
        ("GROQ_API_KEY (aws-sm:prod/groq#keys)", []),
        ("GROQ_API_KEY", ["sk-canary-3"]),
    ]


def test_a_file_goes_before_the_variable_and_a_source_before_both(key_file: Callable[..., Path]) -> None:
    """A file may hold encrypted keys beside plain ones."""
    path = key_file("sk-canary-1", ENCRYPTED)
    both = ProviderConfig("azure", SecretStr("sk-canary-0"), api_key_file=path)
    assert found(both) == [(f"AZURE_OPENAI_API_KEY_FILE ({path})", ["sk-canary-1", "sk-canary-2"])]
    own = ProviderConfig("azure", api_key_file=path, key_source=StaticKeys("a vault", SecretStr("sk-canary-3")))
    assert found(own) == [("a vault", ["sk-canary-3"])]


def test_a_file_named_in_the_environment_is_read_again(
    key_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From `<NAME>_FILE` in the settings to a source that sees the file change."""
    path = key_file("sk-canary-1")
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(path))
    config = ai_config(load())
    (source,) = sources_of(config.providers[0], config, ManualClock())
    assert isinstance(source, ImmediateSource)
    assert [key.get_secret_value() for key in source.read_now()] == ["sk-canary-1"]
    assert not source.changed()
    key_file("sk-canary-1", "sk-canary-2")
    assert source.changed()
    assert len(source.read_now()) == 2


def test_a_pipe_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell's `<(...)` gives its content to the settings and nothing to a second reader."""
    reading, writing = os.pipe()
    os.write(writing, b"sk-canary-1\n")
    os.close(writing)
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.setenv("GROQ_API_KEY_FILE", f"/dev/fd/{reading}")
    config = ai_config(load())
    os.close(reading)
    assert found(config.providers[0]) == [("GROQ_API_KEY", ["sk-canary-1"])]


def test_a_file_s_path_survives_another_process(key_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are given to process pools; the secret's own repr hides it there too."""
    path = key_file("sk-canary-1")
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(path))
    settings = pickle.loads(pickle.dumps(load()))  # noqa: S301 - made right here
    assert ai_config(settings).providers[0].api_key_file == path
    assert shown_in(repr(settings)) is None


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("sk-canary- 1", "OPENAI_API_KEY: holds a character"),
        ("sk-1,sk-canary-\n", "OPENAI_API_KEY: holds a character"),
        ("sk-canary-é", "OPENAI_API_KEY: holds a character"),
        ("enc:canary-", "OPENAI_API_KEY: SECRETS_ENCRYPTION_KEY does not open"),
        ("aws-sm:", "OPENAI_API_KEY: aws-sm: needs the id of a secret"),
        ("aws-sm:#canary-", "OPENAI_API_KEY: aws-sm: needs the id of a secret"),
    ],
    ids=["blank", "line end", "accent", "no token", "no id", "no id but a field"],
)
def test_bad_keys_stop_the_start_by_name(key: str, problem: str) -> None:
    """The provider's configuration cannot work: the variable, never the value."""
    config = AIConfig((ProviderConfig("openai", SecretStr(key)),), secrets_encryption_key=SecretStr(FERNET))
    with pytest.raises(ProviderMisconfigured, match=problem) as caught:
        build_providers(config, ManualClock())
    assert shown_in(str(caught.value)) is None


def test_without_the_extra_aws_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, not at the first question."""
    monkeypatch.setitem(sys.modules, "aiobotocore.session", None)
    with pytest.raises(KeysUnreadable, match=r"^GROQ_API_KEY: .*pip install 'fulltext-streams\[aws\]'"):
        found(ProviderConfig("groq", SecretStr("aws-sm:x")))


def test_no_representation_shows_a_key(key_file: Callable[..., Path]) -> None:
    """Neither repr nor str of configuration, sources, ring and provider."""
    config = AIConfig(
        (
            ProviderConfig("groq", SecretStr("sk-canary-1")),
            ProviderConfig("openai", api_key_file=key_file("sk-canary-2")),
        ),
        secrets_encryption_key=SecretStr(FERNET),
    )
    providers = build_providers(config, ManualClock())
    parts = [config, *providers, *(provider._setup for provider in providers)]
    parts += [source for provider in config.providers for source in sources_of(provider, config, ManualClock())]
    parts += [vars(provider._setup.keys) for provider in providers]
    assert [shown_in(f"{part!r} {part}") for part in parts] == [None] * len(parts)


@given(st.text(min_size=1, max_size=60))
def test_a_key_is_taken_only_if_a_header_can_carry_it(text: str) -> None:
    """Printable ASCII without blanks passes unchanged; anything else is refused without being shown."""
    if all("!" <= character <= "~" for character in text):
        assert checked(text, "X").get_secret_value() == text
    else:
        with pytest.raises(KeysUnreadable, match=r"^X: holds a character"):
            checked(text, "X")


@pytest.mark.parametrize(
    ("provider", "good", "bad"),
    [
        ("groq", "gsk_" + "a1" * 26, "sk-" + "a1" * 20),
        ("gemini", "AIza" + "a-_1x" * 7, "AIza"),
        ("azure", "0123456789abcdef" * 2, "0123"),
        ("openai", "sk-proj-" + "a1_-" * 10, "gsk_" + "a1" * 26),
    ],
)
def test_formats_are_told_apart(provider: str, good: str, bad: str) -> None:
    """A key of another vendor, or half a key, is unlike; of kinds whose keys we do not know all are taken."""
    assert plausible(provider, SecretStr(good))
    assert not plausible(provider, SecretStr(bad))
    assert plausible("compatible", SecretStr(bad))


def test_a_fingerprint_is_the_same_everywhere() -> None:
    """So that two machines can be compared: it is pinned here."""
    assert fingerprint(SecretStr("sk-1")) == "fee71cb5"
    assert fingerprint(SecretStr("sk-2")) != fingerprint(SecretStr("sk-1"))
