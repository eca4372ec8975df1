"""Resolve the jars again and write `jars.lock`: run it after changing `KAFKA` below.

`python -m streams.sandbox.kafka.relock`
"""

import hashlib

import jgo

from streams.sandbox.kafka.jars import LOCK

KAFKA = "4.4.0"
LOG4J = "2.25.2"
ENDPOINT = "+".join(
    (
        f"org.apache.kafka:kafka-clients:{KAFKA}",  # first: kafka_2.13 alone resolves an older one
        f"org.apache.kafka:kafka_2.13:{KAFKA}",
        f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}",  # Kafka leaves the logging backend out
    )
)
_HEADER = "# The jars of the embedded Apache Kafka, in class path order: coordinate, size in bytes, sha256.\n"


def main() -> None:
    """Fetch what is missing in jgo's repository cache and write the lock."""
    lines = []
    for artifact in jgo.resolve(ENDPOINT):
        data = artifact.resolve().read_bytes()
        coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
        lines.append(f"{coordinate} {len(data)} {hashlib.sha256(data).hexdigest()}\n")
    LOCK.write_text(_HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
