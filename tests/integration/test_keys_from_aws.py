"""Keys in AWS Secrets Manager, against moto's server: read, read again, and never lost or shown."""

import logging
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from streams.ai import AIConfig, CompletionOptions, ProviderConfig, UnifiedAIService
from streams.ai.keys import Cipher, KeyRing, KeysUnreadable
from streams.ai.keys.aws import AwsKeys
from streams.ai.keys.encrypted import generate_key
from streams.clock import ManualClock
from streams.sandbox.emulator import Emulator, Latency
from tests.security.canaries import shown_in

A, B = "sk-canary-a", "sk-canary-b"
FERNET = generate_key()
CIPHER = Cipher(lambda: FERNET)
REGION = "eu-west-1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a Secrets Manager."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def aws(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client that keeps secrets there; the environment points to it, and to nothing else of AWS."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("secretsmanager", region_name=REGION, endpoint_url=server)
    yield client
    client.close()


@pytest.fixture
def keep(aws: Any, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Keeps a text as this test's secret, a new version of it each time. Returns its ARN."""

    def put(text: str) -> str:
        try:
            return aws.create_secret(Name=request.node.name, SecretString=text)["ARN"]
        except aws.exceptions.ResourceExistsException:
            return aws.put_secret_value(SecretId=request.node.name, SecretString=text)["ARN"]

    return put


def source(secret: str, clock: ManualClock | None = None) -> AwsKeys:
    """The keys in a secret."""
    return AwsKeys("GROQ_API_KEY", f"aws-sm:{secret}", CIPHER, clock or ManualClock())


@pytest.mark.parametrize(
    ("text", "field", "keys"),
    [
        (A, "", [A]),
        (f"{A}\n{B}\n", "", [A, B]),
        (f'{{"key": "{A}"}}', "#key", [A]),
        (f'{{"keys": ["{A}", "{B}"], "other": 1}}', "#keys", [A, B]),
        (CIPHER.encrypt(SecretStr(A)), "", [A]),
    ],
    ids=["one", "lines", "field", "list", "encrypted"],
)
async def test_reads_what_is_kept(keep: Callable[[str], str], text: str, field: str, keys: list[str]) -> None:
    """A key, keys on lines, a JSON field with one or several, encrypted ones: all from the same call."""
    arn = keep(text)
    assert [key.get_secret_value() for key in await source(arn + field).read()] == keys


async def test_the_arn_says_the_region(keep: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret elsewhere needs no AWS_REGION."""
    arn = keep(A)
    monkeypatch.delenv("AWS_REGION")
    assert len(await source(arn).read()) == 1


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        (f'{{"key": "{A}"}}', "", "the secret is JSON; name the field"),
        (f'{{"key": "{A}"}}', "#other", "no JSON object with 'other'"),
        (f'{{"key": {{"x": "{A}"}}}}', "#key", "no JSON object with 'key'"),
        (A, "#key", "no JSON object with 'key'"),
        ("sk-canary- 1", "", "holds a character"),
        ("  ", "", "holds no key"),
    ],
    ids=["no field", "other field", "object", "no JSON", "blank", "empty"],
)
async def test_what_is_no_key_is_told_without_it(
    keep: Callable[[str], str], text: str, field: str, problem: str
) -> None:
    """The variable and what to do."""
    with pytest.raises(KeysUnreadable, match=f"^GROQ_API_KEY: .*{problem}") as caught:
        await source(keep(text) + field).read()
    assert shown_in(str(caught.value)) is None


async def test_a_secret_that_cannot_be_had_names_itself(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown there, no region, no credentials, nobody at the address: one sentence each, and the retry is later."""
    clock = ManualClock()
    keys = source("nowhere", clock)
    with pytest.raises(KeysUnreadable, match=r"cannot read nowhere .*ResourceNotFoundException.*AWS_REGION"):
        await keys.read()
    assert not keys.changed()
    clock.advance(15)
    assert keys.changed()
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(KeysUnreadable, match="NoRegionError"):
        await keys.read()
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(KeysUnreadable, match="CredentialsError"):
        await source("nowhere").read()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(KeysUnreadable, match="EndpointConnectionError"):
        await source("nowhere").read()


async def test_a_new_version_is_found_by_time(keep: Callable[[str], str]) -> None:
    """After 300 seconds the ring reads it in the background; a deleted one later leaves the last good key."""
    clock = ManualClock()
    ring = KeyRing("groq", (source(keep(A), clock),), clock)
    await ring.ready()
    before = ring.ids()
    keep(B)
    clock.advance(299)
    assert ring.ids() == before
    clock.advance(1)
    ring.ids()
    await ring.refresh()
    after = ring.ids()
    assert len(before) == len(after) == 1
    assert before != after
    keep('{"no": "key"}')
    clock.advance(300)
    with capture_logs() as logs:
        ring.ids()
        await ring.refresh()
    assert ring.ids() == after
    assert [line["event"] for line in logs] == ["ai.keys.unreadable"]
    assert shown_in(str(logs)) is None
    await ring.aclose()


async def test_a_replaced_key_costs_one_failed_attempt(keep: Callable[[str], str]) -> None:
    """Through the service: the old key is revoked, its rejection fetches the new one, and no call fails."""
    good = {A}
    async with Emulator(latency=Latency(0), accepts=good.__contains__) as emulator:
        provider = ProviderConfig("openai", SecretStr(f"aws-sm:{keep(A)}"), emulator.base_urls["openai"])
        ledger: list[str] = []
        service = UnifiedAIService.from_config(
            AIConfig((provider,), allow_private_endpoints=True), on_attempt=lambda line: ledger.append(line.outcome)
        )
        async with aclosing(service):
            await service.generate_completion("Is it full? 1", CompletionOptions(max_tokens=50))
            keep(B)
            good.clear()
            good.add(B)
            for number in range(2, 6):
                await service.generate_completion(f"Is it full? {number}", CompletionOptions(max_tokens=50))
        assert ledger == ["ok", "auth_rejected", "ok", "ok", "ok", "ok"]


async def test_the_library_logs_no_secret(keep: Callable[[str], str], caplog: pytest.LogCaptureFixture) -> None:
    """At level debug botocore would log the whole answer."""
    keys = source(keep(A))
    caplog.set_level(logging.DEBUG)
    await keys.read()
    assert [record.name for record in caplog.records if "botocore" in record.name] == []
    assert shown_in(caplog.text) is None
