"""The second cache tier over TLS: rediss:// checks who answers."""

import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from redis_server import PASSWORD, RedisServer

from streams.ai import Completion
from streams.ai.redis_cache import RedisCache

KEY = b"k" * 32
PATIENT = 10.0
ANSWER = Completion("yes", 1, 1, 0, "a", "m", None, 0, cached=True, attempts=(), saved_nano_usd=5)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, key_file = tmp_path / "redis.pem", tmp_path / "redis.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return pem, key_file


async def test_answers_travel_over_tls_to_a_server_that_can_show_who_it_is(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """Kept and found with the authority named in the URL; without it the server is not trusted, and nothing is sent."""
    pem, key = certificate
    plain = RedisServer(tmp_path)
    tls_port = RedisServer(tmp_path).port
    server = RedisServer(
        tmp_path,
        *("--tls-port", str(tls_port), "--tls-cert-file", str(pem), "--tls-key-file", str(key)),
        *("--tls-auth-clients", "no", "--port", str(plain.port)),
    )
    server.port = plain.port
    server.start()
    url = f"rediss://:{PASSWORD}@127.0.0.1:{tls_port}/0"
    trusting = RedisCache(SecretStr(f"{url}?ssl_ca_certs={pem}"), ttl_seconds=60, command_seconds=PATIENT)
    wary = RedisCache(SecretStr(url), ttl_seconds=60, command_seconds=PATIENT)
    try:
        await trusting.put(KEY, ANSWER, PATIENT)
        found = await trusting.get(KEY, ["a"], PATIENT)
        assert found
        assert (found.answer, trusting.faults) == (ANSWER, 0)
        assert await wary.get(KEY, ["a"], PATIENT) is None
        assert wary.faults == 1
    finally:
        await trusting.aclose()
        await wary.aclose()
        server.kill()
