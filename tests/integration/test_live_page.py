"""The live page in a real browser while the demo runs."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.browser import needs_chromium, tab

PICTURE_BYTES = 250_000
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


@needs_chromium
@pytest.mark.timeout(600)
async def test_the_page_shows_what_stats_says_while_the_demo_runs(tmp_path: Path) -> None:
    """Every sample's verdict in; figures, providers and latest verdicts on the page are those of `/stats`.

    `LIVE_PAGE_PICTURE=docs/live-page.png` keeps the picture.
    """
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams", "demo", "--keep", "--json",
        cwd=tmp_path, env={name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        assert demo.stderr is not None
        async with aiohttp.ClientSession() as session, tab() as page:
            url = await asyncio.wait_for(_url(demo.stderr), 200)
            await page.open(url, width=1280, scheme="light")
            reading = asyncio.create_task(demo.stderr.read())
            result = json.loads(await asyncio.wait_for(demo.stdout.readuntil(b"\n}\n"), 300))
            stats, shown = await settled(session, url, page, result["samples"])
            assert shown["figures"]["verdicts"][1] == f"{stats['today']['records']} today"
            assert is_share(shown["figures"]["local"][0], stats["today"]["local_share"])
            assert shown["figures"]["calls"][0] == str(stats["totals"]["calls"])
            assert number(shown["figures"]["cost"][0]) == pytest.approx(usd(stats["totals"]), rel=0.1)
            assert list(shown["providers"]) == [one["provider"] for one in stats["providers"]]
            for one in stats["providers"]:
                calls, failed, _, cost = shown["providers"][one["provider"]]
                assert calls == str(one["calls"])
                assert is_share(failed, one["failure_rate"])
                assert number(cost) == pytest.approx(usd(one), rel=0.1)
            assert shown["latest"] == [one["content_id"] for one in stats["flow"]["latest"]][:10]
            assert (shown["wide"], shown["cut"]) == (0, [])
            picture = await page.picture(1280)
            keep(picture)
            await page.open(url, width=390, scheme="dark")
            _, narrow = await settled(session, url, page, result["samples"])
            assert (narrow["wide"], narrow["cut"]) == (0, [])
            assert page.complaints == []
            demo.send_signal(signal.SIGINT)
            errors = (await asyncio.wait_for(reading, 60)).decode()
            assert await asyncio.wait_for(demo.wait(), 60) == 0, errors[-2_000:]
            assert f"live page: {url} (until Ctrl-C)" in errors
            async with asyncio.timeout(30):
                while await page.value("document.body.dataset.state") != "stale":  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            assert "No answer since" in await page.value("document.getElementById('banner-text').textContent")
    finally:
        if demo.returncode is None:
            demo.send_signal(signal.SIGINT)
            await asyncio.wait_for(demo.communicate(), 60)
    assert result["verdicts"] == result["samples"] >= 60
    assert result["right"] >= 0.9 * result["samples"]
    assert (tmp_path / ".demo" / "report.html").is_file()


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
