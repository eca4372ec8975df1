"""The worker, with alerts that need less patience: `python -m tests.integration.hasty_worker outage` (or `figures`)."""

import sys
from dataclasses import replace
from types import MappingProxyType

from streams.cli import main
from streams.pipeline.alerts import build, desk, rules

OUTAGE = {
    "breaker_open": replace(rules.RULES["breaker_open"], after_seconds=1, clear_seconds=10),
    "hold": replace(rules.RULES["hold"], after_seconds=2, clear_seconds=2),
    "failure_rate": replace(rules.RULES["failure_rate"], min_calls=1_000_000),
}
FIGURES = {kind: replace(rules.RULES[kind], clear_seconds=2) for kind in ("failure_rate", "latency")}
"""The figures themselves are those of production."""

if __name__ == "__main__":
    desk.LOOK_SECONDS = 0.5
    assert build.alert_desk.__kwdefaults__ is not None
    hasty = {"outage": OUTAGE, "figures": FIGURES}[sys.argv[1]]
    build.alert_desk.__kwdefaults__["rules"] = MappingProxyType({**rules.RULES, **hasty})
    main(["worker"])
