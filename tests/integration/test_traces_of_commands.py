"""`fulltext check` and `fulltext eval` tell a collector what they asked, as a worker does."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from streams.sandbox.emulator import Emulator
from tests.integration.collector import Collector

PROSE = "A short text about eels, which says nothing of itself. " * 20


@pytest.mark.parametrize("command", [("check", "page.txt", "--json"), ("eval", "labelled.jsonl", "--tier", "chain")])
async def test_a_question_of_a_command_is_a_trace(tmp_path: Path, command: tuple[str, ...]) -> None:
    """All spans have arrived when the command ends: the question, and its attempt under it."""
    (tmp_path / "page.txt").write_text(PROSE, encoding="utf-8")
    (tmp_path / "labelled.jsonl").write_text(json.dumps({"label": "other", "content": PROSE}), encoding="utf-8")
    async with Collector() as collector, Emulator() as emulator:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", *command),
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **emulator.environment(), **collector.environment()},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()[-2_000:]
        question, attempt = (collector.spans[name] for name in ("ask", "chat"))
    assert attempt.parent_span_id == question.span_id
    assert question.parent_span_id == b""
