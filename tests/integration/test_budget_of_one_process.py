"""The budget of library and command use: what the settings say, over restarts where a journal is named."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from schemas import FulltextVerdict
from streams.app import open_asker
from streams.cli import main
from streams.observability import logging
from streams.sandbox.emulator import Emulator
from streams.settings import Settings, load
from streams.verify import NoAnswer, Policy, Question, examine
from tests.chaos.records import make

USD, STARTS = 0.002, 40
"""Several times what one call reserves, and less than what so many calls cost."""
PAGE = make(1, "asked").value


def question() -> Question:
    """Of a record that no rule can judge."""
    from schemas import ScrapedContent

    asked = examine(ScrapedContent.model_validate_json(PAGE), Policy(local_tier="off")).question
    assert asked is not None
    return asked


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """The vendors, answering at once."""
    async with Emulator(latency_scale=0) as running:
        yield running


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No set-up of logs that would outlive the command."""
    monkeypatch.setattr(logging, "configure", lambda *_: None)
    with capture_logs():
        yield


def settings(emulator: Emulator, **more: Any) -> Settings:
    """One provider, groq unless said otherwise."""
    environment = {name.lower(): value for name, value in emulator.environment().items() if value}
    return load(**{**environment, "ai_provider_priority": "groq", **more})


async def ask(chosen: Settings) -> int:
    """One process that asks once; what it cost."""
    async with open_asker(chosen) as asker:
        return (await asker(question())).cost_nano_usd


async def test_without_a_journal_each_start_has_a_whole_budget(emulator: Emulator) -> None:
    """All of them together spend more than the budget."""
    chosen = settings(emulator, ai_daily_budget_usd=f"groq:{USD}")
    for _ in range(STARTS):
        assert await ask(chosen) > 0
    assert emulator.bill.cost_nano_usd > USD * 10**9


async def test_with_a_journal_the_budget_is_the_same_one_after_a_restart(emulator: Emulator, tmp_path: Path) -> None:
    """The second process finds what the first one spent, and nobody is asked."""
    chosen = settings(emulator, ai_daily_budget_usd=f"groq:{USD}", ai_budget_journal=tmp_path / "journal")
    results = [await asyncio.gather(ask(chosen), return_exceptions=True) for _ in range(STARTS)]
    spent = [one for (one,) in results if isinstance(one, int)]
    gone = [str(one) for (one,) in results if isinstance(one, NoAnswer)]
    assert sum(spent) == emulator.bill.cost_nano_usd <= USD * 10**9
    assert len(spent) == emulator.bill.lines == STARTS - len(gone) > 0
    assert all("budget groq/day is gone" in one for one in gone)
    assert gone


async def test_callers_at_once_do_not_overshoot(emulator: Emulator) -> None:
    """Fifty callers, money for some: the emulator's bill stays within the budget."""
    chosen = settings(emulator, ai_daily_budget_usd="groq:0.003", verify_max_in_flight=50, ai_cache_max_bytes=1024)
    asked = question()
    async with open_asker(chosen) as asker:
        different = (replace(asked, user=f"{asked.user} {n}", fingerprint=f"{n}") for n in range(50))
        results = await asyncio.gather(*(asker(one) for one in different), return_exceptions=True)
    assert 0 < emulator.bill.cost_nano_usd <= 3_000_000
    assert any(isinstance(one, NoAnswer) for one in results)


@pytest.mark.parametrize(("tier", "calls"), [("free", 1), ("paid", 0)])
async def test_groq_0_is_the_free_tier_or_nothing(emulator: Emulator, tier: str, calls: int) -> None:
    """GROQ_TIER says whether a call costs: where it does, a budget of 0 sends none."""
    chosen = settings(emulator, ai_daily_budget_usd="groq:0", groq_tier=tier)
    if calls:
        assert await ask(chosen) == 0
    else:
        with pytest.raises(NoAnswer, match="budget groq/day is gone"):
            await ask(chosen)
    assert emulator.bill.lines == calls


async def test_groq_0_falls_back_to_the_next_provider(emulator: Emulator) -> None:
    """With its own money."""
    chosen = settings(emulator, ai_daily_budget_usd="groq:0,gemini:1", ai_provider_priority="groq,gemini")
    async with open_asker(chosen) as asker:
        assert (await asker(question())).provider == "gemini"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AI_DAILY_BUDGET_USD", "10", "write it like groq:0,gemini:10,global:20"),
        ("AI_DAILY_BUDGET_USD", "groq:ten", "the amount must be in US dollars, like 10 or 0.25"),
        ("AI_MONTHLY_BUDGET_USD", "grok:5", "known: groq, gemini, azure, openai, compatible, global"),
        ("AI_USER_DAILY_BUDGET_USD", "-1", "like 10 or 0.25, not negative"),
    ],
)
def test_a_bad_budget_is_one_sentence(
    quiet: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, told: str
) -> None:
    """It names the variable and shows the right form; wrong use is exit code 2."""
    monkeypatch.setenv("GROQ_API_KEY", "unused")
    monkeypatch.setenv(name, value)
    file = tmp_path / "page.html"
    file.write_text("Some text of which no rule can say what it is. " * 40)
    result = CliRunner().invoke(main, ["check", str(file)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert name in result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_check_says_which_budget_is_gone(quiet: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`undetermined` with its reason, and exit code 0: the command did what it could."""
    monkeypatch.setenv("OPENAI_API_KEY", "unused")
    monkeypatch.setenv("AI_DAILY_BUDGET_USD", "openai:0")
    monkeypatch.setenv("AI_PROVIDER_PRIORITY", "openai")
    file = tmp_path / "page.html"
    file.write_text("Some text of which no rule can say what it is. " * 40)
    result = CliRunner().invoke(main, ["check", str(file), "--json"])
    assert result.exit_code == 0, result.stderr
    verdict = FulltextVerdict.model_validate_json(result.stdout)
    assert (verdict.verdict, verdict.reasons[0].code) == ("undetermined", "NO_PROVIDER_ADMITS")
    assert "budget openai/day is gone" in verdict.reasons[0].detail
