"""The demo, as a newcomer runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def demo(folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Run `fulltext demo --json` without any key; gives exit code, result, stderr."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    done = subprocess.run(
        [sys.executable, "-m", "streams", "demo", "--json", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def test_every_sample_gets_its_verdict_without_the_local_tier(tmp_path: Path) -> None:
    """Exit code 0, a verdict for every sample, 8 of 10 labels right. `test_live_page.py` runs it with the tier."""
    code, result, errors = demo(tmp_path, "--local-tier", "off")
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
