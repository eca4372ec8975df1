"""What `fulltext top` draws, from the JSON of the pages."""

from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_NANO = 1_000_000_000
_BAR = 20
_SIGNS = {"healthy": ("●", "green"), "degraded": ("◐", "yellow"), "unhealthy": ("✕", "red"), "unknown": ("○", "dim")}
_ALERTS = {
    "budget": "{value:.0%} of the budget is spent",
    "failure_rate": "{value:.0%} of the calls fail",
    "breaker_open": "the breaker is open",
    "latency": "p95 is {value:.1f} s",
    "hold": "the stream is held",
    "overrun": "{value:.6f} USD billed above what was reserved",
}
_SHOWN = 8
_ID_CHARS = 28


def screen(seen: dict[str, Any], rate: float | None) -> RenderableType:
    """Everything. `rate`: verdicts a minute."""
    stats, health, budgets = seen["stats"], seen["health"], seen["budgets"]
    parts: list[RenderableType] = [_head(stats, rate), _providers(stats, health), _room(health)]
    if budgets["budgets"]:
        parts.append(_budgets(budgets["budgets"]))
    if stats["alerts"]:
        parts.append(_alerts(stats["alerts"]))
    parts.append(_latest(stats["flow"]["latest"]))
    return Group(*(line for part in parts for line in (part, "")))


def _head(stats: dict[str, Any], rate: float | None) -> Text:
    today, totals, flow = stats["today"], stats["totals"], stats["flow"]
    pace = "" if rate is None else f"{rate:,.0f} verdicts a minute · "
    held = (
        "" if flow["hold_seconds"] is None else f" · HELD for {flow['hold_seconds']:.0f} s: no provider admits a call"
    )
    other = today["cache_saved_nano_usd"] + today["free_list_price_nano_usd"]
    return Text(
        f"{stats['worker']} · {_clock(stats['at'])}\n"
        f"{pace}{today['records']:,} today · {_share(today['local_share'])} decided locally\n"
        f"{usd(today['local_saved_nano_usd'])} saved by that, {usd(other)} by cache and free tier\n"
        f"{totals['calls']:,} calls in {stats['window']} · {_share(totals['failure_rate'])} failed · "
        f"{usd(totals['cost_nano_usd'])} · {flow['in_flight']:,} in flight here, {flow['lag']:,} records to go{held}"
    )


def _providers(stats: dict[str, Any], health: dict[str, Any]) -> Table:
    table = _table("provider", "state", ">calls", ">failed", ">p50", ">p95", ">cost")
    figures = {one["provider"]: one for one in stats["providers"]}
    for one in health["providers"]:
        sign, style = _SIGNS[one["status"]]
        breaker = "" if one["breaker"] == "closed" else f", breaker {one['breaker']}"
        own = figures.get(one["provider"])
        state = Text(f"{sign} {one['status']}{breaker}", style=style)
        table.add_row(one["provider"], state, *(_calls(own) if own else ("–",) * 5))
    return table


def _calls(one: dict[str, Any]) -> tuple[str, ...]:
    cost = usd(one["cost_nano_usd"])
    times = (_millis(one["latency_ms_p50"]), _millis(one["latency_ms_p95"]))
    return f"{one['calls']:,}", _share(one["failure_rate"]), *times, cost


def _room(health: dict[str, Any]) -> Table:
    """What limits and budgets leave, and how old the knowledge of each provider is."""
    table = _table("limits", ">timeout", ">requests", ">tokens", ">budget", ">model ends", ">price checked")
    for one in health["providers"]:
        table.add_row(
            one["provider"],
            f"{one['timeout_seconds']:.0f} s",
            _count(one["requests_left"]),
            _count(one["tokens_left"]),
            usd(one["budget_left_nano_usd"]),
            _days(one["model_end_of_life_days"], "in {} d"),
            _days(one["price_age_days"], "{} d ago"),
        )
    return table


def _budgets(budgets: list[dict[str, Any]]) -> Table:
    table = _table("budget", "", ">used", ">spent", ">of", ">reserved", ">resets")
    for one in budgets:
        used = one["used"]
        filled = round(min(used or 0.0, 1.0) * _BAR)
        table.add_row(
            one["budget"],
            "█" * filled + "░" * (_BAR - filled) if used is not None else "free calls only",
            "used up" if one["used_up"] else _share(used),
            usd(one["spent_nano_usd"]),
            usd(one["limit_nano_usd"]),
            usd(one["reserved_nano_usd"]),
            f"{one['resets_in_seconds'] / 3600:.1f} h",
        )
    return table


def _alerts(alerts: list[dict[str, Any]]) -> Table:
    table = _table("alert", "", "at")
    for one in alerts[:_SHOWN]:
        firing = one["state"] == "firing"
        what = _ALERTS[one["kind"]].format(value=one["value"])
        mark = Text("▲ firing", style="red") if firing else Text("✓ over", style="green")
        table.add_row(mark, _foreign(one["subject"]) + Text(f": {what}"), _clock(one["at"]))
    return table


def _latest(verdicts: list[dict[str, Any]]) -> Table:
    table = _table("latest verdicts", "decided by", "record", ">time", ">cost", "at")
    for one in verdicts[:_SHOWN]:
        decided_by = one["decided_by"].removeprefix("llm:").partition("/")[0]
        cells = (_millis(one["latency_ms"]), usd(one["cost_nano_usd"]), _clock(one["decided_at"]))
        table.add_row(one["verdict"], decided_by, _foreign(one["content_id"]), *cells)
    return table


def _foreign(text: str) -> Text:
    """Somebody else's text: cut short, never markup, and nothing that speaks to the terminal."""
    shown = text if len(text) <= _ID_CHARS else text[: _ID_CHARS - 1] + "…"
    return Text("".join(sign if sign.isprintable() else "·" for sign in shown))


def _table(*columns: str) -> Table:
    """`>`: aligned to the right."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        table.add_column(name.lstrip(">"), justify="right" if name.startswith(">") else "left", no_wrap=True)
    return table


def usd(nano: int | None) -> str:
    """Dollars, two digits that tell something."""
    if nano is None:
        return "–"
    dollars = nano / _NANO
    if dollars == 0:
        return "$0"
    if abs(dollars) >= 1:
        return f"${dollars:,.2f}"
    return f"${dollars:.3f}" if abs(dollars) >= 0.01 else f"${float(f'{dollars:.2g}'):.9f}".rstrip("0")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}" if 0 < value < 0.1 else f"{value:.0%}"


def _millis(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f} ms" if value < 1_000 else f"{value / 1_000:.1f} s"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _days(value: int | None, words: str) -> str:
    return "–" if value is None else words.format(value)


def _clock(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S")
