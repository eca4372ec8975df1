"""The emulator's admin side, from within a side's process."""

import json
from typing import Any
from urllib.request import Request, urlopen


class Desk:
    """Blocks: used outside of what is timed."""

    def __init__(self, root: str) -> None:
        self._root = root

    def script(self, **fault: Any) -> None:
        """Put a fault in force at the first provider."""
        self._call("PUT", "/_admin/faults/groq", fault)

    def mend(self) -> None:
        """End all faults."""
        self._call("DELETE", "/_admin/faults/all")

    def first_hits(self) -> int:
        """Requests that the first provider has received."""
        return int(self._call("GET", "/_admin/stats")["groq"]["received"])

    def first_cost(self) -> int:
        """Nano-USD on the bill of the first provider."""
        return int(self._call("GET", "/_admin/stats")["groq"]["cost_nano_usd"])

    def hits(self) -> int:
        """Requests that any provider has received."""
        return sum(int(stats["received"]) for stats in self._call("GET", "/_admin/stats").values())

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self._root + path, data, method=method), timeout=10) as answer:  # noqa: S310 - http
            return json.loads(answer.read())
