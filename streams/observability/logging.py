"""Logs to stderr: dotted event names with fields, one line each, for a console or as JSON.

Ours come through structlog, the libraries' through the standard library, warnings and crashes from Python itself; all
end in the same steps: fields tamed, line rendered, secrets masked.
"""

import logging
import sys
from typing import Any, Literal, TextIO, cast

import structlog

from streams.observability.crashes import redact_crashes
from streams.observability.fields import Fields
from streams.observability.redaction import Redactor
from streams.observability.repeats import Repeats
from streams.observability.unfailing import Unfailing


def configure(form: Literal["console", "json"], level: str) -> None:
    """Set up structlog and the standard library's loggers of the libraries, which speak from warning on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    redactor = Redactor()
    out = cast("TextIO", Unfailing(sys.stderr))
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(),
    ]
    last: list[Any] = [Fields(redactor, visible=form == "console"), _renderer(form), redactor]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    handler = _Handler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    handler.addFilter(_worth_telling)
    handler.addFilter(Repeats())
    logging.basicConfig(handlers=[handler], level=number, force=True)
    logging.captureWarnings(True)
    redact_crashes(redactor)


def _renderer(form: Literal["console", "json"]) -> structlog.types.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """The standard library would print the record's arguments as they are."""
        self.stream.write(f"a log record of {record.name} could not be written\n")


def _worth_telling(record: logging.LogRecord) -> bool:
    """Libraries speak from warning on. At the handler, because Faust sets its loggers' levels itself."""
    return record.levelno >= logging.WARNING or record.name.startswith("streams")
