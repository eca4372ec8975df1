"""Asking through an outage: who waits, for how long, and when a record gets its verdict without an answer.

- No provider at all admits a call: the record is *held*; its clock stands still, and intake pauses.
- Its own providers do not admit but others do (a user's budget is gone, too): it waits within its deadline, or not at
  all where that cannot help.
- All its attempts failed: undetermined, unless the failures were the outage's first (then nothing admits any
  more): held and asked again, at most `MAX_FAILED_ROUNDS` times, so that one bad document never holds a partition.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from schemas import ProviderUsage
from streams.ai import AllProvidersFailed, InvalidRequest, NoProviderAdmits
from streams.clock import Clock
from streams.verify import Question, Reply

MAX_FAILED_ROUNDS = 4
_LOOK_AGAIN_SECONDS = 1.0
"""How soon a held record notices that a provider admits again, at the latest."""


class Asker(Protocol):
    """The chain as the pipeline needs it."""

    async def ask(self, question: Question, deadline_seconds: float) -> Reply:
        """One walk along the chain. Raises AllProvidersFailed or NoProviderAdmits."""
        ...

    def admits(self, providers: tuple[str, ...] | None = None) -> bool:
        """Whether any of these providers (None: any at all) would admit a call now."""
        ...


class Unanswered(Exception):
    """No answer is to be had: the record becomes undetermined. `code` and `detail` are its reason."""

    def __init__(self, code: str, detail: str, attempts: tuple[ProviderUsage, ...]) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.attempts = attempts


class Hold:
    """Asks on behalf of records. `seconds`: a record's deadline; `hold_on_outage` False gives up at once instead.

    `changed` is called when the first record is held and when the last one goes on.
    """

    def __init__(
        self,
        asker: Asker,
        clock: Clock,
        *,
        seconds: float,
        hold_on_outage: bool = True,
        changed: Callable[[], None] = lambda: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._asker = asker
        self._clock = clock
        self._seconds = seconds
        self._hold_on_outage = hold_on_outage
        self._changed = changed
        self._sleep = sleep
        self._held = 0

    @property
    def active(self) -> bool:
        """Whether any record is held now."""
        return self._held > 0

    async def ask(self, question: Question) -> Reply:
        """The chain's reply, its attempts those of all rounds.

        Raises Unanswered.
        """
        attempts: tuple[ProviderUsage, ...] = ()
        rounds = 0
        left = self._seconds
        while left > 0:
            started = self._clock.monotonic()
            try:
                reply = await self._asker.ask(question, left)
            except AllProvidersFailed as failure:
                attempts += failure.attempts
                rounds += 1
                if self._asker.admits(question.providers) or rounds >= MAX_FAILED_ROUNDS:
                    raise Unanswered("ALL_ATTEMPTS_FAILED", _ways(failure.attempts), attempts) from None
                left -= self._clock.monotonic() - started
                wait = _LOOK_AGAIN_SECONDS
            except NoProviderAdmits as outage:
                self._give_up_early(outage, left, attempts)
                wait = min(outage.retry_in_seconds or _LOOK_AGAIN_SECONDS, _LOOK_AGAIN_SECONDS)
            except InvalidRequest as invalid:
                raise Unanswered("INVALID_REQUEST", str(invalid), attempts) from None
            else:
                return replace(
                    reply,
                    attempts=attempts + reply.attempts,
                    cost_nano_usd=reply.cost_nano_usd + sum(attempt.cost_nano_usd for attempt in attempts),
                )
            if not self._hold_on_outage:
                raise Unanswered("NO_PROVIDER_ADMITS", "no provider admits a call now", attempts)
            left -= await self._wait(question.providers, wait)
        raise Unanswered("DEADLINE", f"no answer within {self._seconds:g} s", attempts)

    def _give_up_early(self, outage: NoProviderAdmits, left: float, attempts: tuple[ProviderUsage, ...]) -> None:
        """Raise Unanswered where nobody may wait, or where only this record would and in vain."""
        in_vain = outage.retry_in_seconds is None or outage.retry_in_seconds > left
        if not self._hold_on_outage or (in_vain and self._asker.admits()):
            code = "NO_PROVIDER_ADMITS" if outage.reasons else "NO_PROVIDER_ALLOWED"
            raise Unanswered(code, str(outage), attempts) from None

    async def _wait(self, providers: tuple[str, ...] | None, seconds: float) -> float:
        """Wait until one of `providers` may admit; returns the seconds that count against the record."""
        pause = seconds * random.uniform(0.5, 1.0)  # noqa: S311  (spreads the wake-ups, nothing secret)
        if self._asker.admits():
            await self._sleep(max(pause, 0.01))
            return max(pause, 0.01)
        self._enter()
        try:
            while not self._asker.admits(providers) and not self._asker.admits():
                await self._sleep(max(pause, 0.05))
        finally:
            self._leave()
        return 0.0

    def _enter(self) -> None:
        self._held += 1
        if self._held == 1:
            self._changed()

    def _leave(self) -> None:
        self._held -= 1
        if self._held == 0:
            self._changed()


def _ways(attempts: tuple[ProviderUsage, ...]) -> str:
    return ", ".join(f"{attempt.provider}: {attempt.outcome}" for attempt in attempts) or "no attempt was made"
