"""Print every verdict as it comes, and go on where it stopped (KAFKA_BOOTSTRAP_SERVERS says where)."""

import asyncio
import json
import os

from aiokafka import AIOKafkaConsumer

PREFIX = os.environ.get("KAFKA_TOPIC_PREFIX", "")


async def main() -> None:
    consumer = AIOKafkaConsumer(
        PREFIX + "fulltext-verdicts",
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        group_id=PREFIX + "mine",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        async for message in consumer:
            verdict = json.loads(message.value)
            print(verdict["content_id"], verdict["verdict"], verdict["is_full_text"], verdict["confidence"], flush=True)
            await consumer.commit()  # only what was used: after a crash it comes again
    finally:
        await consumer.stop()


if __name__ == "__main__":
    asyncio.run(main())
