"""Fault name -> what it does. A further fault is a function and a line here."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.faults import answers, refusals, statuses, transport
from streams.sandbox.emulator.wire import Outgoing

Handler = Callable[..., Outgoing]
"""Takes the exchange and the fault's own parameters as keywords."""

FAULTS: Mapping[str, Handler] = MappingProxyType(
    {
        "status": statuses.status,
        "unauthorized": statuses.unauthorized,
        "echo_key": statuses.echo_key,
        "throttle": statuses.throttle,
        "quota": statuses.quota,
        "redirect": statuses.redirect,
        "hang": transport.hang,
        "down": transport.down,
        "reset": transport.reset,
        "reset_in_body": transport.reset_in_body,
        "drip": transport.drip,
        "gzip_bomb": transport.gzip_bomb,
        "endless": transport.endless,
        "delay": transport.delay,
        "truncated_json": transport.truncated_json,
        "html": transport.html,
        "refusal": refusals.refusal,
        "content_filter": refusals.content_filter,
        "prompt_filter": refusals.prompt_filter,
        "length": answers.length,
        "constant": answers.constant,
        "outside_schema": answers.outside_schema,
        "empty": answers.empty,
        "no_usage": answers.no_usage,
        "other_model": answers.other_model,
        "gullible": answers.gullible,
    }
)
EVERYWHERE = frozenset({"down"})
"""Faults that also meet the list of models."""

__all__ = ["EVERYWHERE", "FAULTS", "Exchange", "Handler"]
