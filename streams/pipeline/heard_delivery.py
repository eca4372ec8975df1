"""Delivery that tells what the broker has acknowledged: whoever counts outcomes counts those that are there."""

from collections.abc import Callable
from typing import Any

from streams.pipeline.delivery import Delivery, Headers


class HeardDelivery(Delivery):
    """`on_sent(topic, value, headers)` hears of every acknowledged message; it must not raise."""

    def __init__(
        self,
        client: dict[str, Any],
        usage_topic: str,
        on_sent: Callable[[str, bytes | None, Headers], None],
        *,
        max_request_bytes: int,
    ) -> None:
        super().__init__(client, usage_topic, max_request_bytes=max_request_bytes)
        self._on_sent = on_sent

    async def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()) -> None:
        """See `Delivery`."""
        await super().send(topic, key, value, headers)
        self._on_sent(topic, value, headers)
