"""Logs to stderr: dotted event names with fields, one line each, for a console or as JSON."""

import logging
import sys
from typing import Literal

import structlog

_CHATTY = ("aiokafka", "faust", "httpcore", "httpx", "mode", "asyncio")


def configure(form: Literal["console", "json"], level: str) -> None:
    """Set up structlog and the standard library's loggers of the libraries, which speak from warning on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(),
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    handler.addFilter(_worth_telling)
    logging.basicConfig(handlers=[handler], level=number, force=True)


def _worth_telling(record: logging.LogRecord) -> bool:
    """Libraries speak from warning on. At the handler, because Faust sets its loggers' levels itself."""
    return record.levelno >= logging.WARNING or not record.name.startswith(_CHATTY)
