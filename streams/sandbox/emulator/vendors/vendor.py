"""What the server needs of a vendor: its paths, its reading of a request, its forms of answers and errors."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from streams.sandbox.emulator.limits import Standing
from streams.sandbox.emulator.models import Model
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Unservable, Written

Params = Mapping[str, str]
"""The variable parts of a path and the query."""


class Vendor(ABC):
    """One wire format. Without state: a request and its answer are all it knows."""

    name: str
    prefix: str
    """Where the vendor's paths start on this server."""
    base: str
    """The base URL's path, as our settings want it."""
    chat_paths: tuple[str, ...]
    list_paths: tuple[str, ...]
    model_paths: tuple[str, ...]
    request_window = 60.0
    """Seconds over which requests are limited."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self.models = models

    @abstractmethod
    def key(self, headers: Mapping[str, str]) -> str | None:
        """The API key that the request carries, where this vendor looks for one."""

    @abstractmethod
    def read(self, params: Params, body: dict[str, Any]) -> Ask:
        """Understand a request for a completion. Raises Unservable with what the vendor would object to."""

    @abstractmethod
    def write(self, ask: Ask, written: Written, ident: str) -> dict[str, Any]:
        """The body of a good answer."""

    @abstractmethod
    def error(self, problem: Problem) -> dict[str, Any]:
        """The body of an error."""

    @abstractmethod
    def listing(self) -> dict[str, Any]:
        """The body of `GET models`."""

    @abstractmethod
    def describe(self, model: Model) -> dict[str, Any]:
        """One entry of the listing."""

    def headers(self, ident: str, model: Model | None, standing: Standing | None) -> dict[str, str]:
        """Headers of every answer; a standing adds the rate limits."""
        return {}

    @abstractmethod
    def no_key(self, key: str | None) -> Problem:
        """A request without a key, or with one that is not accepted."""

    @abstractmethod
    def throttled(self, model: Model | None, short_of: str, wait: float) -> Problem:
        """A request over the limit of `requests` or `tokens`, good again after `wait` seconds."""

    @abstractmethod
    def exhausted(self, model: Model | None) -> Problem:
        """The quota of the day (or the money) is gone."""

    def retry_in(self, problem: Problem, value: str | None) -> Problem:
        """The same with `value` where this vendor says when to come back; None says nothing."""
        headers = {name: text for name, text in problem.headers.items() if not name.startswith("retry-after")}
        return replace(problem, headers=headers if value is None else headers | {"retry-after": value})

    @abstractmethod
    def filtered_prompt(self, reason: str | None) -> Outgoing:
        """A prompt that the vendor's filter stops before a model sees it; a reason in the vendor's own words."""

    def refused(self, written: Written) -> Written:
        """An answer in which the model declines, in the vendor's own form."""
        return Written("I'm sorry, but I can't help with that.", written.usage, served=written.served)

    @abstractmethod
    def cut_by_filter(self, written: Written, reason: str | None) -> Written:
        """An answer that the vendor's filter stopped on the way."""

    def unknown_model(self, name: str) -> Problem:
        """A model that is not served."""
        return Problem(404, "model", param="model", extra={"model": name})

    def find(self, name: Any) -> Model:
        """The served model of that name. Raises Unservable."""
        model = self.models.get(name) if isinstance(name, str) else None
        if model is None:
            raise Unservable(self.unknown_model(str(name)))
        return model

    def problem(self, problem: Problem) -> Outgoing:
        """An error as bytes."""
        return Outgoing(problem.status, orjson.dumps(self.error(problem)), dict(problem.headers))


def take(body: Mapping[str, Any], name: str, kinds: type | tuple[type, ...], problem: Problem) -> Any:
    """A field of a request, or None. Raises Unservable(problem) for a value of another type."""
    value = body.get(name)
    if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool)):
        raise Unservable(problem)
    return value


def texts_of(parts: Iterable[Any]) -> str:
    """The text of content parts `{"text": ...}`, joined."""
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))
