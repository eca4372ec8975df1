"""`Target`: a reader of bytes, and the exceptions that its docstring draws."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """`read` looks at any bytes and asserts what must hold of what it made of them."""

    name: str
    read: Callable[[bytes], object]
    drawn: tuple[type[Exception], ...] = ()
    """Raised for bytes that are not what they should be; every other exception is a finding."""
    largest: int = 4_096
    """Bytes that the long form makes at most."""

    def __call__(self, data: bytes) -> None:
        """Raises whatever was not drawn."""
        with contextlib.suppress(self.drawn):
            self.read(data)
