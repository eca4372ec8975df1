"""`enc:` values: opened by any encryption key, made under the first, and never a secret in an error."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.ai.keys import Cipher, KeysUnreadable
from streams.ai.keys.encrypted import generate_key
from streams.ai.keys.files import FileKeys, read_text
from tests.security.canaries import shown_in

KEY = SecretStr("sk-canary-1")
OLD, NEW = generate_key(), generate_key()


def cipher(*keys: str) -> Cipher:
    """One with these encryption keys."""
    return Cipher(lambda: ",".join(keys))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=300))
def test_what_is_encrypted_is_decrypted(key: str) -> None:
    """Any key comes back as it was, and its `enc:` value can stand in a list."""
    value = cipher(OLD).encrypt(SecretStr(key))
    assert value.startswith("enc:")
    assert not set(value) & set(", \n")
    assert cipher(OLD).decrypt(value, "X").get_secret_value() == key


def test_rotation() -> None:
    """The new key in front: old values open, rotated ones need the old key no more, and a second go changes nothing."""
    value = cipher(OLD).encrypt(KEY)
    assert cipher(NEW, OLD).decrypt(value, "X") == KEY
    rotated = cipher(NEW, OLD).rotate(value, "X")
    assert cipher(NEW).decrypt(cipher(NEW, OLD).rotate(rotated, "X"), "X") == KEY
    with pytest.raises(KeysUnreadable, match="does not open"):
        cipher(OLD).decrypt(rotated, "X")


@pytest.mark.parametrize(
    "value",
    ["enc:", "enc:abc", "enc:é", "enc:sk-canary-1", f"enc:{OLD}"],
    ids=["empty", "short", "accent", "key", "other"],
)
def test_what_is_no_value_is_refused(value: str) -> None:
    """Without showing it: somebody may have put a key there as it is."""
    with pytest.raises(
        KeysUnreadable, match=r"^GROQ_API_KEY: SECRETS_ENCRYPTION_KEY does not open an enc: value"
    ) as caught:
        cipher(OLD).decrypt(value, "GROQ_API_KEY")
    assert shown_in(str(caught.value)) is None


@pytest.mark.parametrize(
    ("keys", "problem"), [((), "is not set"), ((OLD, "canary-key"), "no Fernet key"), (("é" * 44,), "no Fernet key")]
)
def test_bad_encryption_keys_are_told_without_them(keys: tuple[str, ...], problem: str) -> None:
    """None at all, or one that is none: the variable and what to do."""
    with pytest.raises(KeysUnreadable, match=f"^SECRETS_ENCRYPTION_KEY.*{problem}.*generate-key") as caught:
        cipher(*keys).encrypt(KEY)
    assert shown_in(str(caught.value)) is None


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """For making a key and for using one."""
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    for use in (generate_key, lambda: cipher(OLD).encrypt(KEY)):
        with pytest.raises(KeysUnreadable, match=r"pip install 'fulltext-streams\[encrypted\]'"):
            use()


def test_a_decrypted_key_is_checked_too() -> None:
    """A line end inside would break the request's headers."""
    with pytest.raises(KeysUnreadable, match="holds a character"):
        cipher(OLD).decrypt(cipher(OLD).encrypt(SecretStr("a\nb")), "X")


def test_a_new_encryption_key_in_the_file_is_found(key_file: Callable[..., Path], tmp_path: Path) -> None:
    """Values under a key that was added later open without a restart; a spoilt file loses none of the known ones."""
    keyring = tmp_path / "encryption"
    keyring.write_text(OLD, encoding="utf-8")
    both = Cipher(lambda: read_text(keyring, "SECRETS_ENCRYPTION_KEY_FILE"))
    value = cipher(OLD).encrypt(KEY)
    keys = FileKeys("GROQ_API_KEY", key_file(value), both)
    assert keys.read_now() == (KEY,)
    keyring.write_text(f"{NEW}\n{OLD}\n", encoding="utf-8")
    key_file(value, cipher(NEW).encrypt(SecretStr("sk-canary-2")))
    assert [key.get_secret_value() for key in keys.read_now()] == ["sk-canary-1", "sk-canary-2"]
    keyring.unlink()
    with pytest.raises(KeysUnreadable, match="SECRETS_ENCRYPTION_KEY_FILE: cannot read"):
        both.decrypt(cipher(generate_key()).encrypt(KEY), "X")
    assert both.decrypt(value, "X") == KEY
