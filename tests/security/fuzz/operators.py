"""What settings and files hold: keys, `enc:` values, budgets, addresses."""

import zlib
from contextlib import suppress

from cryptography.fernet import Fernet

from streams.ai.budget.amounts import BudgetLimits
from streams.ai.budget.grants import Grant
from streams.ai.endpoints import checked_base_url
from streams.ai.errors import ProviderMisconfigured
from streams.ai.keys.encrypted import PREFIX, Cipher
from streams.ai.keys.entries import keys_in
from streams.ai.keys.material import KeysUnreadable
from streams.errors import SettingsError
from tests.security.fuzz.target import Target

_CIPHER = Cipher(Fernet.generate_key().decode)
_VARIABLE = "GROQ_API_KEY_FILE"


def _keys(data: bytes) -> None:
    """As a key file holds them, after its bytes were found to be UTF-8."""
    keys = keys_in(data.decode("utf-8", "replace"), _VARIABLE, _CIPHER)
    assert keys
    assert all(key.get_secret_value().isascii() and key.get_secret_value().isprintable() for key in keys)


def _encrypted(data: bytes) -> None:
    _CIPHER.decrypt(PREFIX + data.decode("utf-8", "replace"), _VARIABLE)


def _encryption_key(data: bytes) -> None:
    Cipher(lambda: data.decode("utf-8", "replace")).decrypt(f"{PREFIX}gAAAAABh", _VARIABLE)


def _budgets(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    limits = BudgetLimits.parse(text, None, text.partition(":")[2] or None, ("groq", "gemini"))
    assert all(0 <= amount < 10**18 for amount in (*limits.daily.values(), limits.user_daily or 0))


def _address(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert checked_base_url("groq", text, allow_private=False).lower().startswith("https://")


def _journal(data: bytes) -> None:
    """As it stands, and with a checksum that fits."""
    for line in (data, b"%08x %s" % (zlib.crc32(data), data)):
        with suppress(ValueError):
            grant = Grant.decode(line)
            assert Grant.decode(grant.encode().rstrip(b"\n")) == grant


TARGETS = (
    Target("keys", _keys, (KeysUnreadable,)),
    Target("encrypted", _encrypted, (KeysUnreadable,)),
    Target("encryption_key", _encryption_key, (KeysUnreadable,)),
    Target("budgets", _budgets, (SettingsError,)),
    Target("address", _address, (ProviderMisconfigured,)),
    Target("journal", _journal),
)
