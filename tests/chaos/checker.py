"""The independent checker, a program: `python -m tests.chaos.checker CASE.json`.

Prints JSON `{"ok", "findings": {rule: [line]}, "counts": {rule: number}, "figures"}`; exit 0 when every rule holds,
1 when not, 2 when the evidence cannot be read. It reads Kafka, the emulator's bill and the run's files, and imports
nothing of the product.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.chaos.evidence import Case, collect
from tests.chaos.findings import figures, judge

_SHOWN = 20


def main(path: Path) -> int:
    """Collect, judge, print; returns the exit code."""
    case = Case(**json.loads(path.read_text(encoding="utf-8")))
    try:
        evidence = asyncio.run(collect(case))
    except (TimeoutError, OSError, ValueError) as error:
        sys.stderr.write(f"checker: the evidence cannot be read: {type(error).__name__}: {error}\n")
        return 2
    findings = judge(evidence, case)
    report = {
        "ok": not findings,
        "findings": {name: lines[:_SHOWN] for name, lines in findings.items()},
        "counts": {name: len(lines) for name, lines in findings.items()},
        "figures": figures(evidence, case),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0 if not findings else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
