"""How every Kafka client of this project connects: PLAINTEXT, TLS or SASL from the settings, and errors for people."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol, TypeVar

from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context

from streams.errors import KafkaUnavailable, SettingsError
from streams.settings import Settings

CONNECT_SECONDS = 15.0
_CLOSE_SECONDS = 5.0


class _Client(Protocol):
    """An aiokafka client; the admin client says `close` where the others say `stop`."""

    async def start(self) -> None: ...


C = TypeVar("C", bound=_Client)


class _Hidden(str):
    """A password whose repr, and so the repr of the arguments around it, shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def bootstrap_servers(settings: Settings) -> str:
    """host:port[,host:port]. Raises SettingsError when no broker is named."""
    if not settings.kafka_bootstrap_servers:
        raise SettingsError(
            "KAFKA_BOOTSTRAP_SERVERS",
            "is not set; run `fulltext kafka` and set the line that it prints, or name your own broker",
        )
    return settings.kafka_bootstrap_servers


def client_arguments(settings: Settings) -> dict[str, Any]:
    """Keyword arguments for AIOKafkaConsumer, AIOKafkaProducer and AIOKafkaAdminClient alike.

    Raises SettingsError when the broker, a certificate or a credential is missing.
    """
    arguments: dict[str, Any] = {
        "bootstrap_servers": bootstrap_servers(settings),
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": tls_context(settings),
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        if not settings.kafka_sasl_username or settings.kafka_sasl_password is None:
            name = "KAFKA_SASL_USERNAME" if not settings.kafka_sasl_username else "KAFKA_SASL_PASSWORD"
            raise SettingsError(name, f"is needed for KAFKA_SECURITY_PROTOCOL={settings.kafka_security_protocol}")
        arguments |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": _Hidden(settings.kafka_sasl_password.get_secret_value()),
        }
    return arguments


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context, host names checked; None for protocols without TLS. Raises SettingsError."""
    if not settings.kafka_security_protocol.endswith("SSL"):
        return None
    if settings.kafka_ssl_keyfile and not settings.kafka_ssl_certfile:
        raise SettingsError("KAFKA_SSL_CERTFILE", "is needed beside KAFKA_SSL_KEYFILE")
    for name in ("kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile"):
        path = getattr(settings, name)
        if path and not path.is_file():
            raise SettingsError(name.upper(), f"there is no file {path}")
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=settings.kafka_ssl_cafile, certfile=settings.kafka_ssl_certfile, keyfile=settings.kafka_ssl_keyfile
        )
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise SettingsError(
            "KAFKA_SSL_CAFILE, KAFKA_SSL_CERTFILE or KAFKA_SSL_KEYFILE", f"unusable ({reason})"
        ) from None
    return context


@asynccontextmanager
async def connected(client: C, settings: Settings, seconds: float = CONNECT_SECONDS) -> AsyncIterator[C]:
    """Start a client, hand it out, close it; each within a bound, because aiokafka has none.

    Raises KafkaUnavailable when the start takes more than `seconds` or Kafka fails, also later in the block.
    """
    close = getattr(client, "stop", None) or client.close  # type: ignore[attr-defined]
    with last_word() as word:
        try:
            try:
                async with asyncio.timeout(seconds):
                    await client.start()
            except TimeoutError:
                raise _unavailable(settings, word, f"no answer in {seconds:g} s") from None
            yield client
        except KafkaError as error:
            raise _unavailable(settings, word, _name(error)) from None
        finally:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await close()


class LastWord(logging.Handler):
    """Keeps the last complaint of the Kafka client, which knows more than the error that it raises."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Remember one line."""
        self.text = record.getMessage().splitlines()[0]


@contextmanager
def last_word() -> Iterator[LastWord]:
    """Listen to aiokafka's log; where no logging is set up, nothing of it reaches the terminal."""
    logger = logging.getLogger("aiokafka")
    handler = LastWord()
    logger.addHandler(handler)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)


def _unavailable(settings: Settings, word: LastWord, otherwise: str) -> KafkaUnavailable:
    # aiokafka says where first, and what went wrong after a colon
    return KafkaUnavailable(bootstrap_servers(settings), word.text.split('": ')[-1].rstrip(".") or otherwise)


def _name(error: KafkaError) -> str:
    return type(error).__name__.removesuffix("Error")
