"""The live page in a real browser while the demo runs."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.browser import needs_chromium, tab

PICTURE_BYTES = 250_000
START_SECONDS = 300.0
END_SECONDS = 60.0
SHOWN = """({
  state: document.body.dataset.state,
  figures: Object.fromEntries([...document.querySelectorAll("[data-figure]")].map((one) =>
    [one.dataset.figure, [one.querySelector(".value").textContent, one.querySelector(".note").textContent]])),
  providers: Object.fromEntries([...document.querySelectorAll("[data-provider]")].map((one) =>
    [one.dataset.provider, [...one.querySelectorAll("dd")].map((cell) => cell.textContent)])),
  latest: [...document.querySelectorAll("#latest td.id")].map((cell) => cell.textContent),
  alerts: document.querySelectorAll("#alerts li").length,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  cut: [...document.querySelectorAll(".value, dd, .count, td.number")].filter((one) =>
    one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline").map((one) => one.textContent),
})"""


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process, asyncio.Task[bytes]]]:
    """`fulltext demo --keep --json` without any key: where its page is, the process, and what it says on stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams", "demo", "--keep", "--json",
        cwd=folder, env={name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    url = await asyncio.wait_for(_url(process.stderr), START_SECONDS)
    said = asyncio.create_task(process.stderr.read())
    try:
        yield url, process, said
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        errors = (await asyncio.wait_for(said, END_SECONDS)).decode()
        await asyncio.wait_for(process.wait(), END_SECONDS)
        sys.stderr.write(errors[-4_000:])


@needs_chromium
@pytest.mark.timeout(600)
async def test_the_page_shows_what_stats_says_while_the_demo_runs(tmp_path: Path) -> None:
    """Every sample's verdict is in; figures, providers and latest verdicts on the page are those of `/stats`.

    `LIVE_PAGE_PICTURE=docs/live-page.png` keeps the picture.
    """
    async with demo(tmp_path) as (url, process, said), aiohttp.ClientSession() as session, tab() as page:
        await page.open(url, width=1280, scheme="light")
        assert process.stdout is not None
        result = json.loads(await asyncio.wait_for(process.stdout.readuntil(b"\n}\n"), START_SECONDS))
        assert result["verdicts"] == result["samples"] >= 60
        stats, shown = await settled(session, url, page, result["samples"])
        the_same(shown, stats)
        keep(await page.picture(1280))
        await page.open(url, width=390, scheme="dark")
        _, narrow = await settled(session, url, page, result["samples"])
        for one in (shown, narrow):
            assert (one["wide"], one["cut"]) == (0, [])
        assert page.complaints == []
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), END_SECONDS)
        async with asyncio.timeout(END_SECONDS):
            while await page.value("document.body.dataset.state") != "stale":  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert "No answer since" in await page.value("document.getElementById('banner-text').textContent")
    errors = (await said).decode()
    assert f"live page: {url} (until Ctrl-C)" in errors
    assert (code, result["right"] >= 0.9 * result["samples"]) == (0, True), errors[-1_000:]
    assert (tmp_path / ".demo" / "report.html").is_file()


def the_same(shown: Any, stats: Any) -> None:
    """What the page shows is what `/stats` said."""
    figures = shown["figures"]
    assert figures["verdicts"][1] == f"{stats['today']['records']} today"
    assert is_share(figures["local"][0], stats["today"]["local_share"])
    assert figures["calls"][0] == str(stats["totals"]["calls"])
    assert number(figures["cost"][0]) == pytest.approx(usd(stats["totals"]), rel=0.1)
    assert list(shown["providers"]) == [one["provider"] for one in stats["providers"]]
    for one in stats["providers"]:
        calls, failed, _, cost = shown["providers"][one["provider"]]
        assert calls == str(one["calls"])
        assert is_share(failed, one["failure_rate"])
        assert number(cost) == pytest.approx(usd(one), rel=0.1)
    assert shown["latest"] == [one["content_id"] for one in stats["flow"]["latest"]][:14]


async def settled(session: aiohttp.ClientSession, url: str, page: Any, records: int) -> tuple[Any, Any]:
    """`/stats` with every record in it, and the page once it shows the same number of records and calls."""
    async with asyncio.timeout(60):
        while True:
            async with session.get(f"{url}stats") as answer:
                stats = await answer.json()
            shown = await page.value(SHOWN)
            told = (f"{stats['today']['records']} today", str(stats["totals"]["calls"]))
            figures = (shown or {}).get("figures") or {}
            same = figures and told == (figures["verdicts"][1], figures["calls"][0])
            if same and stats["today"]["records"] >= records and shown["state"] == "live":
                return stats, shown
            await asyncio.sleep(0.5)


async def _url(stream: asyncio.StreamReader) -> str:
    while line := (await stream.readline()).decode():
        if found := re.fullmatch(r"live page: (http://\S+/)\n", line):
            return found[1]
    raise AssertionError("the demo told no address")


def keep(picture: bytes) -> None:
    """In the file that LIVE_PAGE_PICTURE names."""
    assert len(picture) <= PICTURE_BYTES
    if name := os.environ.get("LIVE_PAGE_PICTURE"):
        Path(name).write_bytes(picture)


def usd(sums: Any) -> float:
    """Cost in dollars."""
    return float(sums["cost_nano_usd"]) / 1e9


def number(text: str) -> float:
    """`$0.0012` -> 0.0012."""
    return float(text.removeprefix("$").replace(",", ""))


def is_share(text: str, value: float | None) -> bool:
    """Does the page write this share? Rounded to whole per cents, below a tenth to tenths of them."""
    if value is None:
        return text == "–"
    return float(text.removesuffix(" %")) == pytest.approx(100 * value, abs=0.051 if value < 0.1 else 0.51)
