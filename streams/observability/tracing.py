"""Whether traces are made: only where a collector is named, and then with the extra `otel`."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from streams.errors import SettingsError
from streams.traces import listen

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_INSTALL = "needs OpenTelemetry; install it with: pip install 'fulltext-streams[otel]'"


@contextmanager
def traced(endpoint: str | None, service: str) -> Iterator[None]:
    """Inside, the traces of this process go to the OTLP collector at `endpoint`; None: none are made.

    Raises SettingsError when the extra is missing or the endpoint is no URL.
    """
    if endpoint is None:
        yield
        return
    if not endpoint.startswith(("http://", "https://")):
        raise SettingsError(ENDPOINT, "must be http:// or https://, e.g. http://127.0.0.1:4318")
    try:
        from streams.observability.spans import OpenTelemetryTracer, exporting
    except ImportError:
        raise SettingsError(ENDPOINT, _INSTALL) from None
    with exporting(endpoint, service, version("fulltext-streams")) as provider:
        listen(OpenTelemetryTracer(provider))
        try:
            yield
        finally:
            listen(None)
