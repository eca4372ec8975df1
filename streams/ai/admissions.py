"""Who may make an attempt now, and who waits for one: the order between calls.

A call is admitted by the first of its providers that admits one now. Where none does and all that is wrong is the
pace (a limit, a pause, too many calls in flight), it waits here, in a queue that is fair between users, within its
deadline. Whatever ends, changes or comes of age lets the queue move on.

A provider that has not answered yet is asked by a few first (`Guard.undecided`). The others wait here for the verdict
rather than at the next, dearer one: the first answer lets them in, an open breaker or the end of their patience sends
them on.
"""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from streams.ai.fair_queue import FairQueue
from streams.ai.gate import BUSY_SECONDS, Refusal
from streams.ai.lane import Admission, Lane
from streams.ai.limits.people import PeopleLimits
from streams.ai.walk import Walk

Refusals = dict[str, Refusal]
"""Provider (or `service`, for its own limits) -> why not."""


_NO_TURN = Refusal("no turn came within the deadline", BUSY_SECONDS)
_LEAST_SECONDS = 0.001
"""A timer may go off a moment early: without a least wait it would be set again and again until then."""
_LOOK_SECONDS = 1.0
"""Shares grow, keys are replaced and providers get well without a word to those who wait: they look again so often."""


@dataclass(slots=True, eq=False)
class _Waiter:
    walk: Walk
    told: "asyncio.Future[Admission | Refusals]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def late(self) -> "Admission | Refusals | None":
        """What was told at the very moment at which the wait was broken off."""
        return self.told.result() if self.told.done() and not (self.told.cancelled() or self.told.exception()) else None


