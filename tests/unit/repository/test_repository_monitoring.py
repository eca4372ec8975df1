"""Alerts, their runbooks and the dashboard speak of metrics that exist, and of each other."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.repository import promql

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy/prometheus"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
NAMES = [rule["alert"] for rule in RULES]
TESTS = yaml.safe_load((FOLDER / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
RUNBOOKS = (ROOT / "docs/runbooks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOKS, re.MULTILINE | re.DOTALL))
PARTS = ("Meaning", "Impact", "Diagnosis", "What to do")
GRAFANA = ROOT / "deploy/grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards/fulltext.json").read_text(encoding="utf-8"))
QUERIES = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]
ASKED_FOR = {
    "fulltext_verdicts_total",
    "fulltext_local_decisions_total",
    "ai_provider_cost_total",
    "ai_provider_latency_seconds",
    "ai_provider_requests_total",
    "ai_provider_circuit_breaker_state",
    "ai_budget_spent_usd",
    "ai_budget_limit_usd",
    "fulltext_lag_records",
    "fulltext_hold_seconds",
    "fulltext_dead_letters_total",
}


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own judge of rules."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("no promtool on this machine; `make system-deps` installs it")
    return found


@pytest.mark.parametrize(
    "command",
    ["check rules alerts.yml", "test rules alerts_test.yml", "check config --syntax-only prometheus.yml"],
)
def test_promtool_is_content(promtool, command):
    """Rules and configuration are well formed, and every alert fires and is quiet as its test says."""
    done = subprocess.run([promtool, *command.split()], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_notices_a_changed_rule(promtool, tmp_path):
    """The tests are no formality: with one threshold moved they fail."""
    text = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    (tmp_path / "alerts.yml").write_text(text.replace("> 0.10", "> 0.90"), encoding="utf-8")
    shutil.copy(FOLDER / "alerts_test.yml", tmp_path)
    command = [promtool, "test", "rules", "alerts_test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FulltextProviderFailing" in done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_is_tested_both_ways(name):
    """There is a moment at which it fires and one at which it does not."""
    cases = [case for test in TESTS for case in test["alert_rule_test"] if case["alertname"] == name]
    assert {bool(case["exp_alerts"]) for case in cases} == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_each_alert_leads_to_its_runbook(rule):
    """By a path of this repository and the section's anchor; with a summary and a severity."""
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks.md#{rule['alert'].lower()}"
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in ("info", "warning", "critical")
    assert rule["alert"] in SECTIONS


def test_each_runbook_has_its_alert():
    """In the same order, once, with all its parts."""
    assert list(SECTIONS) == NAMES
    for name, text in SECTIONS.items():
        assert tuple(re.findall(r"^\*\*([\w ]+)\.\*\*", text, re.MULTILINE)) == PARTS, name
    assert "](../deploy/prometheus/alerts.yml)" in RUNBOOKS


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_alerts_ask_for_what_exists(rule):
    """Each metric and label is in the table of metrics."""
    assert promql.problems(rule["expr"]) == []


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_panels_ask_for_what_exists(title, query):
    """Each metric and label is in the table of metrics."""
    assert promql.problems(query) == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("sum(fulltext_verdict_total)", "no metric fulltext_verdict_total"),
        ('rate(fulltext_verdicts_total{kind="x"}[5m])', "no label kind"),
        ("sum by (provider) (fulltext_lag_records)", "no label provider"),
        ('ai_provider_latency_seconds_sum{quantile="0.5"}', "no label quantile"),
        ("vector(1)", "no metric is asked for"),
        ("sum(fulltext_lag_records) > bool other", "no metric other"),
    ],
)
def test_what_does_not_exist_is_noticed(query, problem):
    """The check itself sees wrong names and labels."""
    assert promql.problems(query) == [problem]


def test_the_dashboard_shows_what_operators_ask_for():
    """Records, money, providers, budgets, lag, holds and dead letters are on it."""
    asked = {name for _, query in QUERIES for name in promql.metrics_in(query)}
    assert asked >= ASKED_FOR
    assert any('quantile="0.5"' in query for _, query in QUERIES)
    assert any('quantile="0.95"' in query for _, query in QUERIES)


def test_the_dashboard_is_well_formed():
    """Panels have ids of their own and do not lie on each other, and use the data source that is provisioned."""
    source = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"][0]
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {(panel["datasource"]["type"], panel["datasource"]["uid"]) for panel in panels} == {
        (source["type"], source["uid"])
    }
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
