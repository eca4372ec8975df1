"""Who is the ledger: every worker is a candidate, and who has the one partition of requests is it."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any

from pydantic import ValidationError

from schemas import BudgetRequest
from streams.ai.budget.amounts import BudgetLimits
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.again import again
from streams.pipeline.ledger.names import LedgerNames
from streams.pipeline.ledger.term import Term, open_term
from streams.pipeline.seat import Seat, open_seat

logger = get_logger(__name__)


class Candidate:
    """`name`: of this worker. `session_seconds`: see `open_seat`."""

    def __init__(
        self,
        client: dict[str, Any],
        names: LedgerNames,
        limits: BudgetLimits,
        clock: Clock,
        name: str,
        *,
        session_seconds: float,
    ) -> None:
        self._client = client
        self._names = names
        self._limits = limits
        self._clock = clock
        self._name = name
        self._session_seconds = session_seconds

    async def run(self) -> None:
        """Stand, hold, lose the seat and stand again, until cancelled. Raises LedgerUnusable."""
        await again("ledger", self._stand)

    async def _stand(self) -> None:
        async with open_seat(self._client, self._names.group, self._names.requests, self._session_seconds) as seat:
            while True:
                messages = await seat.poll()
                if seat.is_ours:
                    async with AsyncExitStack() as stack:
                        await self._hold(seat, await self._take(seat, stack), messages)

    async def _take(self, seat: Seat, stack: AsyncExitStack) -> Term:
        served_before = await seat.committed() is not None
        return await stack.enter_async_context(
            open_term(self._client, self._names, self._limits, self._clock, self._name, served_before=served_before)
        )

    async def _hold(self, seat: Seat, term: Term, messages: list[Any]) -> None:
        """Serve while the partition is ours. Who loses it without knowing is fenced by the next one."""
        while seat.is_ours:
            await term.serve(_read(messages))
            if messages:
                await seat.commit(messages[-1].offset + 1)
            messages = await seat.poll()


def _read(messages: Iterable[Any]) -> Iterable[BudgetRequest]:
    for message in messages:
        try:
            yield BudgetRequest.model_validate_json(message.value or b"")
        except ValidationError:
            logger.exception("ledger.bad_request", offset=message.offset)
