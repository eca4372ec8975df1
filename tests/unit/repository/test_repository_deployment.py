"""Dockerfile and docker-compose.yml keep what they promise, as far as reading can show."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click import Context

from streams.cli import main
from streams.sandbox.emulator import Emulator
from streams.settings import Settings

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = ("topics", "worker", "emulator", "samples")
TOOLS = ("prometheus", "grafana", "kafka-ui")
CORE = {"kafka", "topics", "worker"}
JOBS = ("topics", "samples")
"""They end by themselves."""
SECRETS = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
PLAIN = {name.upper() for name in Settings.model_fields} - SECRETS
FILES = {f"{secret}_FILE" for secret in SECRETS}
NOT_PASSED = {
    **dict.fromkeys(
        (name for name in PLAIN | SECRETS if name.startswith(("KAFKA_SECURITY", "KAFKA_SASL", "KAFKA_SSL"))),
        "the broker is the one beside it",
    ),
    "KAFKA_REPLICATION_FACTOR": "there is one broker",
    "AI_CACHE_URL": "its extra is not in the image",
    "SECRETS_ENCRYPTION_KEY": "its extra is not in the image",
    "AI_BUDGET_JOURNAL": "of one process; workers share their budgets over Kafka",
}
"""Setting -> why the compose file has no line for it."""


def last_stage() -> str:
    """What the image is made of."""
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


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


def ports(name: str) -> set[int]:
    """Every port of this machine that a service may take."""
    taken: set[int] = set()
    for port in SERVICES[name].get("ports", []):
        address, host, _ = port.split(":")
        assert address == "127.0.0.1", f"{name}: a port is open to the network"
        first, _, last = host.partition("-")
        taken |= set(range(int(first), int(last or first) + 1))
    return taken


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


def test_the_demo_needs_no_key():
    """Its file turns the profile on and points the worker's providers at the emulator, with a key that is there."""
    demo = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / "deploy/demo.env").read_text(encoding="utf-8"), re.MULTILINE))
    emulator = SERVICES["emulator"]
    assert demo.pop("COMPOSE_PROFILES") == emulator["profiles"][0]
    told = Emulator().environment()
    port = emulator["command"][emulator["command"].index("--port") + 1]
    for name, value in told.items():
        if name.endswith("_API_KEY"):
            assert (ROOT / demo.pop(f"{name}_FILE")).read_text(encoding="utf-8").strip()
        elif name in SERVICES["worker"]["environment"]:
            assert demo.pop(name) == value.replace("127.0.0.1:0", f"emulator:{port}")
    assert demo == {}


def test_our_commands_exist():
    """Each container of ours is started with a command and options of `fulltext`."""
    for name in OURS:
        command, *rest = SERVICES[name]["command"]
        known = {option for parameter in main.get_command(Context(main), command).params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


def test_samples_are_in_the_image():
    """The folder that is published is that of the package, where the Dockerfile installs it."""
    folder = SERVICES["samples"]["command"][1].removeprefix("/opt/fulltext/lib/python3.11/site-packages/")
    assert (ROOT / folder).is_dir()
    assert "FROM python:3.11." in last_stage()
    assert "COPY --from=build /opt/fulltext /opt/fulltext" in last_stage()


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


def test_make_makes_every_secrets_file(tmp_path):
    """`make secrets` makes each file once: readable for the containers' users, in a folder that is closed to others."""
    command = ["make", "-s", "-f", str(ROOT / "Makefile"), "secrets", f"PYTHON={sys.executable}"]
    for _ in range(2):
        subprocess.run(command, cwd=tmp_path, check=True)
        folder = tmp_path / "secrets"
        files = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(files) == set(COMPOSE["secrets"])
    assert {name for name, text in files.items() if text} == {"web_token", "grafana_password"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}
    (folder / "groq_api_key").write_text("mine", encoding="utf-8")
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (folder / "groq_api_key").read_text(encoding="utf-8") == "mine"
    assert (folder / "web_token").read_text(encoding="utf-8") == files["web_token"]


def test_nobody_is_root():
    """Every container has a user of its own and no privileges; all but Kafka's have a read-only root."""
    assert all(str(service["user"]).split(":")[0] not in ("0", "root") for service in SERVICES.values())
    for name, service in SERVICES.items():
        assert name == "kafka" or service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER 10001:10001$", last_stage(), re.MULTILINE)


def would_run(*words: str) -> list[str]:
    """The lines that `make` would run."""
    command = ["make", "--dry-run", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_make_up_passes_on_what_it_is_told():
    """How many workers, and the options that choose profiles."""
    told = would_run("up", "WORKERS=3", "COMPOSE=--profile obs")
    assert "docker compose --profile obs up --build --detach --scale worker=3" in told


def test_make_down_stops_every_profile():
    """Containers of a profile that is not named would stay."""
    (down,) = [line for line in would_run("down") if line.startswith("docker")]
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    assert set(re.findall(r"--profile (\w+)", down)) == profiles


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


def test_prometheus_finds_the_workers():
    """Under the service's name and port, with the token; it reads the alerts beside its configuration."""
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert (found["names"], str(found["port"])) == (["worker"], SERVICES["worker"]["environment"]["WEB_PORT"])
    assert job["authorization"]["credentials_file"] == SERVICES["worker"]["environment"]["WEB_TOKEN_FILE"]
    assert "web_token" in SERVICES["prometheus"]["secrets"]
    assert all((ROOT / "deploy/prometheus" / name).is_file() for name in config["rule_files"])


def mounts(name: str) -> dict[str, str]:
    """Path in the container -> what of the repository, or which volume, is there."""
    return {where: what for what, where, *_ in (mount.split(":") for mount in SERVICES[name].get("volumes", []))}


def test_what_is_mounted_exists():
    """Folders of the repository are there and read-only; volumes are declared."""
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            what, _, *mode = mount.split(":")
            if what.startswith("./"):
                assert (ROOT / what).is_dir(), name
                assert mode == ["ro"]
            else:
                assert what in COMPOSE["volumes"]


def test_grafana_finds_its_dashboard():
    """The provisioned folder is where the dashboards are mounted, and so is the home page; the source is Prometheus."""
    where = mounts("grafana")
    folder = ROOT / where["/etc/grafana/provisioning/dashboards"]
    (provider,) = yaml.safe_load((folder / "fulltext.yml").read_text(encoding="utf-8"))["providers"]
    dashboards = ROOT / where[provider["options"]["path"]]
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert str(home.parent) == provider["options"]["path"]
    assert (dashboards / home.name).is_file()
    sources = ROOT / where["/etc/grafana/provisioning/datasources"] / "prometheus.yml"
    (source,) = yaml.safe_load(sources.read_text(encoding="utf-8"))["datasources"]
    assert source["url"] == "http://prometheus:9090"


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
