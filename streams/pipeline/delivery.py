"""Sending with the broker's word: nothing counts as sent before it is acknowledged.

One idempotent producer for verdicts, usage events and dead letters. aiokafka alone may wait for ever on a dead
broker, so every send has a deadline of its own, within which expired batches are sent again.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from schemas import ProviderUsage
from streams.pipeline.errors import DeliveryFailed

DEADLINE_SECONDS = 120.0
"""Longer than a broker's restart; after it the worker ends and the records come again."""

_RETRY_SECONDS = 0.5
_STOP_SECONDS = 5.0

Headers = Sequence[tuple[str, bytes]]


class Delivery:
    """Owns the producer. `client` holds the connection arguments, `usage_topic` the name for usage events."""

    def __init__(self, client: dict[str, Any], usage_topic: str, *, max_request_bytes: int) -> None:
        self._client = client
        self._usage_topic = usage_topic
        self._max_request_bytes = max_request_bytes
        self._producer: AIOKafkaProducer | None = None
        self._usage: dict[str, asyncio.Task[None]] = {}
        """Attempt id -> its event on the way, or failed."""

    async def start(self) -> None:
        """Connect. Raises aiokafka's KafkaConnectionError."""
        self._producer = AIOKafkaProducer(
            **self._client,
            acks="all",
            enable_idempotence=True,
            linger_ms=20,
            max_batch_size=256 * 1024,
            max_request_size=self._max_request_bytes,
            compression_type="gzip",
            request_timeout_ms=30_000,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Wait for usage events on the way, then close; bounded, since a dead broker never answers."""
        await self.flush_briefly()
        for task in self._usage.values():
            task.cancel()
        if self._producer is not None:
            producer, self._producer = self._producer, None
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(producer.stop(), _STOP_SECONDS)

    async def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()) -> None:
        """Send and wait for the broker's acknowledgement (acks=all).

        Raises DeliveryFailed after DEADLINE_SECONDS and MessageSizeTooLargeError for a record above the limit.
        """
        if self._producer is None:
            raise DeliveryFailed(topic, 0, "the producer is not started")
        last = "no answer"
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while True:
                    try:
                        await self._producer.send_and_wait(topic, value, key, headers=list(headers) or None)
                    except MessageSizeTooLargeError:
                        raise
                    except KafkaError as error:
                        last = type(error).__name__
                        await asyncio.sleep(_RETRY_SECONDS)
                    else:
                        return
        except TimeoutError:
            raise DeliveryFailed(topic, DEADLINE_SECONDS, last) from None

    def post_usage(self, usage: ProviderUsage) -> None:
        """Start sending one attempt's event; `settle` or `flush_briefly` waits for it. Never blocks."""
        value = usage.model_dump_json().encode()
        task = asyncio.create_task(self.send(self._usage_topic, usage.provider.encode(), value))
        self._usage[usage.attempt_id] = task
        task.add_done_callback(lambda ended: self._sent(usage.attempt_id, ended))

    def _sent(self, attempt_id: str, task: asyncio.Task[None]) -> None:
        """Forget a delivered event; a failed one stays for `settle` to raise."""
        if not task.cancelled() and task.exception() is None:
            self._usage.pop(attempt_id, None)

    async def settle(self, attempt_ids: Sequence[str]) -> None:
        """Wait until these attempts' events are acknowledged. Raises DeliveryFailed."""
        for attempt_id in attempt_ids:
            task = self._usage.pop(attempt_id, None)
            if task is not None:
                await task

    async def flush_briefly(self) -> None:
        """Wait, within a bound, for all usage events on the way, those of cancelled records too."""
        with suppress(TimeoutError, DeliveryFailed, KafkaError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self.settle(list(self._usage))
