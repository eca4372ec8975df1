"""A provider and its keys, against the emulator: the key asked for is used, and a replaced one is found in time."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import SecretStr

from schemas import Outcome
from streams.ai import AIConfig, AttemptFailed, CompletionRequest, ProviderConfig
from streams.ai.keys import KeysUnreadable
from streams.ai.provider import Keyed
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.providers.registry import build_providers
from streams.clock import SystemClock
from streams.sandbox.emulator import Emulator, Latency

A, B = "sk-canary-a", "sk-canary-b"
NAMES = ["groq", "gemini", "azure", "openai"]


@pytest.fixture
def good() -> set[str]:
    """The keys that the vendors take."""
    return {A, B}


@pytest.fixture
async def emulator(good: set[str]) -> AsyncIterator[Emulator]:
    """The vendors."""
    async with Emulator(latency=Latency(0), accepts=good.__contains__) as running:
        yield running


def build(emulator: Emulator, name: str = "openai", **keys: object) -> HttpProvider:
    """One provider."""
    model = "any" if name == "compatible" else None
    provider = ProviderConfig(name, base_url=emulator.base_urls[name], model=model, **keys)  # type: ignore[arg-type]
    (built,) = build_providers(AIConfig((provider,), allow_private_endpoints=True), SystemClock())
    return built


def asking(provider: HttpProvider, key_id: str = "") -> CompletionRequest:
    """A question with a certain key."""
    return CompletionRequest("attempt-1", "Say yes", provider.model_for("fast"), 50, 0.0, 10.0, key_id=key_id)


async def outcome(provider: HttpProvider, key_id: str = "") -> Outcome:
    """How a question with this key ends."""
    try:
        await provider.generate_completion(asking(provider, key_id))
    except AttemptFailed as error:
        return error.outcome
    return Outcome.OK


@pytest.mark.parametrize("name", NAMES)
async def test_the_key_that_was_asked_for_is_used(emulator: Emulator, good: set[str], name: str) -> None:
    """By its id; with none, or one that is gone, the first."""
    async with aclosing(build(emulator, name, api_key=SecretStr(f"{A},{B}"))) as provider:
        assert isinstance(provider, Keyed)
        first, second = provider.key_ids()
        good.remove(A)
        assert await outcome(provider, first) is Outcome.AUTH_REJECTED
        assert await outcome(provider, "") is Outcome.AUTH_REJECTED
        assert await outcome(provider, "gone") is Outcome.AUTH_REJECTED
        assert await outcome(provider, second) is Outcome.OK


async def test_a_key_replaced_in_its_file_is_there_for_the_next_try(
    emulator: Emulator, good: set[str], key_file: Callable[..., Path]
) -> None:
    """The rejection itself makes the file be read: one failed attempt, and the new key has an id of its own."""
    async with aclosing(build(emulator, api_key_file=key_file(A))) as provider:
        (old,) = provider.key_ids()
        assert await outcome(provider, old) is Outcome.OK
        good.remove(A)
        key_file(B)
        assert await outcome(provider, old) is Outcome.AUTH_REJECTED
        (new,) = provider.key_ids()
        assert new != old
        assert await outcome(provider, new) is Outcome.OK
        assert await outcome(provider, old) is Outcome.OK


class Locked:
    """A source that cannot be read."""

    label = "a locked box"

    def changed(self) -> bool:
        return False

    async def read(self) -> tuple[SecretStr, ...]:
        raise KeysUnreadable("OPENAI_API_KEY", "is locked")


async def test_without_a_key_nothing_is_sent(emulator: Emulator) -> None:
    """The keys cannot be read: rejected here, so it cannot have cost anything, and the next provider is asked."""
    async with aclosing(build(emulator, key_source=Locked())) as provider:
        with pytest.raises(AttemptFailed, match="auth_rejected: no_key") as caught:
            await provider.generate_completion(asking(provider))
        assert caught.value.sent is False
        assert not list(emulator.bill.last())


async def test_a_server_that_needs_no_key_is_asked_without(emulator: Emulator) -> None:
    """No ids and no header: it goes out all the same, and only the emulator, which wants a key, says no."""
    async with aclosing(build(emulator, "compatible")) as provider:
        assert provider.key_ids() == ()
        assert await outcome(provider) is Outcome.AUTH_REJECTED
        assert len(list(emulator.bill.last())) == 1
