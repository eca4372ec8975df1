"""From a provider's configuration to the sources of its keys."""

from itertools import groupby

from streams.ai.config import AIConfig, ProviderConfig
from streams.ai.keys.aws import AwsKeys
from streams.ai.keys.encrypted import PREFIX, VARIABLE, Cipher
from streams.ai.keys.entries import AWS, opened
from streams.ai.keys.files import FileKeys, read_text
from streams.ai.keys.source import KeySource, StaticKeys
from streams.clock import Clock


def prefix_of(provider: str) -> str:
    """What the names of a provider's variables begin with."""
    return "AZURE_OPENAI" if provider == "azure" else provider.upper()


def cipher_of(config: AIConfig) -> Cipher:
    """What opens `enc:` values."""
    key, file = config.secrets_encryption_key, config.secrets_encryption_key_file
    if file is not None:
        return Cipher(lambda: read_text(file, f"{VARIABLE}_FILE"))
    return Cipher(lambda: key.get_secret_value() if key else "")


def sources_of(provider: ProviderConfig, config: AIConfig, clock: Clock) -> tuple[KeySource, ...]:
    """Where the provider's keys come from; none: it has no keys. Raises KeysUnreadable, naming the variable."""
    if provider.key_source is not None:
        return (provider.key_source,)
    variable = f"{prefix_of(provider.name)}_API_KEY"
    cipher = cipher_of(config)
    if provider.api_key_file is not None:
        return (FileKeys(variable, provider.api_key_file, cipher),)
    given = provider.api_key.get_secret_value() if provider.api_key else ""
    entries = [entry.strip(" ") for entry in given.split(",") if entry.strip(" ")]
    return tuple(_source(list(alike), place, variable, cipher, clock) for place, alike in groupby(entries, _place))


def _place(entry: str) -> str:
    """Neighbours with the same one are one source."""
    if entry.startswith(AWS):
        return entry
    return " (encrypted)" if entry.startswith(PREFIX) else ""


def _source(entries: list[str], place: str, variable: str, cipher: Cipher, clock: Clock) -> KeySource:
    if place.startswith(AWS):
        return AwsKeys(variable, place, cipher, clock)
    return StaticKeys(variable + place, *(opened(entry, variable, cipher) for entry in entries))
