"""The SBOM: CycloneDX 1.6 of what the image installs, written to `build/`. Needs `.venv-security`."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LOCK = ROOT / "requirements/image.txt"
WRITTEN = ROOT / "build/sbom.cdx.json"


def write() -> str:
    """Each requirement is a component with its version and hashes. Raises AssertionError."""
    WRITTEN.parent.mkdir(exist_ok=True)
    command = [str(Path(sys.executable).with_name("cyclonedx-py")), "requirements", str(_LOCK), "--sv", "1.6"]
    command += [
        "--pyproject",
        str(ROOT / "pyproject.toml"),
        "--output-reproducible",
        "--of",
        "JSON",
        "-o",
        str(WRITTEN),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    bill = json.loads(WRITTEN.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(one["name"], one["version"]) for one in bill["components"]}
    locked = set(re.findall(r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)", _LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == locked, f"not the same: {sorted(listed ^ locked)}"
    hashed = [one["name"] for one in bill["components"] if not one.get("hashes") and not _reference_hashes(one)]
    assert not hashed, f"without a hash: {hashed}"
    return f"{len(listed)} components, {WRITTEN.relative_to(ROOT)}"


def _reference_hashes(component: dict[str, list[dict[str, object]]]) -> bool:
    return any(one.get("hashes") for one in component.get("externalReferences", []))