class Admissions:
    """Belongs to one event loop. Between the look at a limit and the taking of a place nothing awaits."""

    def __init__(self, lanes: Mapping[str, Lane], people: PeopleLimits, *, max_in_flight: int) -> None:
        self._lanes = lanes
        self._people = people
        self._most = self._free = max_in_flight
        self._queues: dict[tuple[object, ...], FairQueue[_Waiter]] = {}
        """By what is asked for: those in one queue wait for the same providers."""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """Calls that wait for their turn."""
        return sum(len(queue) for queue in self._queues.values())

    async def next(self, walk: Walk) -> Admission | Refusals:
        """Leave to make an attempt, now or when its turn has come, or why there is none to wait for."""
        walk.came_with = walk.question.deadline.remaining()
        if not self._queues.get(_line(walk)):
            got = self._try(walk)
            if isinstance(got, Admission) or _worth_waiting(got, walk) is None:
                return got
        return await self._turn(walk)

    def again(self, walk: Walk, lane: Lane) -> Admission | None:
        """Leave for one more attempt at `lane`, now or not at all."""
        if not self._free or walk.question.deadline.remaining() <= 0:
            return None
        admitted = lane.admit(walk.demand)
        if isinstance(admitted, Refusal):
            return None
        self._free -= 1
        return admitted

    def done(self) -> None:
        """An attempt has ended and was settled: there may be room for those who wait."""
        self._free += 1
        if self._queues:
            self._move_on()

    def close(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()

    async def _turn(self, walk: Walk) -> Admission | Refusals:
        waiter = _Waiter(walk)
        line, user = _line(walk), walk.question.user_id
        self._queues.setdefault(line, FairQueue()).add(user, waiter)
        self._move_on()
        try:
            async with asyncio.timeout(max(0.0, walk.question.deadline.remaining())):
                return await waiter.told
        except TimeoutError:
            return waiter.late() or self._why(walk)
        except asyncio.CancelledError:
            self._withdraw(waiter.late())
            raise
        finally:
            self._forget(line, user, waiter)

    def _forget(self, line: tuple[object, ...], user: str | None, waiter: _Waiter) -> None:
        queue = self._queues.get(line)
        if queue is not None:
            queue.discard(user, waiter)
            if not queue:
                del self._queues[line]

    def _withdraw(self, unused: Admission | Refusals | None) -> None:
        if isinstance(unused, Admission):
            unused.lane.abandon(unused)
            self.done()

    def _move_on(self) -> None:
        """Let all go whose turn has come, and look again when the next limit comes of age, or a second later."""
        soonest = min([self._serve(queue) for queue in self._queues.values()], default=math.inf)
        self.close()
        self._timer = None
        if soonest < math.inf:
            wait = min(max(soonest, _LEAST_SECONDS), _LOOK_SECONDS)
            self._timer = asyncio.get_running_loop().call_later(wait, self._move_on)

    def _serve(self, queue: FairQueue[_Waiter]) -> float:
        """Serve a queue as far as it goes; seconds until it may go on, infinite where only an event can tell."""
        soonest = math.inf
        passed_over = 0
        while self._free and passed_over < queue.users:
            user, waiter = queue.head()
            if waiter.told.done():  # broken off a moment ago
                queue.discard(user, waiter)
                continue
            own = self._own_limit(waiter.walk)
            if own > 0:  # this user's limit is not the others'
                queue.next_user()
                passed_over += 1
                soonest = min(soonest, own)
                continue
            try:
                got = self._try(waiter.walk)
            except Exception as error:  # noqa: BLE001 - the fault of a budget is for its caller, not for who came by
                queue.discard(user, waiter)
                waiter.told.set_exception(error)
                continue
            if not isinstance(got, Admission) and (wait := _worth_waiting(got, waiter.walk)) is not None:
                return min(soonest, wait)
            queue.next_user()
            queue.discard(user, waiter)
            waiter.told.set_result(got)
        return soonest

    def _try(self, walk: Walk) -> Admission | Refusals:
        if not self._free:
            return {"service": Refusal(f"{self._most} calls are in flight", BUSY_SECONDS, pace=True)}
        if (wait := self._own_limit(walk)) > 0:
            return {"service": Refusal("the limit of requests a minute is reached", wait, pace=True)}
        refusals: Refusals = {}
        for name in walk.providers:
            admitted = self._lanes[name].admit(walk.demand, walk.tried(name))
            if isinstance(admitted, Admission):
                self._free -= 1
                if not walk.attempts:
                    self._people.take(walk.question.user_id)
                return admitted
            wait = self._patience(name, walk) if admitted.undecided else 0.0
            if wait > 0:
                refusals[name] = admitted._replace(retry_in_seconds=min(wait, BUSY_SECONDS))
                break
            refusals[name] = admitted
        return refusals

    def _patience(self, name: str, walk: Walk) -> float:
        """Seconds that the walk may still wait until `name` is known to answer, before it asks a dearer provider.

        Since it came, as long as an attempt there may take: those that are awaited began earlier. Of what its
        deadline left, half at most.
        """
        lane = self._lanes[name]
        longest = lane.timeouts.seconds(name, lane.tariffs.tariff(walk.demand.choice).model)
        return min(longest, walk.came_with / 2) - (walk.came_with - walk.question.deadline.remaining())

    def _own_limit(self, walk: Walk) -> float:
        """Seconds by which a question, not an attempt, is early for the limits of users and of the service."""
        return 0.0 if walk.attempts else self._people.admits_in(walk.question.user_id)

    def _why(self, walk: Walk) -> Refusals:
        told = {name: self._lanes[name].refusal(walk.demand, walk.tried(name)) for name in walk.providers}
        return {name: refused for name, refused in told.items() if refused} or {"service": _NO_TURN}


def _line(walk: Walk) -> tuple[object, ...]:
    return (walk.demand.choice, *walk.providers)


def _worth_waiting(refusals: Refusals, walk: Walk) -> float | None:
    """Seconds until the pace may allow it, if that is within the deadline and nothing else is wrong."""
    waits = [refused.retry_in_seconds for refused in refusals.values() if refused.pace]
    soonest = min((wait for wait in waits if wait is not None), default=None)
    return soonest if soonest is not None and soonest < walk.question.deadline.remaining() else None
