"""The secrets that this process has read: whoever reads one says so here, and the logs never show it.

One for the whole process, as logging is. It is the second line of defence: the first one is not to log secrets at all.
"""

from threading import Lock

from pydantic import SecretStr

REMEMBERED = 256
"""The newest so many; older ones are keys that were rotated away long ago."""


class KnownSecrets:
    """Values in the order in which they were last learnt."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._values: dict[str, None] = {}
        self._lock = Lock()
        self.version = 0
        """Grows with each value that is new."""

    def learn(self, *secrets: SecretStr | str | None) -> None:
        """Remember these; None and empty ones are passed over. From any thread."""
        with self._lock:
            for secret in secrets:
                value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
                if not value:
                    continue
                self.version += value not in self._values
                self._values.pop(value, None)
                self._values[value] = None
                if len(self._values) > self._remembered:
                    del self._values[next(iter(self._values))]

    def values(self) -> tuple[str, ...]:
        """All that are remembered."""
        with self._lock:
            return tuple(self._values)


KNOWN = KnownSecrets()
learn = KNOWN.learn
