"""Asking through an outage: who waits, for how long, and when a record gets its verdict without an answer.

- No provider at all admits a call: the record is *held*; its clock stands still, and intake pauses.
- Its own providers do not admit but others do (a user's budget is gone, too): it waits within its deadline, or not at
  all where that cannot help.
- All its attempts failed: undetermined, unless that may be the providers' state and not the document: then it is asked
  again, in at most `MAX_FAILED_ROUNDS` rounds, so that one bad document never holds a partition. A record that was held
  and asks to find out whether the outage is over says less by failing: `PROBES_A_ROUND` of these count as one round.
- A second opinion is not waited for: the record has an answer.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from schemas import ProviderUsage
from streams.ai import AllProvidersFailed, InvalidRequest, NoProviderAdmits
from streams.clock import Clock
from streams.verify import NoAnswer, Question, Reply

MAX_FAILED_ROUNDS = 4
PROBES_A_ROUND = 10
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
        self._since = 0.0

    @property
    def active(self) -> bool:
        """Whether any record is held now."""
        return self._held > 0

    @property
    def age_seconds(self) -> float | None:
        """Since the first record was held; None: none is."""
        return self._clock.monotonic() - self._since if self.active else None

    async def ask(self, question: Question) -> Reply:
        """The chain's reply, its attempts those of all rounds. Raises NoAnswer.

        `question.earlier` took some of the record's time.
        """
        attempts: tuple[ProviderUsage, ...] = ()
        failed, probes = 0, False
        waits = self._hold_on_outage and question.earlier is None
        seconds = left = self._seconds - (question.earlier.seconds if question.earlier else 0.0)
        while left > 0:
            started = self._clock.monotonic()
            try:
                reply = await self._asker.ask(question, left)
            except AllProvidersFailed as failure:
                attempts += failure.attempts
                failed += 1 if probes else PROBES_A_ROUND
                for_good = self._asker.admits(question.providers) and not (waits and failure.may_pass)
                if question.earlier or for_good or failed >= MAX_FAILED_ROUNDS * PROBES_A_ROUND:
                    raise NoAnswer("ALL_ATTEMPTS_FAILED", _ways(failure.attempts), attempts) from None
                left -= self._clock.monotonic() - started
                wait = _LOOK_AGAIN_SECONDS * 2 ** (failed / PROBES_A_ROUND - 1)
            except NoProviderAdmits as outage:
                self._give_up_early(outage, left if waits else 0.0, attempts)
                wait = min(outage.retry_in_seconds or _LOOK_AGAIN_SECONDS, _LOOK_AGAIN_SECONDS)
            except InvalidRequest as invalid:
                raise NoAnswer("INVALID_REQUEST", str(invalid), attempts) from None
            else:
                return replace(
                    reply,
                    attempts=attempts + reply.attempts,
                    cost_nano_usd=reply.cost_nano_usd + sum(attempt.cost_nano_usd for attempt in attempts),
                    seconds=seconds - left + self._clock.monotonic() - started,
                )
            if not waits:
                raise NoAnswer("NO_PROVIDER_ADMITS", "no provider admits a call now", attempts)
            waited = await self._wait(question.providers, wait)
            left -= waited
            probes = not waited
        raise NoAnswer("DEADLINE", f"no answer within {self._seconds:g} s", attempts)

    def _give_up_early(self, outage: NoProviderAdmits, left: float, attempts: tuple[ProviderUsage, ...]) -> None:
        """Raise NoAnswer where nobody may wait (nothing is `left`), or where only this record would and in vain."""
        in_vain = outage.retry_in_seconds is None or outage.retry_in_seconds > left
        if left <= 0 or (in_vain and self._asker.admits()):
            code = "NO_PROVIDER_ADMITS" if outage.reasons else "NO_PROVIDER_ALLOWED"
            raise NoAnswer(code, str(outage), attempts) from None

    async def _wait(self, providers: tuple[str, ...] | None, seconds: float) -> float:
        """Wait until one of `providers` may admit; returns the seconds that count against the record."""
        pause = seconds * random.uniform(0.5, 1.0)  # noqa: S311  (spreads the wake-ups, nothing secret)
        if self._asker.admits():
            await self._sleep(max(pause, 0.01))
            return max(pause, 0.01)
        self._enter()
        try:
            while not self._asker.admits(providers) and not self._asker.admits():
                await self._sleep(min(max(pause, 0.05), _LOOK_AGAIN_SECONDS))
        finally:
            self._leave()
        return 0.0

    def _enter(self) -> None:
        self._held += 1
        if self._held == 1:
            self._since = self._clock.monotonic()
            self._changed()

    def _leave(self) -> None:
        self._held -= 1
        if self._held == 0:
            self._changed()


def _ways(attempts: tuple[ProviderUsage, ...]) -> str:
    return ", ".join(f"{attempt.provider}: {attempt.outcome}" for attempt in attempts) or "no attempt was made"
