"""The second cache tier over TLS: rediss:// checks who answers."""

from pathlib import Path

from pydantic import SecretStr
from redis_server import PASSWORD, RedisServer

from streams.ai import Completion
from streams.ai.redis_cache import RedisCache
from tests.certificates import self_signed

KEY = b"k" * 32
PATIENT = 10.0
ANSWER = Completion("yes", 1, 1, 0, "a", "m", None, 0, cached=True, attempts=(), saved_nano_usd=5)


async def test_answers_travel_over_tls_to_a_server_that_can_show_who_it_is(tmp_path: Path) -> None:
    """Kept and found with the authority named in the URL; without it the server is not trusted, and nothing is sent."""
    pem, key = self_signed(tmp_path)
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
