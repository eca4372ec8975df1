"""The JSON Schema of every topic's value, as committed in `schemas/json/`."""

import json
from pathlib import Path
from typing import Literal

from schemas.alerts import BudgetAlert
from schemas.analytics import UsageAnalytics
from schemas.base import Message
from schemas.content import ScrapedContent
from schemas.health import ProviderHealth
from schemas.leases import BudgetLease, BudgetRequest
from schemas.replays import ReplayEntry
from schemas.stats import ProviderStats
from schemas.usage import ProviderUsage
from schemas.verdict import FulltextVerdict

FOLDER = Path(__file__).parent / "json"

TOPIC_MESSAGES: dict[str, type[Message]] = {
    "scraped-content": ScrapedContent,
    "fulltext-verdicts": FulltextVerdict,
    "scraped-content.replays": ReplayEntry,
    "provider-usage": ProviderUsage,
    "provider-stats": ProviderStats,
    "usage-analytics": UsageAnalytics,
    "provider-health": ProviderHealth,
    "budget-alerts": BudgetAlert,
    "budget-leases": BudgetLease,
    "budget-requests": BudgetRequest,
}


def render(topic: str) -> str:
    """The schema of a topic's value as indented JSON; what is written is described, computed fields included.

    Raises KeyError for an unknown topic.
    """
    message = TOPIC_MESSAGES[topic]
    schema = message.model_json_schema(mode=mode_of(message))
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def mode_of(message: type[Message]) -> Literal["validation", "serialization"]:
    """The input is described as it may come, everything else as it is written."""
    return "validation" if message is ScrapedContent else "serialization"


def write(folder: Path = FOLDER) -> list[Path]:
    """Write one file per topic and return their paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for topic in TOPIC_MESSAGES:
        path = folder / f"{topic}.json"
        path.write_text(render(topic), encoding="utf-8")
        paths.append(path)
    return paths
