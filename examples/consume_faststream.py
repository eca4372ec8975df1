"""The same with FastStream, verdicts as objects (KAFKA_BOOTSTRAP_SERVERS says where).

Needs `pip install faststream` beside this project.
"""

import asyncio
import os

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from schemas import FulltextVerdict

PREFIX = os.environ.get("KAFKA_TOPIC_PREFIX", "")
broker = KafkaBroker(os.environ["KAFKA_BOOTSTRAP_SERVERS"])
app = FastStream(broker)


@broker.subscriber(
    PREFIX + "fulltext-verdicts",
    group_id=PREFIX + "mine",
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.NACK_ON_ERROR,  # committed after the function has returned; what raised comes again
)
async def on_verdict(verdict: FulltextVerdict) -> None:
    """Called for each verdict; copies share their `verdict_id`, and the last one counts."""
    print(verdict.content_id, verdict.verdict.value, verdict.is_full_text, verdict.confidence, flush=True)


if __name__ == "__main__":
    asyncio.run(app.run())
