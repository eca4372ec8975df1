"""What keys look like as the vendors issue them. Only a hint: a gateway in front of a vendor has keys of its own."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import SecretStr

_FORMATS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "groq": re.compile(r"gsk_[A-Za-z0-9]{40,}"),
        "gemini": re.compile(r"AIza[\w-]{35}|AQ\.[\w.-]{20,}"),
        "azure": re.compile(r"[0-9a-f]{32}|[A-Za-z0-9]{84}"),
        "openai": re.compile(r"sk-[\w-]{20,}"),
    }
)


def plausible(provider: str, key: SecretStr) -> bool:
    """Might this be a key of that provider? Always, where we do not know what they look like."""
    known = _FORMATS.get(provider)
    return known is None or known.fullmatch(key.get_secret_value()) is not None
