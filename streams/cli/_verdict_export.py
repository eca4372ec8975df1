"""Verdicts for other programs: CSV for spreadsheets, JSONL with everything."""

import csv
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Protocol, TextIO

from schemas import FulltextVerdict
from streams.cli._verdict_reader import read_verdicts
from streams.errors import UserError
from streams.settings import Settings

FORMATS = ("csv", "jsonl")
COLUMNS: dict[str, Callable[[FulltextVerdict], object]] = {
    "verdict_id": lambda v: v.verdict_id,
    "content_id": lambda v: v.content_id,
    "url": lambda v: v.url,
    "doi": lambda v: v.doi,
    "verdict": lambda v: v.verdict.value,
    "is_full_text": lambda v: v.is_full_text,
    "confidence": lambda v: v.confidence,
    "confidence_kind": lambda v: v.confidence_kind,
    "decided_by": lambda v: v.decided_by,
    "reasons": lambda v: " ".join(reason.code for reason in v.reasons),
    "identity": lambda v: v.identity.verdict,
    "access": lambda v: v.access.evidence,
    "license": lambda v: v.access.license,
    "lang": lambda v: v.stats.lang,
    "main_words": lambda v: v.stats.main_words,
    "references": lambda v: v.stats.references,
    "cost_nano_usd": lambda v: v.cost_nano_usd,
    "cached": lambda v: v.cached,
    "latency_ms": lambda v: v.latency_ms,
    "attempts": lambda v: len(v.attempts),
    "policy_version": lambda v: v.policy_version,
    "topic": lambda v: v.source and v.source.topic,
    "partition": lambda v: v.source and v.source.partition,
    "offset": lambda v: v.source and v.source.offset,
    "decided_at": lambda v: v.decided_at.isoformat(),
}
"""Column -> its cell; null is empty, true and false are lower case."""
_FORMULA = tuple("=+-@＝＋－＠")
_STEERING = ("\t", "\r", "\n")


class _Writer(Protocol):
    def write(self, verdict: FulltextVerdict) -> None: ...


class CsvWriter:
    """RFC 4180 with a heading line, every cell quoted.

    A text that a spreadsheet might take for a formula gets a single quote before it (OWASP, "CSV Injection"): ids,
    URLs and DOIs come from outside. JSONL has them as they are.
    """

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        self._rows.writerow(COLUMNS)

    def write(self, verdict: FulltextVerdict) -> None:
        """One row."""
        self._rows.writerow([_cell(of(verdict)) for of in COLUMNS.values()])


class JsonlWriter:
    """A verdict a line, as it stands on the topic."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, verdict: FulltextVerdict) -> None:
        """One line."""
        self._file.write(verdict.model_dump_json() + "\n")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    risky = value.startswith(_STEERING) or value.lstrip().startswith(_FORMULA)
    return f"'{value}" if risky else value


async def export(settings: Settings, kind: str, target: Path | None, kinds: frozenset[str], limit: int | None) -> int:
    """Write the last copy of each verdict to `target` (whole or not at all) or stdout; gives how many.

    Two readings, so that memory holds only where each last copy stands, about 200 bytes a verdict. Raises UserError
    for a file that cannot be written, KafkaUnavailable, NoSuchTopic, SettingsError.
    """
    last: dict[str, tuple[int, int]] = {}
    async with aclosing(read_verdicts(settings)) as verdicts:
        async for record, verdict in verdicts:
            last[verdict.verdict_id] = (record.partition, record.offset)
    count = 0
    with _opened(target) as file:
        writer: _Writer = CsvWriter(file) if kind == "csv" else JsonlWriter(file)
        async with aclosing(read_verdicts(settings, tell=False)) as verdicts:
            async for record, verdict in verdicts:
                if count == limit:
                    break
                if last.get(verdict.verdict_id) != (record.partition, record.offset):
                    continue
                if not kinds or verdict.verdict in kinds:
                    writer.write(verdict)
                    count += 1
    return count


@contextmanager
def _opened(target: Path | None) -> Iterator[TextIO]:
    """Stdout, or a file that takes its place only when it is whole."""
    if target is None:
        sys.stdout.reconfigure(newline="", errors="backslashreplace")  # type: ignore[union-attr]
        yield sys.stdout
        return
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            yield file
        part.replace(target)
    except OSError as error:
        raise UserError(f"cannot write {target} ({error.strerror}); name another file with --output") from None
    finally:
        part.unlink(missing_ok=True)
