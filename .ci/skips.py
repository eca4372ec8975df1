# ruff: noqa: INP001 - a script, not a module
"""Fails when a test was skipped that the list of allowed skips does not name.

Usage: skips.py JUNIT_XML ALLOWED_LIST. The list has one test a line, as `path.of.module::name` in the way that this
program prints it; text after `#` says why. An expected failure counts as skipped: it proves nothing either.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def skipped(report: Path) -> dict[str, str]:
    """Test -> why it was skipped, from pytest's JUnit report."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - our own pytest wrote it
        skip = case.find("skipped")
        if skip is not None:
            name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
            found[name] = skip.get("message") or "no reason given"
    return found


def allowed(listing: Path) -> set[str]:
    """The tests that may be skipped."""
    lines = (line.split("#", 1)[0].strip() for line in listing.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line}


def main(report: str, listing: str) -> int:
    """0: nothing was skipped that must run."""
    permitted = allowed(Path(listing))
    refused = {name: why for name, why in skipped(Path(report)).items() if name not in permitted}
    for name, why in sorted(refused.items()):
        sys.stderr.write(f"skipped, and not in {listing}: {name} ({why})\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
