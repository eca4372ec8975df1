"""What a key looks like, and how it is told from another without being shown."""

import secrets
from hashlib import blake2b

from pydantic import SecretStr

from streams.errors import SettingsError
from streams.known_secrets import learn

_SALT = secrets.token_bytes(16)


class KeysUnreadable(SettingsError):
    """Keys cannot be had from where a variable says. The message never holds one."""


def checked(key: str, variable: str) -> SecretStr:
    """`key` as a secret. Raises KeysUnreadable for what no header can carry."""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise KeysUnreadable(variable, "holds a character that no key has; look for blanks, quotes and line ends")
    learn(key)
    return SecretStr(key)


def key_id(key: SecretStr) -> str:
    """The same for the same key as long as this process lives, and worthless outside of it."""
    return blake2b(key.get_secret_value().encode(), key=_SALT, digest_size=6).hexdigest()


def fingerprint(key: SecretStr) -> str:
    """The same for the same key everywhere, to compare two machines; 32 bits, far too few to find the key by."""
    return blake2b(key.get_secret_value().encode(), person=b"fulltext-key", digest_size=4).hexdigest()
