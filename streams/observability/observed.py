"""Logs and traces of a command, as the settings say: in one place, so that no command has only one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from streams.observability import logging, tracing
from streams.settings import Settings


@contextmanager
def observed(settings: Settings) -> Iterator[None]:
    """Logs from now on; traces inside, sent when it ends. Raises SettingsError where traces cannot be made."""
    logging.configure(settings.log_format, settings.log_level)
    with tracing.traced(settings.otel_exporter_otlp_endpoint, settings.otel_service_name):
        yield
