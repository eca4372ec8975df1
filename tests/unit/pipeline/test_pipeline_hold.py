"""Asking through an outage."""

from dataclasses import replace

import pytest

from schemas import ProviderUsage
from streams.ai import AllProvidersFailed, InvalidRequest, NoProviderAdmits
from streams.clock import ManualClock
from streams.pipeline.hold import MAX_FAILED_ROUNDS, PROBES_A_ROUND, Hold
from streams.verify import Earlier, NoAnswer, Question, Reply

QUESTION = Question("s", "u", "f", {}, 100, "1", "c", None, None)
SECOND = replace(QUESTION, earlier=Earlier("m", 4.0))
REPLY = Reply("{}", "groq", "m", 5, ())


def attempt(outcome: str, cost: int = 0) -> ProviderUsage:
    """One attempt's event."""
    return ProviderUsage.model_validate(
        {
            "attempt_id": "a",
            "task": "verify",
            "provider": "groq",
            "model": "m",
            "outcome": outcome,
            "latency_ms": 1,
            "cost_nano_usd": cost,
            "cost_kind": "reported",
            "started_at": "2026-01-01T00:00:00Z",
        }
    )


class Chain:
    """A scripted chain: each ask takes the next step; `open_at` is when providers admit again."""

    def __init__(self, clock: ManualClock, *steps: object, open_at: float = 0.0) -> None:
        self.clock, self.steps, self.open_at, self.asked = clock, list(steps), open_at, 0
        self.deadlines: list[float] = []

    async def ask(self, question: Question, deadline_seconds: float) -> Reply:
        self.asked += 1
        self.deadlines.append(deadline_seconds)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        assert isinstance(step, Reply)
        return step

    def admits(self, providers: tuple[str, ...] | None = None) -> bool:
        return self.clock.monotonic() >= self.open_at


class Closing(Chain):
    """After each walk no provider admits a call for a while."""

    async def ask(self, question: Question, deadline_seconds: float) -> Reply:
        self.open_at = self.clock.monotonic() + 5
        return await super().ask(question, deadline_seconds)


def hold(chain: Chain, *, on_outage: bool = True, changes: list[bool] | None = None) -> Hold:
    """A hold whose sleeps move the clock."""

    async def sleep(seconds: float) -> None:
        chain.clock.advance(seconds)

    made = Hold(
        chain,
        chain.clock,
        seconds=10,
        hold_on_outage=on_outage,
        changed=lambda: changes.append(made.active) if changes is not None else None,
        sleep=sleep,
    )
    return made


async def test_a_record_is_held_and_its_clock_stands_still() -> None:
    """An outage ten times as long as the deadline costs the record nothing of it."""
    clock = ManualClock()
    chain = Chain(clock, NoProviderAdmits({}, 100), REPLY, open_at=100)
    changes: list[bool] = []
    assert await hold(chain, changes=changes).ask(QUESTION) == REPLY
    assert clock.monotonic() >= 100
    assert chain.deadlines == [10, 10]
    assert changes == [True, False]


async def test_a_document_that_every_provider_refuses_is_undetermined_at_once() -> None:
    """While providers admit calls, a record whose attempts all failed is not asked again."""
    chain = Chain(ManualClock(), AllProvidersFailed((attempt("content_refused"),)))
    with pytest.raises(NoAnswer) as caught:
        await hold(chain).ask(QUESTION)
    assert (caught.value.code, chain.asked) == ("ALL_ATTEMPTS_FAILED", 1)
    assert "groq: content_refused" in caught.value.detail


async def test_the_outages_first_victims_are_held_and_their_attempts_kept() -> None:
    """Failures after which nothing admits any more are the outage's; their cost stays on the record."""
    chain = Chain(ManualClock(), AllProvidersFailed((attempt("network", 7),)), REPLY, open_at=30)
    reply = await hold(chain).ask(QUESTION)
    assert (len(reply.attempts), reply.cost_nano_usd) == (1, 12)


async def test_a_bad_document_never_holds_for_ever() -> None:
    """A record that fails everywhere while others may be answered gives up after a few rounds, further and further."""
    chain = Chain(ManualClock(), AllProvidersFailed((attempt("overloaded"),)))
    with pytest.raises(NoAnswer) as caught:
        await hold(chain).ask(QUESTION)
    assert (caught.value.code, chain.asked) == ("ALL_ATTEMPTS_FAILED", MAX_FAILED_ROUNDS)
    assert 3.5 <= chain.clock.monotonic() <= 7


async def test_whoever_is_held_looks_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """After several failed rounds, too: their distances are for providers that admit."""
    monkeypatch.setattr("streams.pipeline.hold.random.uniform", max)

    class GoneAtTheThird(Chain):
        async def ask(self, question: Question, deadline_seconds: float) -> Reply:
            self.open_at = 100 if self.asked == 2 else 0
            return await super().ask(question, deadline_seconds)

    chain = GoneAtTheThird(ManualClock(), *[AllProvidersFailed((attempt("network"),))] * 3, REPLY)
    assert len((await hold(chain).ask(QUESTION)).attempts) == 3
    assert chain.clock.monotonic() == 100


async def test_a_record_that_breaks_every_provider_does_not_hold_for_ever() -> None:
    """Each time it was held it finds them broken again: that says less about it, but not nothing."""
    chain = Closing(ManualClock(), AllProvidersFailed((attempt("overloaded"),)))
    with pytest.raises(NoAnswer) as caught:
        await hold(chain).ask(QUESTION)
    rounds = 1 + (MAX_FAILED_ROUNDS - 1) * PROBES_A_ROUND
    assert (caught.value.code, chain.asked) == ("ALL_ATTEMPTS_FAILED", rounds)


