"""Where keys come from. Any class with these members can be a source."""

from typing import Protocol, runtime_checkable

from pydantic import SecretStr


class KeySource(Protocol):
    """Some keys of one provider, in order of use."""

    @property
    def label(self) -> str:
        """Names the place for people, e.g. `GROQ_API_KEY_FILE (/run/secrets/groq)`; never with a key in it."""
        ...

    def changed(self) -> bool:
        """Is reading again worth it? Asked about once a second, so it must be cheap: it never waits for a network."""
        ...

    async def read(self) -> tuple[SecretStr, ...]:
        """The keys as they are now. Raises KeysUnreadable; the ring then goes on with those of the last good read."""
        ...


@runtime_checkable
class ImmediateSource(Protocol):
    """A source that need not be waited for: its keys are there from the start."""

    def read_now(self) -> tuple[SecretStr, ...]:
        """The keys as they are now. Raises KeysUnreadable."""
        ...


class StaticKeys:
    """Keys that never change."""

    def __init__(self, label: str, *keys: SecretStr) -> None:
        self.label = label
        self._keys = keys

    def changed(self) -> bool:
        """Never."""
        return False

    def read_now(self) -> tuple[SecretStr, ...]:
        """Always the same."""
        return self._keys

    async def read(self) -> tuple[SecretStr, ...]:
        """Always the same."""
        return self._keys
