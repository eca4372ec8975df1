"""docs/configuration.md, made from the settings; a test keeps them equal. `python -m streams.settings_page` writes it.

Name, default, what is allowed and the meaning all come from the fields: there is nothing to keep up by hand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from streams.settings import Settings

COMMITTED = Path(__file__).parents[1] / "docs" / "configuration.md"
SECTIONS = {
    "kafka_bootstrap_servers": "Kafka",
    "ai_provider_priority": "Providers",
    "ai_daily_budget_usd": "Budgets",
    "verify_local_tier": "Verification",
    "dlq_max_ratio": "Dead letters",
    "alert_webhook_url": "Alerts",
    "web_host": "Web",
    "log_format": "Logs",
    "otel_exporter_otlp_endpoint": "Traces",
}
"""First setting of each section -> its title."""
UNITS = {
    "_seconds": "seconds",
    "_bytes": "bytes",
    "_budget_usd": "US dollars",
    "_per_minute": "a minute",
    "_ratio": "share",
}
"""End of a name -> unit."""
_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_HEAD = """\
# Configuration

Every setting is an environment variable; an empty one counts as unset. This page is made from
[`streams/settings.py`](../streams/settings.py) by `python -m streams.settings_page`, and a test holds the two
together; [`.env.example`](../.env.example) says more about each, in a form to copy. `fulltext doctor` looks at what
is set.

A *secret* may also come from a file, as `<NAME>_FILE=/run/secrets/name`; a key's file is read again when it changes.
"""


def render() -> str:
    """The whole page."""
    return _HEAD + "".join(_lines())


def _lines() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            yield f"\n## {SECTIONS[name]}\n\n| Variable | Default | Allowed | Meaning |\n|---|---|---|---|\n"
        cells = (f"`{name.upper()}`", _default(field), allowed(name, field), field.description or "")
        yield f"| {' | '.join(cells)} |\n"


def _default(field: FieldInfo) -> str:
    if field.default in (None, ""):
        return "unset"
    value = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"`{value}`"


def allowed(name: str, field: FieldInfo) -> str:
    """What a value may be: its choices, or kind, unit and bounds."""
    kind = _kind(field.annotation)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    unit = next((unit for end, unit in UNITS.items() if name.endswith(end)), "")
    if kind in (int, float):
        return ", ".join(part for part in (unit or "number", *_bounds(field)) if part)
    if kind is SecretStr:
        return "secret"
    return {bool: "`true`, `false`", Path: "file"}.get(kind, unit or "text")


def _kind(annotation: Any) -> Any:
    """The type behind `| None`."""
    if get_origin(annotation) is Literal:
        return annotation
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if kinds else annotation


def _bounds(field: FieldInfo) -> Iterator[str]:
    for bound in field.metadata:
        for name, words in _BOUNDS.items():
            if (value := getattr(bound, name, None)) is not None:
                yield f"{words} {value:,}"


if __name__ == "__main__":
    COMMITTED.write_text(render(), encoding="utf-8")
