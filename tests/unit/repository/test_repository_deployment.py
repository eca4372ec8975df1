"""docker-compose.yml keeps what it promises, as far as reading can show."""

import re

import pytest
from click import Context

from streams.cli import main
from streams.settings import Settings
from tests.unit.repository.compose import (
    COMPOSE,
    CORE,
    DOCKERFILE,
    FILES,
    JOBS,
    NOT_PASSED,
    OURS,
    PLAIN,
    ROOT,
    SECRETS,
    SERVICES,
    TOOLS,
    last_stage,
    ports,
)


def test_images_are_pinned():
    """Every image has a full version; nothing floats."""
    images = [service["image"].replace(":v", ":") for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) >= 5
    for image in images:
        assert re.search(r":\d+\.\d+\.\d+(-[a-z-]+)?(@sha256:[0-9a-f]{64})?$", image), image


def test_kafka_is_the_version_that_the_tests_run():
    """The compose file's Kafka is the embedded one's version."""
    jars = (ROOT / "streams/sandbox/kafka/jars.lock").read_text(encoding="utf-8")
    assert SERVICES["kafka"]["image"].split(":")[1] in jars


def test_ports_are_on_loopback_and_do_not_collide():
    """No port is open to the network, and none is taken by two services."""
    taken = [port for name in SERVICES for port in ports(name)]
    assert taken
    assert len(set(taken)) == len(taken)


def test_workers_scale():
    """As many replicas as there are partitions by default find a port; nothing else ties a service to one container."""
    assert len(ports("worker")) >= Settings.model_fields["kafka_partitions"].default
    assert not [name for name, service in SERVICES.items() if {"container_name", "hostname"} & set(service)]


def test_profiles():
    """Kafka, topics and workers always; tools to look at them, and what stands for the world, only where asked for."""
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == CORE
    assert all(SERVICES[name]["profiles"] == ["obs"] for name in TOOLS)
    assert all(SERVICES[name]["profiles"] == ["demo"] for name in set(OURS) - CORE)
    assert set(SERVICES) == {*CORE, *OURS, *TOOLS}


def test_start_order():
    """Kafka healthy, then topics, then the worker."""
    healthy, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert SERVICES["topics"]["depends_on"] == {"kafka": healthy}
    assert SERVICES["worker"]["depends_on"] == {"kafka": healthy, "topics": done}
    assert SERVICES["samples"]["depends_on"] == {"emulator": healthy, "topics": done}
    assert SERVICES["grafana"]["depends_on"] == {"prometheus": healthy}
    assert SERVICES["kafka-ui"]["depends_on"] == {"kafka": healthy}
    needed = [(other, how) for one in SERVICES.values() for other, how in one.get("depends_on", {}).items()]
    assert all(SERVICES[other]["healthcheck"]["test"] for other, how in needed if how == healthy)
    assert {other for other, how in needed if how == done} <= set(JOBS)


def test_health_is_looked_at():
    """Each service has a check; a job that ends has its restart and the image's own check off."""
    for name, service in SERVICES.items():
        if name in JOBS:
            assert (service["healthcheck"], service["restart"]) == ({"disable": True}, "no")
        else:
            assert service["healthcheck"]["test"][0] == "CMD"
            assert service["restart"] != "no"


@pytest.mark.parametrize("name", OURS)
def test_variables_are_settings(name):
    """Every variable is a setting, or the file form of a secret."""
    assert set(SERVICES[name].get("environment", {})) <= PLAIN | FILES


def test_substituted_variables_are_settings():
    """What the file takes from the caller's environment is a setting too, and of a secret only where its file is."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= PLAIN | FILES


def test_every_setting_reaches_the_worker():
    """From the caller's environment under its own name, or fixed, or as a file; or it is a line of `NOT_PASSED`."""
    environment = SERVICES["worker"]["environment"]
    for name, value in environment.items():
        assert not value.startswith("$") or value == f"${{{name}:-}}"
    passed = {name.removesuffix("_FILE") for name in environment}
    assert passed.isdisjoint(NOT_PASSED)
    assert passed | set(NOT_PASSED) == PLAIN | SECRETS


def test_jobs_are_told_what_the_worker_is_told():
    """The topics are made with the settings that the workers have, the samples are sent where they look."""
    environment = SERVICES["worker"]["environment"]
    for name in JOBS:
        assert SERVICES[name]["environment"].items() <= environment.items()
    used = {"KAFKA_TOPIC_PREFIX", "KAFKA_PARTITIONS", "VERIFY_MAX_RECORD_BYTES"}
    assert set(SERVICES["topics"]["environment"]) - {"KAFKA_BOOTSTRAP_SERVERS"} == used


def test_our_commands_exist():
    """Each container of ours is started with a command and options of `fulltext`."""
    for name in OURS:
        command, *rest = SERVICES[name]["command"]
        known = {option for parameter in main.get_command(Context(main), command).params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


def test_secrets_come_from_files():
    """No secret in the environment of a container; each file form has its secret, and each secret its file."""
    for name, service in SERVICES.items():
        environment = service.get("environment", {})
        assert not SECRETS & set(environment)
        files = {value.removeprefix("/run/secrets/") for key, value in environment.items() if key.endswith("_FILE")}
        assert name == "prometheus" or files == set(service.get("secrets", []))
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        plain = f"./secrets/{name}"
        assert secret["file"] in (plain, f"${{{name.upper()}_FILE:-{plain}}}")
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8")


def test_nobody_is_root():
    """Every container has a user of its own and no privileges; all but Kafka's have a read-only root."""
    assert all(str(service["user"]).split(":")[0] not in ("0", "root") for service in SERVICES.values())
    for name, service in SERVICES.items():
        assert name == "kafka" or service["read_only"]
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
    for name in ("topics", "worker", "samples"):
        assert f"//{SERVICES[name]['environment']['KAFKA_BOOTSTRAP_SERVERS']}" in advertised
    assert f"//{SERVICES['kafka-ui']['environment']['KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS']}" in advertised
    assert SERVICES["kafka-ui"]["environment"]["KAFKA_CLUSTERS_0_READONLY"] == "true"


def test_the_pages_are_guarded_and_asked_whether_the_worker_is_ready():
    """Outside the container only loopback leads to them; they need a token; Docker's check asks /readyz with it."""
    worker = SERVICES["worker"]
    assert all(port.endswith(":6066") for port in worker["ports"])
    assert min(ports("worker")) == 6066
    assert worker["environment"]["WEB_TOKEN_FILE"] == "/run/secrets/web_token"
    assert worker["environment"]["WEB_PORT"] == "6066"
    program = worker["healthcheck"]["test"][-1]
    compile(program, "healthcheck", "exec")
    assert "/readyz" in program
    assert "/run/secrets/web_token" in program


@pytest.mark.parametrize("name", ["Dockerfile", "docker-compose.yml", "README.md", "docs/operations.md"])
def test_untried_is_said(name):
    """Where Docker has never run these files, they say so."""
    assert re.search(r"never (been )?(built or )?run", (ROOT / name).read_text(encoding="utf-8"))
