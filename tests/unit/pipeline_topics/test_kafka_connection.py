"""Connecting to other people's Kafka, and to none."""

import asyncio
import contextlib

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from streams.errors import KafkaUnavailable, SettingsError
from streams.pipeline.connection import client_arguments, connected
from streams.pipeline.topics import ensure_topics
from streams.sandbox.kafka import free_port
from streams.settings import load

SASL = {
    "kafka_bootstrap_servers": "broker:9093",
    "kafka_security_protocol": "SASL_SSL",
    "kafka_sasl_username": "alice",
    "kafka_sasl_password": "s3cret-word",
}


@pytest.fixture
async def silent_port():
    """A server that takes connections and never says a word."""
    held = []

    async def hold(_reader, writer):
        held.append(writer)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for writer in held:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    await server.wait_closed()


def test_without_a_broker_the_setting_is_named():
    """An unset address is one sentence with the command that helps, exit code 2."""
    with pytest.raises(SettingsError, match=r"KAFKA_BOOTSTRAP_SERVERS: .*fulltext kafka") as caught:
        client_arguments(load(kafka_bootstrap_servers=None))
    assert caught.value.exit_code == 2


async def test_all_three_clients_take_the_arguments():
    """One function serves consumer, producer and admin client, SASL over TLS included."""
    arguments = client_arguments(load(**SASL))
    AIOKafkaAdminClient(**arguments)
    await AIOKafkaProducer(**arguments).stop()
    await AIOKafkaConsumer(**arguments).stop()
    assert arguments["sasl_mechanism"] == "SCRAM-SHA-512"
    assert arguments["sasl_plain_password"] == "s3cret-word"


def test_the_password_is_not_in_the_repr():
    """Arguments may end in a log or traceback; the password does not."""
    assert "s3cret-word" not in repr(client_arguments(load(**SASL)))


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"kafka_sasl_username": None}, "KAFKA_SASL_USERNAME"),
        ({"kafka_sasl_password": None}, "KAFKA_SASL_PASSWORD"),
        ({"kafka_ssl_cafile": "nowhere.pem"}, "KAFKA_SSL_CAFILE"),
        ({"kafka_ssl_keyfile": "nowhere.pem"}, "KAFKA_SSL_CERTFILE"),
    ],
)
def test_what_is_missing_is_named(change, setting):
    """Each missing credential or file is named by its variable."""
    with pytest.raises(SettingsError, match=setting):
        client_arguments(load(**SASL | change))


def test_a_file_that_is_no_certificate_is_refused(tmp_path):
    """A CA file without a certificate is a setting's error, not a traceback of the TLS library."""
    path = tmp_path / "ca.pem"
    path.write_text("not a certificate")
    with pytest.raises(SettingsError, match="KAFKA_SSL_CAFILE"):
        client_arguments(load(**SASL | {"kafka_ssl_cafile": path}))


async def test_nobody_at_the_address_is_one_sentence():
    """A refused connection names the address and what to do."""
    port = free_port()
    with pytest.raises(KafkaUnavailable, match=rf"no Kafka at 127\.0\.0\.1:{port} \(.*start one with `fulltext kafka`"):
        await ensure_topics(load(kafka_bootstrap_servers=f"127.0.0.1:{port}"))


async def test_a_server_that_never_answers_is_given_up(silent_port):
    """The start of a client is bounded even when the other side keeps silent."""
    settings = load(kafka_bootstrap_servers=f"127.0.0.1:{silent_port}")
    with pytest.raises(KafkaUnavailable, match=r"no answer in 0\.2 s"):
        async with connected(AIOKafkaAdminClient(**client_arguments(settings)), settings, seconds=0.2):
            pytest.fail("nobody answered, so nothing is connected")
