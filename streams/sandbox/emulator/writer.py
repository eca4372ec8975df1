"""Writing a reply to a question: look at the excerpt, fill the schema, count the tokens."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from streams.sandbox.emulator import tokens
from streams.sandbox.emulator.filler import fill
from streams.sandbox.emulator.judge import read_request
from streams.sandbox.emulator.models import Usage
from streams.sandbox.emulator.wire import Ask, Problem, Unservable, Written

_DEFAULT_MAX_TOKENS = 4_096
_CACHE_FLOOR = 1_024
"""Vendors cache prompts from so many equal leading tokens on, in steps of `_CACHE_STEP`."""
_CACHE_STEP = 128
_CACHE_ENTRIES = 256


class PromptCache:
    """Which beginnings of prompts a vendor has seen lately."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, int], None] = OrderedDict()

    def cached_tokens(self, ask: Ask) -> int:
        """Tokens of this prompt that are cheaper because the same first text came before; remembers it."""
        if len(ask.texts) < 2:
            return 0
        head = tokens.count(ask.texts[0])
        if head < _CACHE_FLOOR:
            return 0
        key = (ask.model.vendor, ask.model.name, hash(ask.texts[0]))
        known = key in self._seen
        self._seen[key] = None
        self._seen.move_to_end(key)
        if len(self._seen) > _CACHE_ENTRIES:
            self._seen.popitem(last=False)
        return head // _CACHE_STEP * _CACHE_STEP if known else 0


def write(ask: Ask, cache: PromptCache, wishes: Mapping[str, Any] | None = None, *, gullible: bool = False) -> Written:
    """The reply to `ask`. `wishes` overrule what the reader found; cut short where the limit of tokens is reached.

    Raises Unservable for a schema that nothing can obey.
    """
    hints = read_request(ask.user, wishes or {}, gullible=gullible)
    text = _text(ask, hints)
    visible = tokens.count(text)
    hidden = round(visible * ask.model.thinks) + 1 if ask.thinks else 0
    limit = ask.max_tokens or _DEFAULT_MAX_TOKENS
    written = Written(text, None)
    if hidden + visible > limit:
        hidden = min(hidden, limit)
        visible = limit - hidden
        written = Written(tokens.cut(text, visible), None, "length")
    prompt = tokens.count_messages(ask.texts) + _schema_tokens(ask)
    return replace(written, usage=Usage(prompt, visible + hidden, cache.cached_tokens(ask), hidden))


def _text(ask: Ask, hints: Mapping[str, Any]) -> str:
    if ask.schema is not None:
        try:
            # Where the caller's enum lacks the verdict, `other` is nearer to it than the enum's first member.
            return orjson.dumps(fill(ask.schema, {**hints, "verdict": (hints["verdict"], "other")})).decode()
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise Unservable(Problem(400, message=f"Invalid schema: {error}")) from None
    if ask.json_mode:
        return orjson.dumps({key: hints[key] for key in ("verdict", "confidence")}).decode()
    return f"The document looks like: {hints['verdict']}."


def _schema_tokens(ask: Ask) -> int:
    return tokens.count(orjson.dumps(ask.schema).decode()) if ask.schema else 0
