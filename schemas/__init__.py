"""What crosses a topic or the web: frozen pydantic models, one file per message.

Layout, in the order a record meets them
----------------------------------------
base      the common model configuration and the schema version
content   `ScrapedContent`, the input (`scraped-content`)
verdict   `FulltextVerdict`, the answer (`fulltext-verdicts`), with its parts
replays   `ReplayEntry`, what `fulltext replay` did (`scraped-content.replays`)
usage     `ProviderUsage`, one event per attempt at a provider (`provider-usage`)
stats     `ProviderStats`, a provider's sums over windows (`provider-stats`); latency: their histogram
analytics `UsageAnalytics`, sums by user, task and way of deciding (`usage-analytics`)
health    `ProviderHealth`, a worker's view of a provider (`provider-health`)
flow      `WorkerFlow`, what goes through one worker (its pages)
alerts    `BudgetAlert` (`budget-alerts`)
leases    `BudgetLease`, a grant of the budget ledger (`budget-leases`); `BudgetRequest`, what workers ask of it
export    the JSON Schema of every topic, written to `schemas/json/`; asyncapi: all of them as one AsyncAPI document
channels  what a reader of a topic has to know beside the message: key, headers, who writes
"""

from schemas.alerts import BudgetAlert
from schemas.analytics import Spending, UsageAnalytics, UsagePeriod
from schemas.base import SCHEMA_VERSION, Message
from schemas.content import ScrapedContent
from schemas.flow import LatestVerdict, PartitionFlow, VerdictCount, WorkerFlow
from schemas.health import ProviderHealth
from schemas.leases import BudgetLease, BudgetRequest
from schemas.replays import ReplayEntry
from schemas.stats import BreakerState, ErrorCount, ProviderStats, ProviderWindow, UsageSums
from schemas.usage import CostKind, Outcome, ProviderUsage
from schemas.verdict import (
    Access,
    AttemptSummary,
    Completeness,
    DocumentStats,
    Evidence,
    FulltextVerdict,
    Identity,
    Injection,
    Reason,
    RecordSource,
    TextQuality,
    Verdict,
)

__all__ = [
    "SCHEMA_VERSION",
    "Access",
    "AttemptSummary",
    "BreakerState",
    "BudgetAlert",
    "BudgetLease",
    "BudgetRequest",
    "Completeness",
    "CostKind",
    "DocumentStats",
    "ErrorCount",
    "Evidence",
    "FulltextVerdict",
    "Identity",
    "Injection",
    "LatestVerdict",
    "Message",
    "Outcome",
    "PartitionFlow",
    "ProviderHealth",
    "ProviderStats",
    "ProviderUsage",
    "ProviderWindow",
    "Reason",
    "RecordSource",
    "ReplayEntry",
    "ScrapedContent",
    "Spending",
    "TextQuality",
    "UsageAnalytics",
    "UsagePeriod",
    "UsageSums",
    "Verdict",
    "VerdictCount",
    "WorkerFlow",
]
