"""What follows one fault, at every provider: the next provider, one more try here, the next key, or the successor."""

import asyncio
from datetime import UTC, datetime

import pytest

from schemas import Outcome
from streams.ai import CompletionOptions
from streams.clock import ManualClock
from streams.sandbox.emulator import Emulator
from streams.sandbox.emulator.latency import Latency
from tests.contract.faults import (
    PROMPT,
    PROVIDERS,
    ROWS,
    SCHEMA,
    SLOW,
    Row,
    config,
    connections_to,
    name_of,
    service,
)

STEPS: dict[Outcome, str] = {
    Outcome.OK: "none",
    Outcome.BAD_ANSWER: "next provider",
    Outcome.CONTENT_REFUSED: "next provider",
    Outcome.CLIENT_ERROR: "next provider",
    Outcome.TIMEOUT: "next provider",
    Outcome.OVERLOADED: "again here",
    Outcome.NETWORK: "again here",
    Outcome.AUTH_REJECTED: "next key",
    Outcome.THROTTLED: "next key",
    Outcome.QUOTA_EXHAUSTED: "next key",
    Outcome.MODEL_GONE: "successor",
}
PAUSES: dict[str, dict[str, float]] = {
    "status-403": {"any": 300},
    "unauthorized": {"any": 300},
    "echo_key": {"any": 300},
    "throttle": {"any": 2},
    # nothing but the reset of what is used up: a day at Groq, which is clamped; Azure and Gemini say more themselves
    "throttle-requests-None": {"any": 60, "groq": 3_600, "azure": 2, "gemini": 2},
    "throttle-soon": {"any": 2},
    # Gemini says it as a duration, and no duration is as long, or a date
    "throttle-1000000000.0": {"any": 3_600, "gemini": 2},
    "throttle-None-30": {"any": 30, "gemini": 2},
    "throttle-1500": {"any": 1.5},
    "quota": {"any": 600, "groq": 21_600, "azure": 86_400, "gemini": 0},
}
"""Seconds for which the key is left alone. 0: as long as midnight in California is away."""
KEYS = "canary-key-number-one,canary-key-number-two"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_one_fault_has_the_right_next_step(row: Row, provider: str) -> None:
    """The fault meets one request: who is asked next, with which key, for which model; whom does the next question ask?

    A key that is paused or disabled is so for exactly the time that the vendor named, clamped, or the table's default.
    """
    fault, params, expected, own = row
    outcome = own.get(provider, expected)
    step = STEPS[outcome]
    if step == "successor" and provider == "compatible":
        step = "next provider"  # nobody knows what comes after a model on the user's own machine
    before = asyncio.all_tasks()
    clock = ManualClock(datetime.now(UTC))
    async with Emulator(latency=Latency(0)) as emulator:
        fallback = "gemini" if provider != "gemini" else "groq"
        timeout = 0.3 if fault in SLOW else 10.0
        chain, ledger = service(
            emulator, config(emulator, provider, timeout, KEYS), config(emulator, fallback), clock=clock
        )
        emulator.script(provider, {"fault": fault, **params, "count": 1})
        async with chain:
            await chain.generate_completion(PROMPT, CompletionOptions(schema=SCHEMA))
            pauses = [gate._pause.remaining() for gate in chain._lanes[0].gates.all().values()]
            told = [(line.provider, line.outcome) for line in ledger]
            models = {line.model for line in ledger}
            await chain.generate_completion(PROMPT, CompletionOptions(schema=SCHEMA))
        assert await connections_to(emulator) == 0
    answered = (fallback if step == "next provider" else provider, Outcome.OK)
    assert told == ([answered] if step == "none" else [(provider, outcome), answered])
    assert (len(models) == 2) == (step in ("next provider", "successor"))
    wanted = PAUSES.get(name_of(row), {"any": 0})
    lasts = wanted.get(provider, wanted["any"])
    assert (pauses[0] > 0) == (step == "next key")
    assert pauses[1] == 0
    assert not lasts or pauses[0] == pytest.approx(lasts, abs=5 if lasts == 30 else 0.001)  # a date has whole seconds
    gone = outcome is Outcome.MODEL_GONE and step == "next provider"
    assert ledger[-1].provider == (fallback if gone else provider)
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
