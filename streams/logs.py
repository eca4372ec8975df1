"""Loggers for every module: structlog's, and silent until somebody sets logging up, as a library's should be.

structlog that nobody has configured prints to stdout, which belongs to the program. So until `structlog.configure` is
called, our lines go to the standard library's loggers named `streams...`, where a NullHandler keeps them quiet and a
program that uses `logging` alone can hear them; from then on they go where structlog's configuration says.
"""

import logging
from typing import Any

import structlog

logging.getLogger("streams").addHandler(logging.NullHandler())


def get_logger(name: str) -> Any:
    """A structlog logger. Events are dotted names with fields: never a secret, a prompt or a text of others."""
    return structlog.wrap_logger(_Outlet(name))


class _Outlet:
    """The logger at the end of structlog's chain, chosen anew for each line."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        make = structlog.get_config()["logger_factory"] if structlog.is_configured() else logging.getLogger
        return getattr(make(self._name), method)
