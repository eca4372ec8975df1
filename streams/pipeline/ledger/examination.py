"""Whether the ledger's topics can be relied on: looked at before anything is granted or spent."""

import asyncio
from typing import Any

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.pipeline.ledger.errors import LedgerUnusable
from streams.pipeline.ledger.hold_check import HoldCheck
from streams.pipeline.ledger.names import LedgerNames

_SECONDS = 30.0
_MAKE = "make it with `fulltext topics`"


async def examine(client: dict[str, Any], names: LedgerNames, hold: HoldCheck | None = None) -> None:
    """Both topics are there with one partition, and the leases are never deleted by age or size; a hold may last.

    A cluster that does not let us read a topic's configuration is believed; that nothing was cut off is seen where
    the leases are read. Raises LedgerUnusable, SettingsError (for `hold`), KafkaError, TimeoutError.
    """
    admin = AIOKafkaAdminClient(**client, request_timeout_ms=int(_SECONDS * 1_000))
    async with asyncio.timeout(_SECONDS):
        try:
            await admin.start()
            found = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}
            for name in (names.leases, names.requests):
                if name not in found:
                    raise LedgerUnusable(name, "does not exist", _MAKE)
                if len(found[name]) != 1:
                    problem = f"has {len(found[name])} partitions, and one writer can order only one"
                    raise LedgerUnusable(name, problem, f"delete it and {_MAKE}")
            policy = (await topic_config(admin, names.leases)).get("cleanup.policy", "compact")
            if policy != "compact":
                problem = f"has cleanup.policy={policy}, which forgets what was granted"
                raise LedgerUnusable(names.leases, problem, "set its cleanup.policy to compact")
            if hold is not None:
                hold.check(await topic_config(admin, hold.topic))
        finally:
            await admin.close()


async def topic_config(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    """The topic's configuration; empty where we may not look. Raises KafkaError."""
    told: dict[str, str] = {}
    for response in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)]):
        for code, _message, _kind, _name, entries in response.resources:
            if errors.for_code(code) is errors.NoError:
                told |= {key: str(value) for key, value, *_ in entries}
    return told