async def test_who_looks_whether_the_outage_is_over_is_not_undetermined_for_it() -> None:
    """A held record that finds all of them broken ten times, and then whole, has its answer."""
    broken = [AllProvidersFailed((attempt("network"),))] * 11
    chain = Closing(ManualClock(), *broken, REPLY)
    assert len((await hold(chain).ask(QUESTION)).attempts) == 11
    assert chain.asked == 12


@pytest.mark.parametrize("outcome", ["throttled", "overloaded", "network", "timeout", "auth_rejected"])
async def test_a_state_of_the_providers_is_not_the_documents_fault(outcome: str) -> None:
    """All failed so while another admits calls again already: it is asked again. Where nobody waits, it is told."""
    fault = AllProvidersFailed((attempt("content_refused"), attempt(outcome)))
    assert len((await hold(Chain(ManualClock(), fault, REPLY)).ask(QUESTION)).attempts) == 2
    with pytest.raises(NoAnswer) as caught:
        await hold(Chain(ManualClock(), fault, REPLY), on_outage=False).ask(QUESTION)
    assert caught.value.code == "ALL_ATTEMPTS_FAILED"


async def test_waiting_for_its_own_providers_counts_when_others_admit() -> None:
    """A record that may only use a closed provider waits within its deadline, not in a hold."""
    clock = ManualClock()
    chain = Chain(clock, NoProviderAdmits({"azure": "open"}, 1))
    changes: list[bool] = []
    with pytest.raises(NoAnswer) as caught:
        await hold(chain, changes=changes).ask(QUESTION)
    assert caught.value.code == "NO_PROVIDER_ADMITS"
    assert changes == []
    assert 8 <= clock.monotonic() <= 11


@pytest.mark.parametrize("seconds", [18_000.0, None])
async def test_a_wait_that_ends_after_the_deadline_is_not_begun(seconds: float | None) -> None:
    """One user's budget is gone until midnight while others go on: its records keep no place for a minute each."""
    clock = ManualClock()
    chain = Chain(clock, NoProviderAdmits({"groq": "budget user:42/day is gone"}, seconds))
    with pytest.raises(NoAnswer, match=r"groq: budget user:42/day is gone") as caught:
        await hold(chain).ask(QUESTION)
    assert (caught.value.code, clock.monotonic()) == ("NO_PROVIDER_ADMITS", 0)


async def test_without_holding_an_outage_is_answered_at_once() -> None:
    """VERIFY_ON_OUTAGE=undetermined gives a verdict instead of waiting, and the verdict says what is wrong."""
    chain = Chain(ManualClock(), NoProviderAdmits({"groq": "budget groq/day is gone"}, 100), open_at=100)
    with pytest.raises(NoAnswer, match=r"groq: budget groq/day is gone") as caught:
        await hold(chain, on_outage=False).ask(QUESTION)
    assert caught.value.code == "NO_PROVIDER_ADMITS"


async def test_a_record_that_no_provider_may_see_is_undetermined_at_once() -> None:
    """An empty allow list is not an outage: waiting would not help."""
    chain = Chain(ManualClock(), NoProviderAdmits({}, None))
    with pytest.raises(NoAnswer) as caught:
        await hold(chain).ask(QUESTION)
    assert (caught.value.code, chain.asked) == ("NO_PROVIDER_ALLOWED", 1)


async def test_a_record_that_names_an_unknown_provider_is_undetermined_and_says_so() -> None:
    """Asking again would not help; the verdict carries the sentence with the known names."""
    chain = Chain(ManualClock(), InvalidRequest("unknown provider 'grok'; known: groq"))
    with pytest.raises(NoAnswer, match="grok") as caught:
        await hold(chain).ask(QUESTION)
    assert (caught.value.code, chain.asked) == ("INVALID_REQUEST", 1)


async def test_a_reply_says_what_it_took_of_the_records_time() -> None:
    """Time in a hold left out, time in calls counted: a second opinion gets the rest."""
    clock = ManualClock()

    class Slow(Chain):
        async def ask(self, question: Question, deadline_seconds: float) -> Reply:
            clock.advance(3)
            return await super().ask(question, deadline_seconds)

    chain = Slow(clock, AllProvidersFailed((attempt("network"),)), REPLY, open_at=100)
    reply = await hold(chain).ask(QUESTION)
    assert reply.seconds == pytest.approx(6)
    await hold(chain).ask(replace(QUESTION, earlier=Earlier("m", reply.seconds)))
    assert chain.deadlines == pytest.approx([10, 7, 4])


@pytest.mark.parametrize("fault", [NoProviderAdmits({}, 100), AllProvidersFailed((attempt("network", 7),))])
async def test_no_stream_is_held_for_a_second_opinion(fault: Exception) -> None:
    """In an outage it is done without, at once; what was tried for it stays on the record."""
    changes: list[bool] = []
    chain = Chain(ManualClock(), fault, open_at=100)
    with pytest.raises(NoAnswer) as caught:
        await hold(chain, changes=changes).ask(SECOND)
    assert (chain.asked, chain.deadlines, changes) == (1, [6.0], [])
    assert sum(one.cost_nano_usd for one in caught.value.attempts) == (7 if caught.value.attempts else 0)


async def test_no_time_is_left_for_a_second_opinion() -> None:
    """The first answer took all of the record's time."""
    chain = Chain(ManualClock(), REPLY)
    with pytest.raises(NoAnswer, match="DEADLINE"):
        await hold(chain).ask(replace(QUESTION, earlier=Earlier("m", 10.0)))
    assert chain.asked == 0
