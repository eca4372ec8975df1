"""`AlertDesk`: a worker's heartbeats, what it hears of all workers, and, where it is the writer, the alerts.

Everything runs beside the pipeline: a fault in here is logged, and nothing waits for it. One worker writes, the one
whose `leads` is true. Before it looks, it reads `budget-alerts` to the end, so it knows what was told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from schemas import BudgetAlert, ProviderHealth
from streams.ai.budget import Balance
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.alerts.book import AlertBook
from streams.pipeline.alerts.health_view import HealthView
from streams.pipeline.alerts.heartbeats import Heartbeats, Send
from streams.pipeline.alerts.observation import Calls, Observation, readings_of
from streams.pipeline.alerts.rules import RULES, Kind, Rule
from streams.pipeline.alerts.tail import Tail
from streams.pipeline.alerts.webhook import Webhook

logger: Any = get_logger(__name__)

LOOK_SECONDS = 5.0
_TICK_SECONDS = 1.0
_END_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class AlertTopics:
    """Names in this cluster."""

    alerts: str
    health: str


class AlertDesk:
    """`health` and `book` are for views on any worker. Everything is made and used inside one loop.

    `own_health`: this worker's heartbeats, now. `calls`: each provider's last five minutes, of all workers; None: not
    known yet. `open_webhook` is called at the start.
    """

    def __init__(
        self,
        topics: AlertTopics,
        client: dict[str, Any],
        clock: Clock,
        *,
        own_health: Callable[[], Sequence[ProviderHealth]],
        calls: Callable[[], Mapping[str, Calls] | None],
        balances: Callable[[], Sequence[Balance]],
        open_webhook: Callable[[], Webhook] | None = None,
        rules: Mapping[Kind, Rule] = RULES,
    ) -> None:
        self.health = HealthView(clock)
        self.book = AlertBook(rules)
        self._topics = topics
        self._clock = clock
        self._own_health = own_health
        self._calls = calls
        self._balances = balances
        self._open_webhook = open_webhook
        self._webhook: Webhook | None = None
        self._client = client
        self._beats: Heartbeats | None = None
        self._tail: Tail | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, send: Send, leads: Callable[[], bool]) -> None:
        """Begin to beat, to hear and to look; `leads`: does this worker write? Raises SettingsError of the webhook."""
        self._webhook = self._open_webhook() if self._open_webhook else None
        beats = self._beats = Heartbeats(self._topics.health, self._own_health, send, self._clock)
        hear = {self._topics.alerts: self._heard, self._topics.health: self.health.heard}
        # who lives says it again within ten seconds; the last words of the dead would pass for theirs
        tail = self._tail = Tail(self._client, hear, from_now={self._topics.health})
        loops = [tail.run(), _again(beats.beat, _TICK_SECONDS), _again(lambda: self._look(send, leads), LOOK_SECONDS)]
        if self._webhook is not None:
            loops.append(self._webhook.run())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Say that this worker is gone, and close everything; bounded. A second time does nothing."""
        tasks, self._tasks = self._tasks, []
        if self._webhook is not None and tasks:
            await self._webhook.flush_briefly()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._beats is not None and tasks:
            try:
                await asyncio.wait_for(self._beats.end(), _END_SECONDS)
            except Exception as error:  # noqa: BLE001 - others notice its silence
                logger.warning("health.end_not_told", error=type(error).__name__)
        if self._webhook is not None:
            webhook, self._webhook = self._webhook, None
            await webhook.aclose()

    async def _look(self, send: Send, leads: Callable[[], bool]) -> None:
        calls = self._calls() if leads() else None
        if calls is None or self._tail is None or not await self._tail.caught_up() or not leads():
            return
        now, seconds = self._clock.now(), self._clock.monotonic()
        readings = readings_of(calls, self.health.living())
        for alert in self.book.due(Observation(readings, self._balances(), now, seconds)):
            await send(self._topics.alerts, alert.subject.encode(), alert.model_dump_json().encode())
            logger.warning("alerts.told", **alert.model_dump(exclude={"at"}))
            if self._webhook is not None:
                self._webhook.post(alert)

    def _heard(self, key: bytes | None, value: bytes | None) -> None:
        try:
            self.book.heard(BudgetAlert.model_validate_json(value or b""))
        except ValidationError:
            logger.warning("alerts.bad_record", key=(key or b"")[:100].decode(errors="replace"))


async def _again(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Do it every so many seconds, whatever it raises, until cancelled."""
    while True:
        try:
            await work()
        except Exception as error:
            logger.exception("alerts.failed", error=type(error).__name__)
        await asyncio.sleep(seconds)
