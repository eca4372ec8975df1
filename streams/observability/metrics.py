"""Every metric, with its kind and meaning; nothing is exposed that does not stand here.

The figures are counted where they arise. `Exposition` asks for them when Prometheus does, so a metric costs nothing
between two scrapes. Each worker tells its own: Prometheus adds them up. No label takes unbounded values: providers,
verdicts, reasons and partitions only, never a user, a document or an address.

Text format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Metric:
    """A name, what kind it is, its labels and what it means."""

    name: str
    kind: Literal["counter", "gauge", "summary"]
    meaning: str
    labels: tuple[str, ...] = ()


class Sample(NamedTuple):
    """A value of a metric; `suffix` is `_sum` or `_count` of a summary, whose last label is then left out."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = ()
    suffix: str = ""


# Providers. The first four names are a contract.
REQUESTS = Metric(
    "ai_provider_requests_total", "counter", "Attempts that ended; status: success or failure.", ("provider", "status")
)
LATENCY = Metric(
    "ai_provider_latency_seconds",
    "summary",
    "Of the recent good answers, from call to answer.",
    ("provider", "quantile"),
)
COST = Metric(
    "ai_provider_cost_total", "counter", "US dollars, upper bounds of unknown outcomes included.", ("provider",)
)
BREAKER = Metric(
    "ai_provider_circuit_breaker_state",
    "gauge",
    "1 for the state in force: closed, open or half-open.",
    ("provider", "state"),
)
HEALTHY = Metric("ai_provider_healthy", "gauge", "0: passed over; 1: asked.", ("provider",))
ERROR_RATE = Metric("ai_provider_error_rate", "gauge", "Share of the recent attempts that failed.", ("provider",))
CALLS = Metric("ai_provider_calls_in_flight", "gauge", "Attempts under way.", ("provider",))
TIMEOUT = Metric("ai_provider_timeout_seconds", "gauge", "Deadline of an attempt, in force.", ("provider",))
REQUESTS_LEFT = Metric("ai_provider_requests_left", "gauge", "Requests that the rate limits leave.", ("provider",))
TOKENS_LEFT = Metric("ai_provider_tokens_left", "gauge", "Tokens that the rate limits leave.", ("provider",))
PRICE_AGE = Metric("ai_provider_price_age_days", "gauge", "Days since the model's price was checked.", ("provider",))
MODEL_END = Metric(
    "ai_provider_model_end_of_life_days", "gauge", "Days until the vendor shuts the model down.", ("provider",)
)

# Money
BUDGET_LIMIT = Metric("ai_budget_limit_usd", "gauge", "Of the period that runs; users left out.", ("budget",))
BUDGET_SPENT = Metric("ai_budget_spent_usd", "gauge", "Settled in the period that runs.", ("budget",))
BUDGET_RESERVED = Metric(
    "ai_budget_reserved_usd", "gauge", "Taken by calls in flight or of unknown outcome.", ("budget",)
)
BUDGET_USED_UP = Metric(
    "ai_budget_used_up",
    "gauge",
    "1: spent, or the rest is too small for a call and none is under way here that could give some back.",
    ("budget",),
)

# The cache of answers
CACHE_HITS = Metric(
    "ai_cache_hits_total", "counter", "Answers not paid again; tier: memory, shared or flight.", ("tier",)
)
CACHE_MISSES = Metric("ai_cache_misses_total", "counter", "Questions that a provider was asked.")
CACHE_SAVED = Metric("ai_cache_saved_usd_total", "counter", "What the hits had cost when they were paid.")

# Records
VERDICTS = Metric(
    "fulltext_verdicts_total", "counter", "Verdicts that the broker has acknowledged.", ("verdict", "decided_by")
)
LOCAL = Metric("fulltext_local_decisions_total", "counter", "Verdicts for which no model was asked.")
DEAD_LETTERS = Metric("fulltext_dead_letters_total", "counter", "Records that could not be judged.", ("reason",))
IN_FLIGHT = Metric("fulltext_records_in_flight", "gauge", "Started and not ended.")
HELD_BYTES = Metric("fulltext_records_held_bytes", "gauge", "Of all records in memory.")
HOLD = Metric("fulltext_hold_seconds", "gauge", "Age of the hold in force; 0: none. Topic retention ends it.")
IDLE = Metric("fulltext_progress_age_seconds", "gauge", "Since a record ended, with some in flight and no hold.")
PARTITIONS = Metric("fulltext_partitions_assigned", "gauge", "Of scraped-content, to this worker.")
WINDOW_SPAN = Metric("fulltext_window_span", "gauge", "Offsets arrived past the last committed one.", ("partition",))
LAG = Metric("fulltext_lag_records", "gauge", "Offsets from the committed one to the log's end.", ("partition",))

# What all workers tell each other
FIGURES_BEHIND = Metric("fulltext_figures_behind", "gauge", "Usage events that are not in the figures yet.")
FIGURES_AGE = Metric("fulltext_figures_age_seconds", "gauge", "Since figures of all workers were last heard.")
ALERTS = Metric("fulltext_alerts_firing", "gauge", "Of all workers; kind: as in budget-alerts.", ("kind",))

METRICS: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))


class Exposition(Collector):
    """Answers scrapes with what `read` gives at that moment, in the order of this file."""

    def __init__(self, read: Callable[[], Iterable[Sample]]) -> None:
        self._read = read
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Family]:
        """One family for each metric, those without a sample too: a name that is there can be looked for."""
        families = {
            metric: Family(metric.name.removesuffix("_total"), metric.meaning, metric.kind) for metric in METRICS
        }
        for metric, value, labels, suffix in self._read():
            names = metric.labels[:-1] if suffix else metric.labels
            families[metric].add_sample(metric.name + suffix, dict(zip(names, labels, strict=True)), value)
        yield from families.values()
