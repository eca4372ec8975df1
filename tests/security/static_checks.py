"""Readers of source text: bandit over the product, detect-secrets over every tracked file. Needs `.venv-security`."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_KNOWN = Path(__file__).with_name("known_secrets.toml")
_IMPORTS = {"B404": "streams/sandbox/"}
"""Codes that ruff does not have -> where they are allowed. B404, subprocess is imported: the embedded Kafka is one."""
_GUESSES = ("Secret Keyword", "Hex High Entropy String", "Base64 High Entropy String")
"""By a name or by chance; tests are full of made-up ones, so there only what has a vendor's form counts."""


def bandit() -> str:
    """Nothing but what a `# noqa: S...` with its reason allows, as for ruff. Raises AssertionError with the rest."""
    found = _json("bandit", "--quiet", "--recursive", "--format", "json", "schemas", "streams")
    told = [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in found["results"]
        if not _allowed(one)
    ]
    assert not told, "\n".join(told)
    assert not found["errors"], found["errors"]
    return f"{found['metrics']['_totals']['loc']} lines, {len(found['results'])} reviewed in place"


def _allowed(one: dict[str, Any]) -> bool:
    code = str(one["test_id"])
    if code in _IMPORTS:
        return str(one["filename"]).startswith(_IMPORTS[code])
    lines = (ROOT / one["filename"]).read_text(encoding="utf-8").splitlines()
    first, last = min(one["line_range"]), max(one["line_range"])
    return any(re.search(rf"# noqa: [A-Z0-9, ]*\bS{code[1:]}\b", line) for line in lines[first - 1 : last])


def secrets() -> str:
    """In no tracked file but the known ones, which are none. Raises AssertionError with file, line and kind."""
    found = _json("detect-secrets", "scan", "--no-verify")["results"]
    known = tomllib.loads(_KNOWN.read_text(encoding="utf-8"))
    seen: set[tuple[str, str]] = set()
    told = []
    for path, places in found.items():
        for place in places:
            kind = place["type"]
            if kind in known.get(path, {}).get("kinds", ()):
                seen.add((path, kind))
            elif not (path.startswith("tests/") and kind in _GUESSES):
                told.append(f"{path}:{place['line_number']} {kind}")
    stale = {(path, kind) for path, entry in known.items() for kind in entry["kinds"]} - seen
    assert not told, "\n".join(told)
    assert not stale, f"known_secrets.toml names what is not there: {sorted(stale)}"
    return f"{len(seen)} known ones, which are none"


def control() -> str:
    """Both find what they should: a key in a vendor's form, a shell that runs what it is told."""
    key = "AKIA" + "Q3EGXK4W7DZT2LMN"
    told = _run("detect-secrets", "scan", "--string", key)
    assert re.search(r"AWSKeyDetector\s*: True", told), told
    code = "import subprocess\nsubprocess.run(input(), shell=True)\n"
    assert "B602" in _run("bandit", "--format", "json", "-", text=code)
    return "a planted key and a planted shell are found"


def _json(program: str, *arguments: str) -> Any:
    return json.loads(_run(program, *arguments))


def _run(program: str, *arguments: str, text: str = "") -> str:
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, input=text)
    assert done.returncode in (0, 1), done.stderr[-2_000:]
    return done.stdout
