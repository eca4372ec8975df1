"""A real Apache Kafka for newcomers and tests: no Docker, no Java of the machine's.

Layout
------
jars        the jars of `jars.lock`: fetched once by jgo, checked by digest at every start
progress    what a person sees meanwhile
properties  server.properties and the Java command lines
ports       free loopback ports that a restart can take again
folder      the data folder: one broker at a time
ready       ready = topics, committed offsets and transactions work
broker      `EmbeddedKafka`: start, stop, kill, pause, restart
relock      `python -m streams.sandbox.kafka.relock`: resolve `jars.lock` again (for a new Kafka)
"""

from streams.sandbox.kafka.broker import EmbeddedKafka, StartFailed
from streams.sandbox.kafka.folder import FolderInUse
from streams.sandbox.kafka.jars import FetchFailed, SandboxMissing
from streams.sandbox.kafka.ports import free_port

__all__ = ["EmbeddedKafka", "FetchFailed", "FolderInUse", "SandboxMissing", "StartFailed", "free_port"]
