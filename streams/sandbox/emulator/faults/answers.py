"""Answers that arrive well and are wrong. All of them are charged."""

from dataclasses import replace
from typing import Any

from streams.sandbox.emulator import tokens
from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.wire import Outgoing, Written


def constant(exchange: Exchange, **values: Any) -> Outgoing:
    """Always these values, whatever stands in the document: `{"verdict": "full_text"}`."""
    return exchange.answer(wishes=values)


def outside_schema(exchange: Exchange, *, text: str = '{"unexpected": true}') -> Outgoing:
    """Any text where the schema wanted something else."""
    return exchange.answer(lambda written: replace(written, text=text))


def empty(exchange: Exchange) -> Outgoing:
    """An answer without a character."""
    return exchange.answer(lambda written: replace(written, text=""))


def length(exchange: Exchange, *, tokens_kept: int = 10) -> Outgoing:
    """As if the limit of tokens had been reached after a few: JSON cut in the middle."""
    return exchange.answer(lambda written: _cut(written, tokens_kept))


def no_usage(exchange: Exchange) -> Outgoing:
    """A good answer that does not say what it used."""
    return exchange.answer(tell_usage=False)


def other_model(exchange: Exchange, *, name: str = "surprise-model-1") -> Outgoing:
    """Another model answers than the one asked for; charged as itself, or as the one asked for if it has no price."""
    outgoing = exchange.answer(lambda written: replace(written, served=name))
    return replace(outgoing, model=exchange.vendor.models.get(name, outgoing.model))


def gullible(exchange: Exchange) -> Outgoing:
    """The model obeys orders that stand in the document."""
    exchange.gullible = True
    return exchange.answer()


def _cut(written: Written, kept: int) -> Written:
    return replace(written, text=tokens.cut(written.text, kept), finish="length")
