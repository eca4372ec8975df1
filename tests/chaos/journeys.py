"""How long records were on their way: from the broker's stamp on the input to its stamp on the first verdict."""

from collections.abc import Sequence
from statistics import quantiles

from aiokafka import AIOKafkaConsumer

from tests.chaos.evidence import Place, output_of_verdict, read_all


async def journeys(bootstrap: str, content_topic: str, verdicts_topic: str) -> dict[str, float]:
    """Percentiles in seconds, of all records with a verdict and of those that a provider was asked about."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        began = {(one.partition, one.offset): one.timestamp for one in await read_all(consumer, content_topic)}
        verdicts = [output_of_verdict(one) for one in await read_all(consumer, verdicts_topic)]
    finally:
        await consumer.stop()
    took: dict[Place, float] = {}
    asked: set[Place] = set()
    for verdict in sorted(verdicts, key=lambda one: one.at_ms):
        took.setdefault(verdict.place, (verdict.at_ms - began[verdict.place]) / 1_000)
        if verdict.attempts:
            asked.add(verdict.place)
    return {
        **_percentiles("way", list(took.values())),
        **_percentiles("asked_way", [seconds for place, seconds in took.items() if place in asked]),
    }


def _percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    cuts = quantiles(seconds, n=100, method="inclusive")
    found = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "most": max(seconds)}
    return {f"{name}_{which}_seconds": round(value, 2) for which, value in found.items()}
