"""The walk with a second cache tier: what is read, written and forgotten when. The tier here is a dictionary."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Outcome, ProviderUsage
from streams.ai import (
    AllProvidersFailed,
    CacheFigures,
    CacheRules,
    Completion,
    CompletionOptions,
    FakeProvider,
    UnifiedAIService,
)
from streams.ai.cache_value import decode, encode
from streams.ai.providers.fake import After
from streams.ai.shared_cache import Found, SharedCache
from streams.clock import ManualClock


class Tier:
    """Keeps answers; `gate` holds writes up until it is set; `seconds` are those that callers granted."""

    def __init__(self) -> None:
        self.kept: dict[tuple[bytes, str], Found] = {}
        self.faults = self.ignored = self.reads = 0
        self.seconds: list[float] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.closed = False

    async def get(self, question: bytes, providers: Sequence[str], seconds: float) -> Found | None:
        self.reads += 1
        self.seconds.append(seconds)
        await asyncio.sleep(0)
        return next((self.kept[question, name] for name in providers if (question, name) in self.kept), None)

    async def put(self, question: bytes, answer: Completion, seconds: float) -> None:
        self.seconds.append(seconds)
        await self.gate.wait()
        self.kept[question, answer.provider] = Found(answer, 60)

    async def forget(self, question: bytes, provider: str, seconds: float) -> None:
        self.kept.pop((question, provider), None)

    async def aclose(self) -> None:
        self.closed = True


def make(tier: SharedCache, *providers: FakeProvider, **more: object) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A worker with memory of its own and this second tier."""
    ledger: list[ProviderUsage] = []
    service = UnifiedAIService(
        providers, on_attempt=ledger.append, cache=CacheRules(), shared_cache=tier, **more  # type: ignore[arg-type]
    )  # fmt: skip
    return service, ledger


