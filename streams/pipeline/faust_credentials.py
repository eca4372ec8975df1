"""The settings' TLS and SASL as Faust wants them. Never in the broker URL, which Faust prints."""

from typing import Any

from faust.auth import SASLCredentials, SSLCredentials

from streams.pipeline.connection import client_arguments
from streams.settings import Settings


def faust_credentials(settings: Settings) -> Any:
    """For `broker_credentials`; None for a plain connection. Raises SettingsError."""
    arguments = client_arguments(settings)
    if settings.kafka_security_protocol.startswith("SASL"):
        return SASLCredentials(
            mechanism=arguments["sasl_mechanism"],
            username=arguments["sasl_plain_username"],
            password=arguments["sasl_plain_password"],
            ssl_context=arguments["ssl_context"],
        )
    if arguments["ssl_context"] is not None:
        return SSLCredentials(context=arguments["ssl_context"])
    return None
