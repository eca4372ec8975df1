"""What all providers over HTTP share: build, send, and tell an answer from a failure."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import Http, Response
from streams.ai.keys import KeyRing
from streams.ai.limits.headroom import Headroom, Periods, from_headers
from streams.ai.pricing import Price
from streams.ai.provider import ModelList
from streams.ai.providers.base import Provider
from streams.ai.types import Answer, CompletionRequest, ModelChoice
from streams.clock import Clock

_REFRESH_SECONDS = 2.0
"""A rejected key waits no longer for its successor."""


@dataclass(frozen=True, slots=True)
class ProviderSetup:
    """What the registry hands to an adapter: checked and complete."""

    name: str
    keys: KeyRing
    base_url: str
    """Without a trailing slash."""
    models: Mapping[ModelChoice, str]
    price_of: Callable[[str], Price | None]
    """Takes the name of any model of this provider; None: unknown."""
    http: Http
    clock: Clock
    deployment: str | None = None
    api_version: str = "v1"
    allow_unknown_price: bool = False


class HttpProvider(Provider):
    """A subclass says where and how to ask, and how to read what comes back."""

    periods: ClassVar[Periods | None] = None
    """What the vendor's rate-limit headers count in; None: it sends none."""

    def __init__(self, setup: ProviderSetup) -> None:
        super().__init__(setup.name, setup.models, setup.price_of, setup.clock)
        self._setup = setup

    def key_ids(self) -> tuple[str, ...]:
        """Ids of its keys, in order of use."""
        return self._setup.keys.ids()

    async def check(self, key_id: str = "") -> ModelList:
        """Its list of models, free of charge. Raises AttemptFailed."""
        key_id, key = await self._key(key_id)
        response = await self._setup.http.get(self._list_url(), self._auth(key))
        if response.status != 200:
            failure = self._failure(response)
            if failure.outcome is Outcome.AUTH_REJECTED:
                await self._setup.keys.rejected(key_id, _REFRESH_SECONDS)
            raise failure
        return self._listed(response.body)

    def takes(self, model: str) -> bool:
        """At a known price, or at any where that is allowed."""
        return self._setup.allow_unknown_price or super().takes(model)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._setup.keys.aclose()
        await self._setup.http.aclose()

    async def _ask(self, request: CompletionRequest) -> Answer:
        started = self._clock.monotonic()
        key_id, key = await self._key(request.key_id)
        headers = self._auth(key) | {"X-Client-Request-Id": request.attempt_id}
        response = await self._setup.http.post(self._url(request), orjson.dumps(self._body(request)), headers)
        headroom = self._headroom(response)
        try:
            answer = self._read(response, request)
        except AttemptFailed as failure:
            failure.headroom = headroom
            failure.served_model = _unless_key(failure.served_model, key)
            if failure.outcome is Outcome.AUTH_REJECTED:
                left = request.timeout_seconds - (self._clock.monotonic() - started)
                # the outcome must still be told before the deadline comes
                await self._setup.keys.rejected(key_id, min(_REFRESH_SECONDS, left / 2))
            raise
        answer.served_model = _unless_key(answer.served_model, key)
        answer.headroom = headroom
        return answer

    def _read(self, response: Response, request: CompletionRequest) -> Answer:
        if response.status != 200:
            raise self._failure(response)
        return self._answer(response, request)

    def _headroom(self, response: Response) -> Headroom | None:
        if self.periods is None:
            return None
        requests, tokens = self.periods
        return from_headers(response.headers, requests_period=requests, tokens_period=tokens)

    async def _key(self, wanted: str) -> tuple[str, str]:
        """Id and text of the key to use, both empty where none is needed. Raises AttemptFailed: there is none now."""
        keys = self._setup.keys
        await keys.ready()
        key_id = wanted if keys.secret(wanted) else next(iter(keys.ids()), "")
        key = keys.secret(key_id)
        if key is None and keys.wanted:
            raise AttemptFailed(Outcome.AUTH_REJECTED, "no_key", sent=False)
        return key_id, key.get_secret_value() if key else ""

    @abstractmethod
    def _auth(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""

    @abstractmethod
    def _url(self, request: CompletionRequest) -> str:
        """Where to post; never with a key in it."""

    @abstractmethod
    def _list_url(self) -> str:
        """Where the list of models is."""

    @abstractmethod
    def _listed(self, body: bytes) -> ModelList:
        """What the list says; empty when it cannot be read."""

    @abstractmethod
    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        """The vendor's form of `request`."""

    @abstractmethod
    def _answer(self, response: Response, request: CompletionRequest) -> Answer:
        """The answer in a response with status 200. Raises AttemptFailed."""

    @abstractmethod
    def _failure(self, response: Response) -> AttemptFailed:
        """What a response with another status means."""


def _unless_key(told: str | None, key: str) -> str | None:
    """A server may send back whatever it was sent."""
    return None if key and key in (told or "") else told


def error_object(body: bytes) -> dict[str, Any]:
    """The `error` object of a JSON error body, empty when there is none; some servers wrap it into a list."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if isinstance(payload, list) and payload:
        payload = payload[0]
    error = payload.get("error") if isinstance(payload, dict) else None
    return error if isinstance(error, dict) else {}


def bad_shape(response: Response) -> AttemptFailed:
    """A 200 that is not what the API promises: HTML, cut JSON, another shape."""
    return AttemptFailed(Outcome.BAD_ANSWER, "not_the_api", http_status=response.status)