async def test_an_answer_is_written_before_it_is_given() -> None:
    """Neither the one who asked nor those who waited with it get the answer before a redo would find it."""
    tier = Tier()
    tier.gate.clear()
    service, ledger = make(tier, FakeProvider("yes"))
    waiting = [asyncio.create_task(service.generate_completion("question")) for _ in range(3)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(ledger) == 1
    assert not any(task.done() for task in waiting)
    tier.gate.set()
    assert {one.content for one in await asyncio.gather(*waiting)} == {"yes"}
    assert len(tier.kept) == 1


async def test_a_cancel_while_it_is_written_loses_no_answer() -> None:
    """Those who waited get it, and memory has it: nobody asks again."""
    tier = Tier()
    tier.gate.clear()
    service, ledger = make(tier, FakeProvider("yes"))
    leader, follower = (asyncio.create_task(service.generate_completion("question")) for _ in range(2))
    for _ in range(20):
        await asyncio.sleep(0)
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader
    assert (await follower).cached
    assert (await service.generate_completion("question")).cached
    assert len(ledger) == 1


async def test_what_the_second_tier_has_is_copied_to_memory_for_the_rest_of_its_time() -> None:
    """It is read once, and an old answer does not live twice as long for it."""
    clock, tier = ManualClock(), Tier()
    first, _ = make(tier, FakeProvider("yes"))
    await first.generate_completion("question")
    service, ledger = make(tier, FakeProvider("again"), clock=clock)
    for _ in range(3):
        assert (await service.generate_completion("question")).content == "yes"
    assert tier.reads == 2
    assert (service.cache_figures().hits, service.cache_figures().second_tier_hits) == (3, 1)
    clock.advance(60)
    tier.kept.clear()
    assert (await service.generate_completion("question")).content == "again"
    assert len(ledger) == 1


async def test_a_planted_answer_outside_the_schema_is_not_served() -> None:
    """What comes from outside is checked like a provider's answer, and taken out."""
    tier = Tier()
    options = CompletionOptions(schema={"type": "object"})
    await make(tier, FakeProvider("{}"))[0].generate_completion("question", options)
    [place] = tier.kept
    planted = Found(encode_and_back("no json"), 60)
    tier.kept[place] = planted
    service, ledger = make(tier, FakeProvider("{}"))
    assert (await service.generate_completion("question", options)).content == "{}"
    assert service.cache_figures() == CacheFigures(misses=1, unusable=1)
    assert tier.kept[place] != planted
    assert len(ledger) == 1


async def test_an_answer_that_the_caller_cannot_use_is_a_bad_answer() -> None:
    """The next provider is asked, the good answer alone is kept, and both attempts are on the ledger."""
    tier = Tier()
    service, ledger = make(tier, FakeProvider("bad", name="a"), FakeProvider("good", name="b"))
    choosy = CompletionOptions(accept=lambda content: content == "good")
    assert (await service.generate_completion("question", choosy)).content == "good"
    assert [(line.outcome, line.error) for line in ledger] == [(Outcome.BAD_ANSWER, "not_accepted"), (Outcome.OK, None)]
    assert [found.answer.content for found in tier.kept.values()] == ["good"]


async def test_callers_who_can_use_different_answers_do_not_share_one() -> None:
    """A follower that cannot use the answer it waited for asks for itself."""
    service, ledger = make(Tier(), FakeProvider(After(0.01, "one"), "two"))
    plain = asyncio.create_task(service.generate_completion("question"))
    await asyncio.sleep(0)
    choosy = CompletionOptions(accept=lambda content: content == "two")
    assert (await service.generate_completion("question", choosy)).content == "two"
    assert (await plain).content == "one"
    assert len(ledger) == 2


async def test_an_accept_that_raises_is_a_local_error() -> None:
    """A caller's fault is told by its type, votes against no provider, and leaves the error tree whole."""

    def broken(_: str) -> bool:
        raise ZeroDivisionError

    service, ledger = make(Tier(), FakeProvider("yes"))
    await service.generate_completion("question")
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question", CompletionOptions(accept=broken))
    assert (ledger[1].outcome, ledger[1].error) == (Outcome.LOCAL_ERROR, "ZeroDivisionError")


async def test_the_second_tier_gets_no_more_time_than_the_caller_has() -> None:
    """But an answer that came at the last moment gets a little to be written down."""
    clock, tier = ManualClock(), Tier()

    def slow(_: object) -> str:
        clock.advance(5)
        return "yes"

    service, _ = make(tier, FakeProvider(slow), clock=clock)
    await service.generate_completion("question", CompletionOptions(deadline_seconds=5))
    assert tier.seconds == [5, 0.05]


async def test_it_is_bypassed_without_cache_and_closed_with_the_service() -> None:
    """`cache=False` neither reads nor writes."""
    tier = Tier()
    service, _ = make(tier, FakeProvider("yes"))
    await service.generate_completion("question", CompletionOptions(cache=False))
    assert (tier.reads, tier.kept) == (0, {})
    await service.aclose()
    assert tier.closed


def completion(content: str, **figures: int) -> Completion:
    """An answer as it is kept."""
    counts = {"input_tokens": 1, "output_tokens": 1, "saved_nano_usd": 1, **figures}
    return Completion(
        content, cost_nano_usd=0, provider="fake", model="m", served_model=None, latency_ms=0, cached=True, attempts=(),
        **counts,
    )  # fmt: skip


def encode_and_back(content: str) -> Completion:
    """The answer after a stay in a cache."""
    found = decode(encode(completion(content), 7))
    assert found is not None
    return found[0]


_COUNT = st.integers(0, 2**63 - 1)


@given(st.text(st.characters(exclude_categories=["Cs"])), _COUNT, _COUNT, _COUNT, _COUNT)
def test_a_value_comes_back_as_it_went_in(text: str, tokens: int, output: int, saved: int, until: int) -> None:
    """Every field, whatever the content."""
    kept = completion(text, input_tokens=tokens, output_tokens=output, saved_nano_usd=saved)
    assert decode(encode(kept, until)) == (kept, until)


@given(st.one_of(st.binary(max_size=40), st.integers(0, 200).map(lambda cut: encode(completion("yes"), 7)[:cut])))
def test_other_bytes_are_no_value(raw: bytes) -> None:
    """Random or cut bytes give nothing, and never an error."""
    whole = encode(completion("yes"), 7)
    assert (decode(raw) is None) == (raw != whole)


@pytest.mark.parametrize(
    ("old", "new"), [(b'"v":1', b'"v":2'), (b'"until":7', b'"until":-7'), (b'"m"', b"5"), (b"{", b'{"more":1,')]
)
def test_a_value_that_does_not_fit_in_every_field_is_none_of_ours(old: bytes, new: bytes) -> None:
    """Another version, a negative count, a wrong type, a further field."""
    raw = encode(completion("yes"), 7)
    assert decode(raw)
    assert decode(raw.replace(old, new, 1)) is None
