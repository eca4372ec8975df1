"""Free loopback ports, and ports that stay ours while nothing listens on them."""

import random
import socket
import sys

_LOW, _HIGH = 20_000, 32_000
"""Below the range from which systems pick the local end of an outgoing connection. Inside it, a client that keeps
trying the port of a broker that is down may be given that very port, connect to itself and block the restart."""
_TRIES = 200
_HOST = "127.0.0.1"


def free_ports(count: int, rng: random.Random | None = None) -> tuple[int, ...]:
    """As many different ports that nobody has. Another process may still take one first. Raises OSError."""
    rng = rng or random.SystemRandom()
    found: dict[int, None] = {}
    for _ in range(_TRIES):
        port = rng.randrange(_LOW, _HIGH)
        if _is_free(port):
            found[port] = None
        if len(found) == count:
            return tuple(found)
    raise OSError(f"no free port on {_HOST}")


def free_port() -> int:
    """One of them."""
    return free_ports(1)[0]


class Hold:
    """Keeps `free_ports` of other processes away from ports whose server starts slowly, or is down for a while.

    The ports are bound, not listened on: a client is refused, and a server that sets SO_REUSEADDR (Java's do) may
    listen. Linux only: elsewhere a bound port is closed to the server too, and nothing is held. A port that somebody
    has already is not held either: the server itself says so.
    """

    def __init__(self, *ports: int) -> None:
        self._sockets = [held for port in ports if (held := _bound(port))] if sys.platform == "linux" else []
        for held in self._sockets:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # after bind: it had to be nobody's

    def release(self) -> None:
        """Anybody may have them."""
        for held in self._sockets:
            held.close()


def _is_free(port: int) -> bool:
    probe = _bound(port)
    if probe:
        probe.close()
    return probe is not None


def _bound(port: int) -> socket.socket | None:
    """A socket that has the port alone; None when somebody listens there or holds it."""
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        one.bind((_HOST, port))
    except OSError:
        one.close()
        return None
    return one
