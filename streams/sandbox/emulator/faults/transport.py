# ruff: noqa: ARG001 - handlers of faults share one signature
"""Answers that do not arrive, arrive slowly, broken, or are none.

A fault of the way is charged when the vendor had done the work; what stands before the vendor is not.
"""

from dataclasses import replace

from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.wire import Outgoing

_PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


def hang(exchange: Exchange) -> Outgoing:
    """Work done and charged, no answer ever."""
    return replace(exchange.answer(), manner="hang")


def down(exchange: Exchange) -> Outgoing:
    """A TCP reset for everything, nothing charged."""
    return Outgoing(0, b"", manner="reset")


def reset(exchange: Exchange) -> Outgoing:
    """Work done and charged, then a TCP reset before the first byte."""
    return replace(exchange.answer(), manner="reset")


def reset_in_body(exchange: Exchange) -> Outgoing:
    """A TCP reset after half of the body."""
    return replace(exchange.answer(), manner="reset_in_body")


def drip(exchange: Exchange, *, seconds: float = 0.4) -> Outgoing:
    """Eight bytes every `seconds`."""
    return replace(exchange.answer(), manner="drip", seconds=float(seconds))


def gzip_bomb(exchange: Exchange) -> Outgoing:
    """Some kilobytes that unpack to 128 MB."""
    return Outgoing(200, b"", manner="bomb")


def endless(exchange: Exchange) -> Outgoing:
    """A body without an end."""
    return Outgoing(200, b"", manner="endless")


def delay(exchange: Exchange, *, seconds: float = 5.0) -> Outgoing:
    """A good answer, `seconds` later than it would be."""
    return replace(exchange.answer(), seconds=float(seconds))


def truncated_json(exchange: Exchange) -> Outgoing:
    """The first half of the body, and a header that says it is all."""
    answer = exchange.answer()
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def html(exchange: Exchange) -> Outgoing:
    """A proxy's page with status 200."""
    return Outgoing(200, _PAGE, {"Content-Type": "text/html; charset=utf-8"})
