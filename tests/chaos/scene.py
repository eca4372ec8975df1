"""One run: broker, emulator, workers and sampler as processes, and a folder with the evidence they leave."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos import emulator
from tests.chaos.evidence import Case
from tests.chaos.processes import Child
from tests.chaos.publisher import Publisher
from tests.chaos.records import make

WORKER = ("streams", "worker")
_TOPICS = ("scraped-content", "fulltext-verdicts", "scraped-content.dlq")
_USAGE, _STATS, _LEASES, _REQUESTS = "provider-usage", "provider-stats", "budget-leases", "budget-requests"
_NANO = 10**9
_CHECK_SECONDS = 900.0


@dataclass(frozen=True)
class Setting:
    """What is in force in a run. Times in seconds."""

    partitions: int = 4
    window: int = 64
    in_flight: int = 32
    session_timeout: float = 6.0
    latency_scale: float = 1.0
    seed: int = 1
    emulator: bool = True
    worker: Sequence[str] = WORKER
    extra: Mapping[str, str] = field(default_factory=dict)
    """More environment for the workers."""
    budgets: Mapping[str, int] = field(default_factory=dict)
    """Nano-USD a day by provider, `global` among them."""
    exhausted: bool = False
    """More is asked for than the budgets pay."""


class Scene:
    """`folder` must exist; `kafka` is a running broker, which the scene uses and leaves alone."""

    def __init__(self, folder: Path, kafka: EmbeddedKafka, setting: Setting, *, prefix: str = "") -> None:
        self.folder = folder
        self.kafka = kafka
        self.setting = setting
        self.prefix = prefix
        self.group = f"{prefix}chaos"
        self.children: dict[str, Child] = {}
        """Living workers by name."""
        self._as_started: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}
        self.emulator_url = ""
        self._provider: dict[str, str] = {"GROQ_API_KEY": "unused", "GROQ_BASE_URL": "http://127.0.0.1:9/openai/v1"}
        self._stack = AsyncExitStack()
        self._events = folder.joinpath("events.jsonl").open("a", encoding="utf-8", buffering=1)
        self.number = 0
        """The next input's number."""
        self.most_workers = 0
        """At a time."""

    async def __aenter__(self) -> Self:
        try:
            await self._make_topics()
            if self.setting.emulator:
                await self._start_emulator()
            self._spawn_sampler()
            ledger = self.folder / "ledger.jsonl"
            self.publisher = await self._stack.enter_async_context(
                Publisher(self.kafka.bootstrap, f"{self.prefix}{_TOPICS[0]}", ledger)
            )
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self.children.values():
            child.close()
        await self._stack.aclose()
        self._events.close()

    # Workers

    def start_worker(self, name: str, *, program: Sequence[str] = (), **extra: str) -> None:
        """Start one; `name` also names its log. `program`, `extra`: another one than the others, more environment."""
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap,
            "KAFKA_TOPIC_PREFIX": self.prefix,
            "KAFKA_GROUP_ID": self.group,
            "KAFKA_PARTITIONS": str(self.setting.partitions),
            "KAFKA_SESSION_TIMEOUT_SECONDS": f"{self.setting.session_timeout:g}",
            "VERIFY_WINDOW": str(self.setting.window),
            "VERIFY_MAX_IN_FLIGHT": str(self.setting.in_flight),
            "AI_ALLOW_PRIVATE_ENDPOINTS": "true",
            "LOG_FORMAT": "json",
            **self._provider,
            **self._budget(),
            **self.setting.extra,
            **extra,
        }
        log = self.folder / f"worker-{name}.log"
        self._as_started[name] = (program, extra)
        self.children[name] = Child(name, program or self.setting.worker, log, environment)
        self.most_workers = max(self.most_workers, len(self.children))
        self.note("start", worker=name)

    async def end_worker(self, name: str, number: signal.Signals, seconds: float = 20.0) -> tuple[int | None, float]:
        """Signal it and wait; returns exit code and seconds. What does not end is killed, with code None."""
        child = self.children.pop(name)
        self.note("kill" if number is signal.SIGKILL else "term", worker=name)
        started = time.monotonic()
        child.send(number)
        code = await child.ended(seconds)
        child.close()
        return code, time.monotonic() - started

    def fallen(self) -> list[str]:
        """Workers that ended by themselves; each is noted once and taken out."""
        names = [name for name, child in self.children.items() if not child.running]
        for name in names:
            child = self.children.pop(name)
            self.note("exit", worker=name, code=child.process.returncode)
            child.close()
        return names

    async def supervise(self) -> None:
        """Until cancelled: who ends by himself is started again, as he was the last time."""
        while True:
            for name in self.fallen():
                program, extra = self._as_started[name]
                self.start_worker(name, program=program, **extra)
            await asyncio.sleep(0.5)

    # What is seen

    def note(self, what: str, **more: Any) -> None:
        """An event, into the evidence."""
        self._events.write(json.dumps({"at_ms": time.time() * 1000, "what": what, **more}) + "\n")

    def committed(self) -> dict[int, int]:
        """The group's committed offsets by the latest sample."""
        path = self.folder / "samples.jsonl"
        lines = path.read_bytes().splitlines()[-2:] if path.exists() else []
        for line in reversed(lines):
            if line.endswith(b"}}"):
                return {int(p): offset for p, offset in json.loads(line)["offsets"].items()}
        return {}

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether the condition came true within `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.1)
        return True

    async def ready(self, seconds: float = 120.0) -> None:
        """Every partition has a worker: each has a committed offset, which is written at its first assignment."""
        if not await self.until(lambda: len(self.committed()) == self.setting.partitions, seconds):
            raise TimeoutError(f"no worker took the partitions within {seconds:g} s; see {self.folder}")

    # The end

    async def drain(self, seconds: float) -> bool:
        """Send a sentinel to each partition and wait until all is committed."""
        await self.sentinels()
        return await self.until(self.drained, seconds)

    def drained(self) -> bool:
        """Whether all that was acknowledged to the publisher is committed."""
        committed = self.committed()
        return all(committed.get(partition, 0) >= end for partition, end in self.publisher.ends.items())

    async def sentinels(self) -> None:
        """One input for each partition."""
        count = self.setting.partitions
        await self.publisher.send([make(self.take(), "sentinel", partition=p) for p in range(count)])

    def take(self, count: int = 1) -> int:
        """The first of `count` fresh input numbers."""
        first, self.number = self.number, self.number + count
        return first

    async def check(self) -> dict[str, Any]:
        """Run the checker as a process of its own; its report."""
        await asyncio.sleep(0.6)  # one more sample after the last commit
        bill = self.folder / "bill.jsonl"
        case = Case(
            self.kafka.bootstrap,
            self.group,
            *(f"{self.prefix}{topic}" for topic in (*_TOPICS, _USAGE)),
            ledger=str(self.folder / "ledger.jsonl"),
            samples=str(self.folder / "samples.jsonl"),
            events=str(self.folder / "events.jsonl"),
            bill=str(bill) if bill.exists() else None,
            window=self.setting.window,
            in_flight=self.setting.in_flight,
            workers=self.most_workers,
            stats_topic=f"{self.prefix}{_STATS}" if self.setting.worker == WORKER else None,
            leases_topic=f"{self.prefix}{_LEASES}" if self.setting.budgets else None,
            budgets={f"{name}/day": limit for name, limit in self.setting.budgets.items()},
            exhausted=self.setting.exhausted,
        )
        path = self.folder / "case.json"
        path.write_text(json.dumps(asdict(case)), encoding="utf-8")
        child = Child("checker", ("tests.chaos.checker", str(path)), self.folder / "checker.log")
        try:
            assert child.process.stdout is not None
            printed = await asyncio.wait_for(asyncio.to_thread(child.process.stdout.read), _CHECK_SECONDS)
            code = await child.ended(5)
        finally:
            child.close()
        if code not in (0, 1):
            raise RuntimeError(f"the checker failed: {child.log.read_text()[-500:]}")
        report: dict[str, Any] = json.loads(printed)
        return report

    # Parts

    def _budget(self) -> dict[str, str]:
        named = (f"{name}:{limit // _NANO}.{limit % _NANO:09}" for name, limit in self.setting.budgets.items())
        return {"AI_DAILY_BUDGET_USD": ",".join(named)}

    async def _make_topics(self) -> None:
        """Like `fulltext topics`, but stamped by the broker's clock, which the checker compares samples with."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap)
        await admin.start()
        try:
            configs = {"message.timestamp.type": "LogAppendTime"}
            wanted = [(topic, self.setting.partitions) for topic in _TOPICS] + [(_USAGE, 1), (_REQUESTS, 1)]
            new = [NewTopic(self.prefix + topic, count, 1, topic_configs=configs) for topic, count in wanted]
            new.append(NewTopic(self.prefix + _LEASES, 1, 1, topic_configs={**configs, "cleanup.policy": "compact"}))
            await admin.create_topics(new)
        finally:
            await admin.close()

    def _spawn_sampler(self) -> None:
        topic, out = f"{self.prefix}{_TOPICS[0]}", str(self.folder / "samples.jsonl")
        arguments = ("tests.chaos.sampler", self.kafka.bootstrap, self.group, topic, out)
        sampler = Child("sampler", arguments, self.folder / "sampler.log")
        self._stack.callback(sampler.close)

    async def _start_emulator(self) -> None:
        pace = f"{self.setting.latency_scale:g}"
        child, self._provider = await emulator.start(
            self.folder, "--latency-scale", pace, "--seed", str(self.setting.seed)
        )
        self._stack.callback(child.close)
        self.emulator_url = emulator.url_of(self._provider)
