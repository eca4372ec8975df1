"""A program: the group's committed offsets every 200 ms, one JSON line `{"at_ms", "offsets": {partition: offset}}`.

`at_ms` is taken after the answer: what the sample shows was committed before it.
`python -m tests.chaos.sampler BOOTSTRAP GROUP TOPIC FILE`, until SIGTERM.
"""

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from typing import TextIO

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

EVERY_SECONDS = 0.2
_ANSWER_SECONDS = 3.0


async def sample(bootstrap: str, group: str, topic: str, out: TextIO) -> None:
    """Runs until cancelled, through any outage of the broker."""
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=2_000)
        try:
            await asyncio.wait_for(admin.start(), _ANSWER_SECONDS)
            while True:
                await asyncio.wait_for(_one(admin, group, topic, out), _ANSWER_SECONDS)
                await asyncio.sleep(EVERY_SECONDS)
        except (KafkaError, OSError, TimeoutError):
            await asyncio.sleep(EVERY_SECONDS)
        finally:
            await _close(admin)


async def _one(admin: AIOKafkaAdminClient, group: str, topic: str, out: TextIO) -> None:
    offsets = await admin.list_consumer_group_offsets(group)
    found = {str(tp.partition): at.offset for tp, at in offsets.items() if tp.topic == topic and at.offset >= 0}
    out.write(json.dumps({"at_ms": time.time() * 1000, "offsets": found}) + "\n")


async def _close(admin: AIOKafkaAdminClient) -> None:
    try:
        await asyncio.wait_for(admin.close(), _ANSWER_SECONDS)
    except (KafkaError, OSError, TimeoutError, AttributeError):
        return  # a client that never got to start


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with Path(sys.argv[4]).open("a", encoding="utf-8", buffering=1) as file:
        asyncio.run(sample(*sys.argv[1:4], file))
