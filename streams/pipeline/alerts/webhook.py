"""Alerts to `ALERT_WEBHOOK_URL`: beside the pipeline, never in its way. The topic is the record; this is a courtesy.

A POST of the alert's JSON with one more field, `text`, which Slack and what speaks like it shows. The URL holds a
token, so it is in no log and no error. What cannot be delivered in time is logged and given up; a copy may arrive
where an answer was lost: `alert_id` and `state` tell. Public addresses only, as for providers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple

import orjson
from pydantic import SecretStr

from schemas import BudgetAlert
from streams.ai.endpoints import checked_base_url
from streams.ai.errors import AttemptFailed, ProviderMisconfigured
from streams.ai.http import Http, HttpClient
from streams.clock import Clock
from streams.errors import SettingsError
from streams.logs import get_logger
from streams.pipeline.alerts.wording import sentence

logger: Any = get_logger(__name__)

SETTING = "ALERT_WEBHOOK_URL"
MAX_WAITING = 100
"""Alerts that wait to be delivered; what comes then is dropped, and logged."""
ATTEMPT_SECONDS = 10.0
DEADLINE_SECONDS = 120.0
"""For all attempts at one alert."""
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0
_LAST_SECONDS = 2.0
"""At a stop, for what waits."""
_WORTH_ANOTHER = (408, 425, 429)
"""And every status from 500 on."""


class _Failure(NamedTuple):
    code: str
    final: bool
    """Would another attempt end in the same way?"""


class Webhook:
    """A bounded queue and one task that works it off. `sleep` takes seconds."""

    def __init__(
        self, url: SecretStr, http: Http, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._sleep = sleep
        self._waiting: asyncio.Queue[BudgetAlert] = asyncio.Queue(MAX_WAITING)

    @classmethod
    def open(cls, url: SecretStr, clock: Clock, *, allow_private: bool) -> "Webhook":
        """With a client of its own. Call it inside the loop that uses it. Raises SettingsError."""
        check_url(url, allow_private=allow_private)
        return cls(url, HttpClient(max_connections=1, allow_private=allow_private), clock)

    def post(self, alert: BudgetAlert) -> None:
        """Deliver it later. Never waits."""
        try:
            self._waiting.put_nowait(alert)
        except asyncio.QueueFull:
            logger.warning("alerts.webhook_dropped", alert_id=alert.alert_id, state=alert.state, waiting=MAX_WAITING)

    async def run(self) -> None:
        """Deliver, one after the other, until cancelled."""
        while True:
            alert = await self._waiting.get()
            try:
                await self._deliver(alert)
            finally:
                self._waiting.task_done()

    async def flush_briefly(self) -> None:
        """Wait, within a bound, for what waits; `run` must be running."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), _LAST_SECONDS)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def _deliver(self, alert: BudgetAlert) -> None:
        body, until = payload(alert), self._clock.monotonic() + DEADLINE_SECONDS
        wait = _FIRST_WAIT_SECONDS
        while (failure := await self._attempt(body)) is not None:
            if failure.final or self._clock.monotonic() + wait > until:
                logger.warning("alerts.webhook_failed", alert_id=alert.alert_id, state=alert.state, error=failure.code)
                return
            await self._sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    async def _attempt(self, body: bytes) -> _Failure | None:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                response = await self._http.post(self._url.get_secret_value(), body, {})
        except AttemptFailed as failed:
            return _Failure(failed.code, failed.code == "private_address")
        except TimeoutError:
            return _Failure("timeout", final=False)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may hold the URL
            return _Failure(type(error).__name__, final=True)
        if 200 <= response.status < 300:
            return None
        again = response.status in _WORTH_ANOTHER or response.status >= 500
        return _Failure(f"status_{response.status}", not again)


def check_url(url: SecretStr, *, allow_private: bool) -> None:
    """Raises SettingsError, which never repeats the URL. A query is allowed: some hooks have their token there."""
    try:
        checked_base_url(SETTING, url.get_secret_value().partition("?")[0], allow_private=allow_private)
    except ProviderMisconfigured as error:
        problem = str(error).removeprefix(f"{SETTING}: ").replace("the base URL", "the URL")
        raise SettingsError(SETTING, problem) from None


def payload(alert: BudgetAlert) -> bytes:
    """The alert as JSON, with `text`, in which nobody is mentioned and nothing is linked whatever a user is called."""
    text = f"[{alert.state}] {sentence(alert)}"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return orjson.dumps({**alert.model_dump(mode="json"), "text": escaped})
