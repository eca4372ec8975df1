# ruff: noqa: ARG001 - handlers of faults share one signature
"""Error statuses in each vendor's own form. None of them is charged."""

from email.utils import formatdate
from time import time

from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.limits import Limits, Standing
from streams.sandbox.emulator.wire import Outgoing, Problem

_WAIT = 2.0


def status(exchange: Exchange, *, code: int = 500, kind: str = "", message: str | None = None) -> Outgoing:
    """Any status; `kind` names a row of the vendor's errors, e.g. `context` or Groq's `json`."""
    model = exchange.model
    extra = {"model": model.name if model else ""}
    return exchange.problem(Problem(code, kind, message, extra=extra))


def unauthorized(exchange: Exchange) -> Outgoing:
    """As if the key were wrong: 401, at Gemini 400 `API_KEY_INVALID`."""
    return exchange.problem(exchange.vendor.no_key(exchange.key or "wrong"))


def echo_key(exchange: Exchange) -> Outgoing:
    """The same, and the whole key stands in the message."""
    return exchange.problem(Problem(401, "bad_key", f"Incorrect API key provided: {exchange.key}."))


def throttle(
    exchange: Exchange,
    *,
    limit: str = "tokens",
    retry_after: str | float | None = _WAIT,
    retry_after_ms: float | None = None,
    retry_date_in: float | None = None,
) -> Outgoing:
    """429. `retry_after` is sent as it stands (2, 1.5, 0, -1, 1e9, "soon"; null: absent).

    `retry_date_in` sends an HTTP date so many seconds ahead; Gemini says all of it in its RetryInfo.
    """
    said = None if retry_after is None else str(retry_after)
    if retry_date_in is not None:
        said = formatdate(time() + retry_date_in, usegmt=True)
    problem = exchange.vendor.retry_in(exchange.throttled(_used_up(limit, exchange.vendor.request_window)), said)
    found = exchange.problem(problem)
    headers = dict(found.headers)
    if retry_after_ms is not None:
        headers["retry-after-ms"] = str(retry_after_ms)
    return Outgoing(found.status, found.body, headers)


def _used_up(limit: str, request_window: float) -> Standing:
    limits = Limits(request_seconds=request_window)
    if limit == "requests":
        return Standing(limits, 0, request_window, limits.tokens, 0.0, limit, _WAIT)
    return Standing(limits, limits.requests, 0.0, 0, limits.token_seconds, "tokens", _WAIT)


def quota(exchange: Exchange) -> Outgoing:
    """The day's quota, or the money, is gone."""
    return exchange.problem(exchange.vendor.exhausted(exchange.model))


def redirect(exchange: Exchange, *, url: str, code: int = 307) -> Outgoing:
    """Elsewhere: a client that follows it takes its key along."""
    return Outgoing(code, b"", {"Location": url})
