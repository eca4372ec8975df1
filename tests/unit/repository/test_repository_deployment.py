"""Dockerfile and docker-compose.yml keep what they promise, as far as reading can show."""

import re
from pathlib import Path

import pytest
import yaml

from streams.settings import Settings

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = ("topics", "worker")
SECRETS = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}


def last_stage() -> str:
    """What the image is made of."""
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def test_images_are_pinned():
    """Every image has a full version; nothing floats."""
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) >= 5
    for image in images:
        assert re.search(r":\d+\.\d+\.\d+(-[a-z-]+)?(@sha256:[0-9a-f]{64})?$", image), image


def test_kafka_is_the_version_that_the_tests_run():
    """The compose file's Kafka is the embedded one's version."""
    jars = (ROOT / "streams/sandbox/kafka/jars.lock").read_text(encoding="utf-8")
    assert SERVICES["kafka"]["image"].split(":")[1] in jars


def test_ports_are_on_loopback():
    """No port is open to the network."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_start_order():
    """Kafka healthy, then topics, then the worker."""
    healthy, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert SERVICES["topics"]["depends_on"] == {"kafka": healthy}
    assert SERVICES["worker"]["depends_on"] == {"kafka": healthy, "topics": done}
    assert SERVICES["kafka"]["healthcheck"]["test"]
    assert SERVICES["topics"]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_variables_are_settings(name):
    """Every variable is a setting, or the file form of a secret."""
    known = {field.upper() for field in Settings.model_fields} | {f"{secret}_FILE" for secret in SECRETS}
    assert set(SERVICES[name]["environment"]) <= known


def test_substituted_variables_are_settings():
    """What the file takes from the caller's environment is a setting too, and never a secret."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    taken = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert taken <= {field.upper() for field in Settings.model_fields} - SECRETS


def test_secrets_come_from_files():
    """No secret in the environment of a container; each file form has its secret, and each secret its file."""
    environment = SERVICES["worker"]["environment"]
    assert not SECRETS & set(environment)
    files = {value.removeprefix("/run/secrets/") for name, value in environment.items() if name.endswith("_FILE")}
    assert files == set(SERVICES["worker"]["secrets"]) == set(COMPOSE["secrets"])
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in COMPOSE["secrets"].items())
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8")


def test_nobody_is_root():
    """Every container has a user of its own, ours without privileges and with a read-only root."""
    assert all(str(service["user"]).split(":")[0] not in ("0", "root") for service in SERVICES.values())
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER 10001:10001$", last_stage(), re.MULTILINE)


def test_stop_leaves_time_to_drain():
    """Docker waits longer than the worker's own grace before it kills."""
    seconds = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > 2 * Settings.model_fields["verify_drain_seconds"].default


def test_brokers_are_inside_addresses():
    """The workers use the listener that Kafka advertises inside the compose network."""
    advertised = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    for name in OURS:
        assert f"//{SERVICES[name]['environment']['KAFKA_BOOTSTRAP_SERVERS']}" in advertised


def test_image_installs_what_is_locked():
    """Everything that pip fetches is held to a hash, and the last stage has neither pip nor a compiler."""
    installs = [line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if " install " in line and line[0] != "#"]
    assert installs
    for step in " && ".join(installs).split("&&"):
        if "pip" in step and " install " in step:
            assert "--require-hashes" in step or "--no-index" in step, step
    assert "--without-pip" in DOCKERFILE
    assert "pip uninstall --yes setuptools wheel pip" in last_stage()
    assert not re.search(r"\b(gcc|build-essential|apt-get|pip3? install)\b", last_stage())


def test_backend_line_is_found_in_the_lock():
    """The build backend that the Dockerfile cuts out of the lock is one requirement with hashes."""
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    found = re.search(r"^setuptools==[\d.]+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", lock, re.MULTILINE)
    assert found
    assert not found.group().rstrip("\n").endswith("\\")


def test_image_starts_the_worker():
    """Entry point `fulltext`, by default the worker; its health is its own word at /livez."""
    assert 'ENTRYPOINT ["fulltext"]\nCMD ["worker"]' in last_stage()
    assert re.search(r"HEALTHCHECK .*\\\n +CMD .*http://127\.0\.0\.1:6066/livez", last_stage())


def test_the_pages_are_guarded_and_asked_whether_the_worker_is_ready():
    """Outside the container only loopback leads to them; they need a token; Docker's check asks /readyz with it."""
    worker = SERVICES["worker"]
    assert worker["ports"] == ["127.0.0.1:6066:6066"]
    assert worker["environment"]["WEB_TOKEN_FILE"] == "/run/secrets/web_token"
    assert worker["environment"]["WEB_PORT"] == "6066"
    program = worker["healthcheck"]["test"][-1]
    compile(program, "healthcheck", "exec")
    assert "/readyz" in program
    assert "/run/secrets/web_token" in program
    assert "web_token" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Dockerfile", "docker-compose.yml", "README.md"])
def test_untried_is_said(name):
    """Where Docker has never run these files, they say so."""
    assert re.search(r"never (been )?(built or )?run", (ROOT / name).read_text(encoding="utf-8"))
