"""Who may ask: the Host header first, then the token.

On loopback any page that a browser of this machine shows can send requests here, and one whose name is made to point
at 127.0.0.1 (DNS rebinding) can read the answers: so only names of this machine are answered. Elsewhere the token is
the guard, and the names under which we are reached are not ours to know.
"""

import hmac
import re
from dataclasses import dataclass

from pydantic import SecretStr

from streams.web.listen import is_loopback
from streams.web.problems import Problem

OPEN_PATHS = frozenset({"/livez"})
"""Answered without a token: whoever restarts dead workers need not know it, and it tells nothing."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Access:
    """The rule for one address. `host`: where we listen; `token` None: none is asked for."""

    host: str
    token: SecretStr | None = None

    def check(self, path: str, host: str | None, authorization: str | None) -> None:
        """Raises Problem 421 (not by this name) and 401 (no token, or another one)."""
        if is_loopback(self.host) and not _names_this_machine(host):
            raise Problem(421, "this name is not served here", "ask for localhost or 127.0.0.1")
        if path not in OPEN_PATHS and not self._holds_token(authorization):
            raise Problem(
                401, "not authorised", "send the header Authorization: Bearer <token>", {"WWW-Authenticate": "Bearer"}
            )

    def _holds_token(self, authorization: str | None) -> bool:
        if self.token is None:
            return True
        scheme, _, given = (authorization or "").partition(" ")
        # headers may hold any bytes, which aiohttp gives as surrogates
        same = hmac.compare_digest(
            given.strip().encode("utf-8", "surrogateescape"), self.token.get_secret_value().encode()
        )
        return same and scheme.lower() == "bearer"


def _names_this_machine(host: str | None) -> bool:
    match = _HOST.fullmatch(host or "")
    return match is not None and is_loopback(match[1])
