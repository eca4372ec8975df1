"""Is the broker ready? An open port is not enough: the coordinators come up later."""

import asyncio
from typing import Any

from aiokafka import errors
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.protocol.admin import CreateTopicsRequest
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.transaction import InitProducerIdRequest

from streams.sandbox.kafka.properties import OFFSETS_PARTITIONS, TRANSACTION_PARTITIONS

_PAUSE_SECONDS = 0.05
_TRY_SECONDS = 10
_NAME = "fulltext-ready-{}"
"""Consecutive last digits have consecutive Java hashes, so N names reach all N partitions of a coordinator."""


async def wait_until_ready(host: str, port: int) -> None:
    """Return once topics can be created, committed offsets read and transactions begun; waits without end."""
    while not await _answers(host, port):  # noqa: ASYNC110 - another process's state has no event
        await asyncio.sleep(_PAUSE_SECONDS)
    while True:
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                return await _check(f"{host}:{port}")
        except (errors.KafkaError, OSError, TimeoutError):
            await asyncio.sleep(_PAUSE_SECONDS)


async def _answers(host: str, port: int) -> bool:
    """Look before a client does: aiokafka logs each refused connection as an error."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def _check(bootstrap: str) -> None:
    """Raises the first error met."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=_TRY_SECONDS * 1_000)
    try:
        await client.bootstrap()
        await _topics(client)
        for number in range(OFFSETS_PARTITIONS):
            await _offsets(client, _NAME.format(number))
        for number in range(TRANSACTION_PARTITIONS):
            await _transactions(client, _NAME.format(number))
    finally:
        await client.close()


async def _topics(client: AIOKafkaClient) -> None:
    topic: tuple[Any, ...] = (_NAME.format(0), 1, 1, [], [])
    response = await client.send(client.get_random_node(), CreateTopicsRequest([topic], 5_000, validate_only=True))
    for _name, code, *_message in response.topic_errors:
        _raise(code)


async def _offsets(client: AIOKafkaClient, group: str) -> None:
    node = await client.coordinator_lookup(CoordinationType.GROUP, group)
    _raise((await client.send(node, OffsetFetchRequest(group, None))).error_code)


async def _transactions(client: AIOKafkaClient, transactional_id: str) -> None:
    node = await client.coordinator_lookup(CoordinationType.TRANSACTION, transactional_id)
    _raise((await client.send(node, InitProducerIdRequest(transactional_id, 10_000))).error_code)


def _raise(code: int) -> None:
    kind = errors.for_code(code)
    if kind is not errors.NoError:
        raise kind
