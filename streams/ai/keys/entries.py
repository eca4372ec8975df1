"""A text that lists keys: separated by commas or line ends, each as it is or as an `enc:` value."""

from pydantic import SecretStr

from streams.ai.keys.encrypted import PREFIX, Cipher
from streams.ai.keys.material import KeysUnreadable, checked

AWS = "aws-sm:"


def listed(text: str) -> list[str]:
    """The entries of `text` without the blanks around them."""
    return [entry.strip(" \t") for line in text.splitlines() for entry in line.split(",") if entry.strip(" \t")]


def opened(entry: str, variable: str, cipher: Cipher) -> SecretStr:
    """The key that one entry holds. Raises KeysUnreadable."""
    if entry.startswith(PREFIX):
        return cipher.decrypt(entry, variable)
    if entry.startswith(AWS):
        raise KeysUnreadable(variable, f"{AWS} names a place, so it belongs into the variable itself")
    return checked(entry, variable)


def keys_in(text: str, variable: str, cipher: Cipher) -> tuple[SecretStr, ...]:
    """Every key in `text`, at least one. Raises KeysUnreadable."""
    keys = tuple(opened(entry, variable, cipher) for entry in listed(text))
    if not keys:
        raise KeysUnreadable(variable, "holds no key; put one on each line")
    return keys
