"""A worker's usage tables from the settings."""

from collections.abc import Container

from streams.ai.pricing import PriceBook
from streams.clock import Clock
from streams.pipeline.connection import client_arguments
from streams.pipeline.usage.list_price import ListPrices
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.tables import UsageTables
from streams.pipeline.usage.term import Work
from streams.settings import Settings


def usage_tables(settings: Settings, clock: Clock, providers: Container[str]) -> UsageTables:
    """The tables, not started. `providers`: all that there may be. Raises SettingsError."""
    names, prices = UsageNames.of(settings), ListPrices(PriceBook.load())
    work = Work(client_arguments(settings), names, clock, providers, prices)
    return UsageTables(work, session_seconds=settings.kafka_session_timeout_seconds)
