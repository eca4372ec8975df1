"""The address: loopback unless a token guards it, and workers on one machine never collide.

The socket listens before the worker does anything else: whoever comes next sees that the port is taken.
"""

import errno
import socket
from ipaddress import ip_address

from streams.errors import SettingsError, UserError
from streams.logs import get_logger
from streams.settings import Settings

logger = get_logger(__name__)

PORTS_TRIED = 100
"""From the default port on."""
_BACKLOG = 128


class PortTaken(UserError):
    """Somebody else listens where we were told to."""

    def __init__(self, host: str, port: int, last: int) -> None:
        ports = f"port {port}" if port == last else f"every port from {port} to {last}"
        super().__init__(f"{ports} of {host} is taken; set WEB_PORT to another one, or to 0 for any free one")


def socket_of(settings: Settings) -> socket.socket:
    """Where the pages will be served; it listens at once. Raises SettingsError and PortTaken."""
    check(settings.web_host, guarded=settings.web_token is not None)
    return open_socket(settings.web_host, settings.web_port, fixed="web_port" in settings.model_fields_set)


def is_loopback(host: str) -> bool:
    """Does `host` (a name or an address, IPv6 with or without brackets) stand for this machine alone?"""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check(host: str, *, guarded: bool) -> None:
    """Raises SettingsError where strangers could ask. `guarded`: there is a token."""
    if not guarded and not is_loopback(host):
        raise SettingsError("WEB_TOKEN", f"must be set where WEB_HOST ({host}) is not this machine alone")


def open_socket(host: str, port: int, *, fixed: bool) -> socket.socket:
    """A listening socket; `port` 0: any free one. `fixed` False: the next free one where `port` is taken.

    Raises PortTaken, and SettingsError for a host or port that this machine does not have.
    """
    last = port if fixed or port == 0 else min(port + PORTS_TRIED - 1, 65_535)
    for candidate in range(port, last + 1):
        opened = _listen(host, candidate)
        if opened is not None:
            if port not in (0, candidate):
                logger.info("web.port_taken", port=port, instead=candidate)
            return opened
    raise PortTaken(host, port, last)


def url_of(opened: socket.socket) -> str:
    """Where a browser finds it."""
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _listen(host: str, port: int) -> socket.socket | None:
    """None: the port is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise SettingsError("WEB_HOST", f"{host!r} is no address of this machine") from None
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a restart need not wait for TIME_WAIT to end
        opened.bind(address)
        opened.listen(_BACKLOG)
        opened.setblocking(False)
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            return None
        if error.errno == errno.EACCES:
            raise SettingsError("WEB_PORT", f"{port} may not be used by this user; take one above 1023") from None
        raise SettingsError("WEB_HOST", f"{host!r} is no address of this machine ({error.strerror})") from None
    return opened
