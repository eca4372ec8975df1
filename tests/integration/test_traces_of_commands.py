"""`fulltext check` and `fulltext eval` tell a collector what they asked, as a worker does."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from schemas import ScrapedContent
from streams.sandbox.emulator import Emulator
from streams.sandbox.samples import load
from streams.verify import Policy, examine
from tests.integration.collector import Collector


def open_question() -> ScrapedContent:
    """A sample that the local tier leaves to a model."""
    return next(one.record for one in load() if examine(one.record, Policy()).verdict is None)


@pytest.mark.parametrize("command", [("check", "page", "--json"), ("eval", "labelled.jsonl", "--tier", "chain")])
async def test_a_question_of_a_command_is_a_trace(tmp_path: Path, command: tuple[str, ...]) -> None:
    """All spans have arrived when the command ends: the question, and its attempt under it."""
    record = open_question()
    (tmp_path / "page").write_bytes(record.content_base64 or (record.content or "").encode())
    line = {**json.loads(record.model_dump_json(exclude_none=True)), "label": "other"}
    (tmp_path / "labelled.jsonl").write_text(json.dumps(line), encoding="utf-8")
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
