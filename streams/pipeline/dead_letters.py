"""Dead letters: the original bytes, why they are here, and where they came from.

Headers (UTF-8): `dlq-reason` a stable code, `dlq-detail` one sentence, `dlq-topic`, `dlq-partition`, `dlq-offset`,
after the record's own headers. A record too big to go along is replaced by a JSON pointer with its digest.
"""

import json
from hashlib import blake2b
from typing import Any

from aiokafka.errors import MessageSizeTooLargeError

from schemas.flow import DeadLetterReason
from streams.logs import get_logger
from streams.pipeline.brake import Brake
from streams.pipeline.delivery import Delivery
from streams.pipeline.record import Record

logger: Any = get_logger(__name__)

_DETAIL_CHARS = 500


class BadRecord(Exception):
    """A fault of one record: it goes to the dead letters and its partition goes on.

    `detail` names the field.
    """

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail[:_DETAIL_CHARS]


class DeadLetters:
    """Sends dead letters, behind the brake."""

    def __init__(self, delivery: Delivery, topic: str, brake: Brake) -> None:
        self._delivery = delivery
        self._topic = topic
        self._brake = brake

    async def send(self, record: Record, fault: BadRecord) -> None:
        """Send and wait for the broker's word. Raises TooManyBadRecords (nothing was sent) and DeliveryFailed."""
        self._brake.bad(fault.reason)
        logger.warning(
            "record.dead_letter",
            reason=fault.reason,
            topic=record.partition.topic,
            partition=record.partition.number,
            offset=record.offset,
        )
        headers = (*record.headers, *_headers(record, fault))
        try:
            await self._delivery.send(self._topic, record.key, record.value, headers)
        except MessageSizeTooLargeError:
            await self._delivery.send(self._topic, record.key, _pointer(record), _headers(record, fault))


def _headers(record: Record, fault: BadRecord) -> tuple[tuple[str, bytes], ...]:
    texts = {
        "dlq-reason": fault.reason,
        "dlq-detail": fault.detail,
        "dlq-topic": record.partition.topic,
        "dlq-partition": str(record.partition.number),
        "dlq-offset": str(record.offset),
    }
    return tuple((name, text.encode("utf-8", "replace")) for name, text in texts.items())


def _pointer(record: Record) -> bytes:
    value = record.value or b""
    return json.dumps(
        {
            "topic": record.partition.topic,
            "partition": record.partition.number,
            "offset": record.offset,
            "bytes": len(value),
            "blake2b": blake2b(value, digest_size=16).hexdigest(),
        }
    ).encode()
