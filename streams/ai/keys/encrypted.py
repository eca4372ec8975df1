"""Keys as `enc:<token>`: safe to keep where the key that opens them is not.

Fernet (https://github.com/fernet/spec): AES-128-CBC with HMAC-SHA256 under 32 bytes in URL-safe base64. Of several
encryption keys the first encrypts and all decrypt, so a new one can be put in front before values are rotated to it.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import SecretStr

from streams.ai.keys.material import KeysUnreadable, checked

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

PREFIX = "enc:"
VARIABLE = "SECRETS_ENCRYPTION_KEY"


class Cipher:
    """Encrypts and decrypts values. `load` gives the encryption keys, separated by commas or line ends.

    They are asked for when first needed, and again when they cannot open a value: a file of theirs may have changed.
    """

    def __init__(self, load: Callable[[], str]) -> None:
        self._load = load
        self._fernet: MultiFernet | None = None

    def encrypt(self, key: SecretStr) -> str:
        """`key` as `enc:<token>` under the first encryption key. Raises KeysUnreadable."""
        return PREFIX + self._keys().encrypt(key.get_secret_value().encode()).decode()

    def decrypt(self, value: str, variable: str) -> SecretStr:
        """The key inside an `enc:` value that `variable` holds. Raises KeysUnreadable."""
        return checked(self._opened(value, variable, lambda keys, token: keys.decrypt(token)), variable)

    def rotate(self, value: str, variable: str) -> str:
        """The same key under the first encryption key. Raises KeysUnreadable."""
        return PREFIX + self._opened(value, variable, lambda keys, token: keys.rotate(token))

    def _opened(self, value: str, variable: str, use: Callable[["MultiFernet", bytes], bytes]) -> str:
        token = value.removeprefix(PREFIX).encode()
        keys = self._keys()
        from cryptography.fernet import InvalidToken

        with suppress(InvalidToken, UnicodeDecodeError):
            return use(keys, token).decode()
        self._fernet = _fernet(self._load())
        with suppress(InvalidToken, UnicodeDecodeError):
            return use(self._fernet, token).decode()
        raise KeysUnreadable(variable, f"{VARIABLE} does not open an {PREFIX} value; add the key that encrypted it")

    def _keys(self) -> "MultiFernet":
        if self._fernet is None:
            self._fernet = _fernet(self._load())
        return self._fernet


def generate_key() -> str:
    """A new encryption key. Raises KeysUnreadable without the extra `encrypted`."""
    _require()
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def _fernet(text: str) -> "MultiFernet":
    _require()
    from cryptography.fernet import Fernet, MultiFernet

    keys = text.replace(",", "\n").split()
    if not keys:
        raise KeysUnreadable(VARIABLE, f"is not set, and {PREFIX} values need it; see `fulltext secrets generate-key`")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise KeysUnreadable(
            VARIABLE, "holds something that is no Fernet key; make one with `fulltext secrets generate-key`"
        ) from None


def _require() -> None:
    try:
        import cryptography.fernet  # noqa: F401
    except ImportError:
        raise KeysUnreadable(VARIABLE, "needs an extra: pip install 'fulltext-streams[encrypted]'") from None
