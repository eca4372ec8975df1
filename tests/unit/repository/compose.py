"""docker-compose.yml and Dockerfile, read."""

from pathlib import Path

import yaml

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
    "AI_BUDGET_JOURNAL": "of one process; workers share their budgets over Kafka",
}
"""Setting -> why the compose file has no line for it."""


def last_stage() -> str:
    """What the image is made of."""
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def ports(name: str) -> set[int]:
    """Every port of this machine that a service may take."""
    taken: set[int] = set()
    for port in SERVICES[name].get("ports", []):
        address, host, _ = port.split(":")
        assert address == "127.0.0.1", f"{name}: a port is open to the network"
        first, _, last = host.partition("-")
        taken |= set(range(int(first), int(last or first) + 1))
    return taken


def mounts(name: str) -> dict[str, str]:
    """Path in the container -> what of the repository, or which volume, is there."""
    return {where: what for what, where, *_ in (mount.split(":") for mount in SERVICES[name].get("volumes", []))}
