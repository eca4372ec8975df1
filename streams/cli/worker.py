"""`fulltext worker`: verify records from Kafka until told to stop."""

import asyncio
import gc
import os
import signal
import sys

import click

from streams import settings as settings_module


@click.command("worker")
def command() -> None:
    """Verify records from `scraped-content` until SIGTERM or Ctrl-C.

    \b
    Example:  KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 GROQ_API_KEY=... fulltext worker
    """
    signal.signal(signal.SIGTERM, _stop_at_once)
    from streams.app import ai_config, build_app
    from streams.errors import UserError
    from streams.observability.observed import observed
    from streams.observability.redaction import Redactor
    from streams.pipeline.faust_app import run
    from streams.web.listen import socket_of, url_of

    settings = settings_module.load()
    with observed(settings):
        ai_config(settings)
        with socket_of(settings) as listening:
            asyncio.run(_look_first(settings))
            app = build_app(settings, listening=listening)
            click.echo(f"live page: {url_of(listening)}")
            _calm_collector()
            code = run(app)
    fault = app.verifier.fault
    if isinstance(fault, UserError):
        raise fault
    if fault is not None:
        click.echo(Redactor().redact(f"fulltext: the worker ended: {type(fault).__name__}: {fault}"), err=True)
        code = code or 1
    sys.exit(code)


def _stop_at_once(*_: object) -> None:
    """Nothing is in flight yet, so nothing is unwound: a thread in the middle of an import would be waited for.

    The handlers that drain are Faust's, and take this one's place when it starts.
    """
    os._exit(0)


def _calm_collector() -> None:
    """A record makes many short-lived objects and hardly a cycle: collect rarely, and never what the start made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _look_first(settings: settings_module.Settings) -> None:
    """Whatever would end the worker at once is said in one sentence before it starts."""
    from streams.app import budget_limits, service_asker
    from streams.pipeline.topics import ensure_topics

    budget_limits(settings)
    await ensure_topics(settings)
    await service_asker(settings).aclose()
