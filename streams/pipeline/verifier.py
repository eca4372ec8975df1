"""The worker's parts and their life: what happens to one record, end to end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from schemas import ProviderUsage, WorkerFlow
from streams import traces
from streams.ai.limits.share import Share
from streams.clock import Clock
from streams.pipeline.alerts import AlertDesk
from streams.pipeline.brake import Brake
from streams.pipeline.dead_letters import BadRecord, DeadLetters
from streams.pipeline.delivery import Delivery
from streams.pipeline.flow import Outcomes, flow_of, tell
from streams.pipeline.group import Group
from streams.pipeline.hold import Asker, Hold
from streams.pipeline.intake import Intake
from streams.pipeline.judge import Judge
from streams.pipeline.lanes import Lanes
from streams.pipeline.ledger.cluster import ClusterBudget
from streams.pipeline.pool import ReadingPool
from streams.pipeline.record import Record
from streams.pipeline.share import PartitionShare
from streams.pipeline.usage import UsageTables
from streams.verify import Policy, warm_up


class ClosingAsker(Asker, Protocol):
    """An Asker with connections to close."""

    async def aclose(self) -> None:
        """Close them."""
        ...


@dataclass(frozen=True)
class Limits:
    """The worker's limits, as the settings give them (seconds, bytes, records)."""

    window: int
    in_flight: int
    deadline_seconds: float
    grace_seconds: float
    hold_on_outage: bool
    max_record_bytes: int
    pool_processes: int
    dlq_max_ratio: float
    dlq_min_records: int


@dataclass(frozen=True)
class Topics:
    """Names in this cluster."""

    content: str
    verdicts: str
    dead_letters: str


class Verifier:
    """Everything between the stream and the broker's word. `open_asker` is called at start, inside the loop."""

    def __init__(
        self,
        topics: Topics,
        limits: Limits,
        policy: Policy,
        delivery: Delivery,
        group: Group,
        open_asker: Callable[[Callable[[ProviderUsage], None], Share], ClosingAsker],
        *,
        crash: Callable[[BaseException], Awaitable[None]],
        clock: Clock,
        money: ClusterBudget | None = None,
        alerts: AlertDesk | None = None,
        usage: UsageTables | None = None,
    ) -> None:
        self.topic = topics.content
        self.fault: BaseException | None = None
        """What ended the worker."""
        self._topics = topics
        self._group = group
        self._outcomes = Outcomes()
        self._limits = limits
        self._policy = policy
        self._delivery = delivery
        self._open_asker = open_asker
        self._clock = clock
        self._crash = crash
        self._money = money
        self._alerts = alerts
        self._usage = usage
        self._pool = ReadingPool(limits.pool_processes, warm_up=warm_up)
        self._brake = Brake(limits.dlq_max_ratio, limits.dlq_min_records)
        self._dead_letters = DeadLetters(delivery, topics.dead_letters, self._brake)
        self._share = PartitionShare()
        self._asker: ClosingAsker | None = None
        self._hold: Hold | None = None
        self._judge: Any = None
        self._lanes = Lanes(span=limits.window, in_flight=limits.in_flight)
        self.intake = Intake(
            self._lanes,
            group,
            self._work,
            crash=crash,
            holding=lambda: self._hold is not None and self._hold.active,
            clock=clock,
            grace_seconds=limits.grace_seconds,
            patience_seconds=3 * limits.deadline_seconds + 180,
            share=self._share,
        )

    async def start(self) -> None:
        """Connect the producer, read what there is to spend, connect the providers. Raises LedgerUnusable."""
        await asyncio.to_thread(warm_up)  # before the first record: nothing is loaded in its time, or in the loop
        await self._delivery.start()
        if self._money is not None:
            await self._money.start(self._delivery.send, self._crash)
        self._asker = self._open_asker(self._delivery.post_usage, self._share)
        self._hold = Hold(
            self._asker,
            self._clock,
            seconds=self._limits.deadline_seconds,
            hold_on_outage=self._limits.hold_on_outage,
            changed=self._hold_changed,
        )
        self._judge = Judge(self._hold, self._pool, self._policy, self._clock, max_bytes=self._limits.max_record_bytes)
        if self._usage is not None:
            self._usage.start()
        if self._alerts is not None:
            await self._alerts.start(self._delivery.send, self._leads)

    async def tell(self) -> None:
        """After the drain, bounded: usage of attempts that it cancelled, that we go, and money that was not spent."""
        await self._delivery.flush_briefly()
        if self._alerts is not None:
            await self._alerts.stop()
        if self._money is not None:
            await self._money.give_back(self._delivery.send)

    async def stop(self) -> None:
        """Close everything; bounded."""
        if self._usage is not None:
            await self._usage.stop()
        if self._alerts is not None:
            await self._alerts.stop()
        if self._money is not None:
            await self._money.stop()
        await self._delivery.stop()
        self._pool.close()
        if self._asker is not None:
            await self._asker.aclose()

    def flow(self) -> WorkerFlow:
        """What goes through this worker."""
        return flow_of(self.intake, self._lanes, self._group, self._hold, self._outcomes, self._clock)

    def _leads(self) -> bool:
        """One worker at a time does what is done once for all: the owner of the first partition."""
        return any(partition.number == 0 for partition, _ in self._lanes.windows())

    def _hold_changed(self) -> None:
        self.intake.pump()

    async def _work(self, record: Record) -> None:
        topic, partition = record.partition
        place = {"topic": topic, "partition": partition, "offset": record.offset}
        with traces.span("record", place, record.headers) as span:
            await self._finish(record, span)

    async def _finish(self, record: Record, span: traces.Span) -> None:
        try:
            verdict = await self._judge.verdict(record)
        except BadRecord as fault:
            await self._dead_letters.send(record, fault)
            self._outcomes.dead_letters[fault.reason] += 1
            span.tell({"outcome": "dead_letter", "reason": fault.reason})
            return
        self.intake.leaving(record)
        value = verdict.model_dump_json().encode()
        await self._delivery.send(self._topics.verdicts, record.key, value)
        self._outcomes.judged(verdict)
        tell(verdict, span)
        await self._delivery.settle([attempt.attempt_id for attempt in verdict.attempts])
        self._brake.good()
