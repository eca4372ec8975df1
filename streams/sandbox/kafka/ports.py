"""Free loopback ports."""

import random
import socket

_LOW, _HIGH = 20_000, 32_000
"""Below the range from which systems pick the local end of an outgoing connection. Inside it, a client that keeps
trying the port of a broker that is down may be given that very port, connect to itself and block the restart."""
_TRIES = 200


def is_free(port: int) -> bool:
    """True when nothing listens on 127.0.0.1:`port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(rng: random.Random | None = None) -> int:
    """A port on which nothing listens. Another process may still take it first. Raises OSError when none is left."""
    rng = rng or random.SystemRandom()
    for _ in range(_TRIES):
        port = rng.randrange(_LOW, _HIGH)
        if is_free(port):
            return port
    raise OSError("no free port on 127.0.0.1")
