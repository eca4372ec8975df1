"""The matrix's broker: with a second listener behind a proxy, so that only the workers are cut off by it."""

from dataclasses import dataclass

from streams.sandbox.kafka import EmbeddedKafka
from streams.sandbox.kafka.ports import free_ports

START_SECONDS = 600.0
"""A machine with other work may take minutes, and a start that is given up takes the records with it."""


@dataclass(frozen=True)
class Stage:
    """`behind`: where the broker listens for the proxy; `proxied`: where it tells those clients to connect."""

    kafka: EmbeddedKafka
    behind: int = 0
    proxied: int = 0


def stage() -> Stage:
    """A broker that is not started yet."""
    port, behind, proxied, controller = free_ports(4)
    at = f"CONTROLLER://127.0.0.1:{controller}"
    overrides = {
        "listeners": f"PLAINTEXT://127.0.0.1:{port},PROXIED://127.0.0.1:{behind},{at}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port},PROXIED://127.0.0.1:{proxied},{at}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller}",
        "broker.session.timeout.ms": "9000",  # Kafka's own: on a busy machine its heartbeat may be late
    }
    return Stage(EmbeddedKafka(port=port, overrides=overrides), behind, proxied)
