"""schemathesis against the pages, by their committed OpenAPI document: open, and by token: none, wrong, right.

https://schemathesis.readthedocs.io. Needs `.venv-security`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.web.openapi import COMMITTED

TOKEN = "right-token-of-this-run"
CASES: dict[str, tuple[list[str], list[str], bool]] = {
    "pages, open": ([], [], True),
    "pages, without token": (["--token", TOKEN], [], False),
    "pages, wrong token": (["--token", TOKEN], ["--header", "Authorization: Bearer wrong"], False),
    "pages, right token": (["--token", TOKEN], ["--header", f"Authorization: Bearer {TOKEN}"], True),
}
"""Name -> what the server and schemathesis are told, and whether the pages are meant to answer."""
_GOOD = ["--checks", "all"]
_SHUT = ["--checks", "not_a_server_error,status_code_conformance,response_schema_conformance,allow_header_conformance"]
"""Where all is refused, a refusal of good data is no fault."""


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, list[str]]]:
    """The address of a server of its own, and afterwards the line that it ends with."""
    command = [sys.executable, "-m", "tests.security.serve_pages", *arguments]
    told: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), told
        finally:
            server.terminate()
            told.append(server.stdout.readline())


def schemathesis(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """One run; the exit code is 1 where it found something."""
    command = [str(Path(sys.executable).with_name("st")), "--no-color", "run", str(COMMITTED), "--url", url]
    return subprocess.run(
        [*command, "--seed", "1", "--max-failures", "5", *options], capture_output=True, text=True, check=False
    )


def check(name: str, examples: int) -> str:
    """One case. Returns what it came to; raises AssertionError with schemathesis's report."""
    server, client, answers = CASES[name]
    with serving(*server) as (url, told):
        done = schemathesis(url, *client, *(_GOOD if answers else _SHUT), "--max-examples", str(examples))
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-500:]
    statuses = json.loads(told[0])
    assert sum(statuses["guarded"].values()) > 50, statuses
    if answers:
        assert statuses["guarded"].get("200"), statuses
    else:
        assert set(statuses["guarded"]) == {"401"}, f"answered without the token: {statuses}"
    return " ".join(f"{status}: {count}" for status, count in sorted(statuses["guarded"].items()))


def control() -> str:
    """A page that fails is found: otherwise a green run would say nothing."""
    with serving("--broken") as (url, _):
        done = schemathesis(url, "--include-path", "/budgets", "--phases", "coverage")
    assert done.returncode == 1, "schemathesis did not find a page that fails"
    assert "500" in done.stdout
    return "a page that fails is found"
