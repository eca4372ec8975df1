"""One record from raw bytes to its verdict; every fault of one record ends here as a BadRecord."""

from typing import Any

from schemas import FulltextVerdict, RecordSource
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.dead_letters import BadRecord
from streams.pipeline.hold import Hold
from streams.pipeline.pool import ReadingPool
from streams.pipeline.reader import Reader
from streams.pipeline.record import Record
from streams.verify import Examination, Policy, judged

logger: Any = get_logger(__name__)


class Judge:
    """Reads, asks where the local tier is not sure, and concludes. `max_bytes`: of a record's value."""

    def __init__(self, hold: Hold, pool: ReadingPool, policy: Policy, clock: Clock, *, max_bytes: int) -> None:
        self._hold = hold
        self._reader = Reader(pool, policy)
        self._clock = clock
        self._max_bytes = max_bytes

    async def verdict(self, record: Record) -> FulltextVerdict:
        """The record's verdict. Raises BadRecord; any other exception is CancelledError."""
        try:
            return await self._judge(record)
        except BadRecord:
            raise
        except Exception as error:
            logger.exception("record.internal_error", partition=record.partition.number, offset=record.offset)
            raise BadRecord("internal_error", type(error).__name__) from error

    async def _judge(self, record: Record) -> FulltextVerdict:
        started = self._clock.monotonic()
        examination = await self._examine(record)
        spent = self._clock.monotonic() - started
        verdict = examination.verdict or await judged(examination, self._hold.ask)
        asked = sum(attempt.latency_ms for attempt in verdict.attempts)
        source = RecordSource(topic=record.partition.topic, partition=record.partition.number, offset=record.offset)
        return verdict.model_copy(update={"source": source, "latency_ms": round(spent * 1000) + asked})

    async def _examine(self, record: Record) -> Examination:
        if record.value is None:
            raise BadRecord("empty_record", "the value is null")
        if len(record.value) > self._max_bytes:
            raise BadRecord("too_large", f"{len(record.value)} bytes; the limit is {self._max_bytes}")
        return await self._reader.examine(record.value)
