"""The demo, as a newcomer runs it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.collector import Collector

END_SECONDS = 60


def command(*options: str) -> list[str]:
    """`fulltext demo`."""
    return [sys.executable, "-m", "streams", "demo", *options]


def without_keys(**more: str) -> dict[str, str]:
    """The environment of somebody who has none."""
    return {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")} | more


def demo(folder: Path, *options: str, **environment: str) -> tuple[int, dict[str, Any], str]:
    """Run `fulltext demo --json` without any key; gives exit code, result, stderr."""
    done = subprocess.run(
        command("--json", *options),
        cwd=folder,
        env=without_keys(**environment),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


async def test_every_sample_gets_its_verdict_without_the_local_tier(tmp_path: Path) -> None:
    """Exit code 0, a verdict for every sample, 8 of 10 labels right; traced where a collector is named.

    `test_live_page.py` runs it with the tier.
    """
    async with Collector() as collector:
        run = asyncio.to_thread(demo, tmp_path, "--local-tier", "off", **collector.environment())
        code, result, errors = await run
        assert set(collector.spans) >= {"process", "ask", "chat"}
    assert code == 0, errors[-2_000:]
    assert result["verdicts"] == result["samples"] >= 60
    assert result["right"] >= 0.8 * result["samples"]
    assert (tmp_path / ".demo" / "report.html").is_file()


def test_the_label_check_fails_when_the_model_always_says_the_same(tmp_path: Path) -> None:
    """A constant answer is noticed: the check can fail."""
    code, result, errors = demo(tmp_path, "--local-tier", "off", "--constant-answer", "paywall")
    assert code == 1
    assert result["verdicts"] == result["samples"]
    assert "agree with the samples' labels" in errors


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    """SIGKILL, which no program can catch: the worker, its processes and Kafka end, and the temporary folders go."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with subprocess.Popen(
        command("--keep"),
        cwd=tmp_path,
        env=without_keys(TMPDIR=str(scratch)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert any("live page: http" in line for line in process.stderr)
        family = psutil.Process(process.pid).children(recursive=True)
        commands = [" ".join(one.cmdline()) for one in family]
        assert [one for one in commands if one.endswith("-m streams worker") and "leash.py" not in one]
        assert [one for one in commands if "kafka.Kafka" in one and "leash.py" not in one]
        assert [path.name for path in scratch.iterdir()]
        process.send_signal(signal.SIGKILL)
        process.wait()
        gone, alive = psutil.wait_procs(family, timeout=END_SECONDS)
        for one in alive:
            one.kill()
        last_words = process.stderr.read()
    assert "fulltext: " not in last_words  # a worker that ends by itself, since Kafka is gone, says so
    assert [one.pid for one in alive] == []
    assert len(gone) == len(family)
    assert [path.name for path in scratch.iterdir() if path.name.startswith("fulltext-")] == []
