"""The metrics are those of the file, and Prometheus can read them."""

import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.observability import metrics
from streams.observability.metrics import METRICS, Exposition, Sample


def read(*samples: Sample) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """What Prometheus sees: sample name -> labels -> value."""
    text = Exposition(lambda: samples).render().decode()
    seen: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            seen.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return seen


def test_the_four_names_of_the_contract() -> None:
    """Exactly these, with these labels; the kinds are as Prometheus names them."""
    contract = {metric.name: (metric.kind, metric.labels) for metric in METRICS}
    assert contract["ai_provider_requests_total"] == ("counter", ("provider", "status"))
    assert contract["ai_provider_latency_seconds"] == ("summary", ("provider", "quantile"))
    assert contract["ai_provider_cost_total"] == ("counter", ("provider",))
    assert contract["ai_provider_circuit_breaker_state"] == ("gauge", ("provider", "state"))


def test_samples_come_out_under_their_names() -> None:
    """A counter, a summary with its sum and count, a gauge."""
    seen = read(
        Sample(metrics.REQUESTS, 3, ("groq", "success")),
        Sample(metrics.LATENCY, 0.25, ("groq", "0.95")),
        Sample(metrics.LATENCY, 1.5, ("groq",), "_sum"),
        Sample(metrics.LATENCY, 3, ("groq",), "_count"),
        Sample(metrics.BREAKER, True, ("groq", "half-open")),
    )
    assert seen["ai_provider_requests_total"] == {(("provider", "groq"), ("status", "success")): 3}
    assert seen["ai_provider_latency_seconds"] == {(("provider", "groq"), ("quantile", "0.95")): 0.25}
    assert seen["ai_provider_latency_seconds_sum"] == {(("provider", "groq"),): 1.5}
    assert seen["ai_provider_latency_seconds_count"] == {(("provider", "groq"),): 3}
    assert seen["ai_provider_circuit_breaker_state"] == {(("provider", "groq"), ("state", "half-open")): 1}


def test_every_metric_is_announced_once() -> None:
    """With its kind and meaning, even before it has a value; names and labels are well formed and unique."""
    text = Exposition(lambda: ()).render().decode()
    for metric in METRICS:
        assert text.count(f"# TYPE {metric.name} {metric.kind}\n") == 1
        assert re.fullmatch(r"(ai|fulltext)_[a-z_]+[a-z]", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_values_are_read_anew_for_each_scrape() -> None:
    """Nothing is kept between two."""
    values = iter([1, 2])

    def samples() -> Iterator[Sample]:
        yield Sample(metrics.IN_FLIGHT, next(values))

    exposition = Exposition(samples)
    assert b"fulltext_records_in_flight 1.0" in exposition.render()
    assert b"fulltext_records_in_flight 2.0" in exposition.render()


def test_a_sample_with_too_few_labels_is_a_fault() -> None:
    """It would be another series than the dashboards look for."""
    with pytest.raises(ValueError, match="zip"):
        read(Sample(metrics.REQUESTS, 1, ("groq",)))


def test_the_process_is_told_too() -> None:
    """CPU and memory, by the client library's own names."""
    assert "process_cpu_seconds_total" in read()
