"""How each side is started: the worker, or a loop that asks in its own way."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from streams.ai.pricing import PriceBook
from streams.settings import load
from tests.bench.bare_job import Asking, Job, Vendor
from tests.bench.router.job import FIRST_MODEL, SECOND_MODEL
from tests.chaos.processes import Child

Side = Literal["worker", "bare httpx", "bare aiohttp", "litellm"]
ASKING: Mapping[Side, Asking] = {"bare httpx": "httpx", "bare aiohttp": "aiohttp", "litellm": "litellm"}
"""Of the loops."""
FIRST, SECOND = "groq", "openai"
_NANO = 10**9


@dataclass(frozen=True)
class Place:
    """What a side works on."""

    bootstrap: str
    prefix: str
    """Of its topics."""
    providers: Mapping[str, str]
    """The environment with which a worker finds the emulator."""
    in_flight: int
    session_seconds: float = 10.0
    """A dead member's partitions are given away after this."""
    budget_nano_usd: int | None = None
    """Of the first provider, for a day."""

    def topic(self, name: str) -> str:
        """Its full name."""
        return load(kafka_topic_prefix=self.prefix).topic(name)

    @property
    def source(self) -> str:
        """Where the records are."""
        return self.topic("scraped-content")

    @property
    def outcomes(self) -> tuple[str, str]:
        """Where a record's end is: verdicts and dead letters."""
        return self.topic("fulltext-verdicts"), self.topic("scraped-content.dlq")


@dataclass(frozen=True)
class Command:
    """A side that can be started, also again."""

    side: Side
    group: str
    """Its consumer group."""
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable

    def start(self, log: Path) -> Child:
        """Its process."""
        return Child(self.side, self.arguments, log, self.environment, self.python)


def command(side: Side, place: Place, litellm_python: str | None = None) -> Command:
    """How `side` is started. Raises ValueError for LiteLLM without its interpreter."""
    if side == "worker":
        return worker(place)
    if side == "litellm" and litellm_python is None:
        raise ValueError("LiteLLM has an interpreter of its own; name it with --litellm-python")
    job = Job(
        bootstrap=place.bootstrap,
        source=place.source,
        group=f"{place.prefix}bare",
        target=place.outcomes[0],
        in_flight=place.in_flight,
        asking=ASKING[side],
        vendors=(
            _vendor(FIRST, FIRST_MODEL, place.providers["GROQ_BASE_URL"], place.budget_nano_usd),
            _vendor(SECOND, SECOND_MODEL, place.providers["OPENAI_BASE_URL"]),
        ),
        session_seconds=place.session_seconds,
    )
    python = litellm_python if side == "litellm" and litellm_python else sys.executable
    return Command(side, job.group, ("tests.bench.bare_loop", json.dumps(asdict(job))), python=python)


def worker(place: Place, **more: str) -> Command:
    """The worker with the same two providers and models; `more` of its environment."""
    environment = {
        **place.providers,
        "AI_PROVIDER_PRIORITY": f"{FIRST},{SECOND}",
        "GROQ_MODEL": FIRST_MODEL,
        "OPENAI_MODEL": SECOND_MODEL,
        "KAFKA_BOOTSTRAP_SERVERS": place.bootstrap,
        "KAFKA_TOPIC_PREFIX": place.prefix,
        "KAFKA_GROUP_ID": f"{place.prefix}worker",
        "KAFKA_SESSION_TIMEOUT_SECONDS": f"{place.session_seconds:g}",
        "VERIFY_LOCAL_TIER": "off",
        "VERIFY_MAX_IN_FLIGHT": str(place.in_flight),
        "LOG_LEVEL": "warning",
        **more,
    }
    if place.budget_nano_usd is not None:
        whole, rest = divmod(place.budget_nano_usd, _NANO)
        environment["AI_DAILY_BUDGET_USD"] = f"{FIRST}:{whole}.{rest:09}"
    return Command("worker", environment["KAFKA_GROUP_ID"], ("streams", "worker"), environment)


def _vendor(name: str, model: str, url: str, budget_nano_usd: int | None = None) -> Vendor:
    price = PriceBook.load().find(name, model, datetime.now(UTC).date())
    assert price is not None
    return Vendor(url, model, price.input, price.output, budget_nano_usd)
