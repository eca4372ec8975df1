"""What would be released, tried elsewhere: `make release-check`, or `python -m tests.release`.

1. sdist and wheel are built, the wheel out of the sdist;
2. a new virtual environment in a temporary folder gets the locked requirements, with hashes, and the wheel;
3. from that folder, with none of this repository on the path: version, where the package lies, `fulltext demo`.

Exit code 0 when all of it holds. Nothing is left behind, and nothing is published.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements" / "sandbox.txt"
"""The product's, and the embedded Kafka that the demo needs."""


def main() -> None:
    """All steps; the first that fails ends it with one sentence."""
    with tempfile.TemporaryDirectory(prefix="fulltext-release-") as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        place = folder / "venv"
        install(place, wheel)
        look(place, folder)
        say("== fulltext demo, from the wheel")
        run([place / "bin" / "fulltext", "demo"], folder)
    say("== all good: it can be released")


def build(into: Path) -> Path:
    """The wheel, built out of the sdist by the locked backend."""
    say("== build sdist and wheel")
    uv = Path(sys.executable).with_name("uv")
    run([uv, "build", "--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", into, ROOT], ROOT)
    made = sorted(path.name for path in into.iterdir() if path.suffix in (".whl", ".gz"))
    expected = [f"fulltext_streams-{version()}-py3-none-any.whl", f"fulltext_streams-{version()}.tar.gz"]
    if made != expected:
        sys.exit(f"release-check: built {made}, not {expected}")
    for name in made:
        say(f"  {name}  {(into / name).stat().st_size} bytes")
    return into / made[0]


def install(place: Path, wheel: Path) -> None:
    """A new environment with what is locked, and the wheel."""
    say("== install the locked requirements and the wheel into a new environment")
    venv.create(place, with_pip=True)
    pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", REQUIREMENTS], place)
    run([*pip, "--no-deps", "--no-index", wheel], place)
    run([place / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "check"], place)


def look(place: Path, folder: Path) -> None:
    """It is the wheel that answers, and not this repository."""
    told = run([place / "bin" / "fulltext", "--version"], folder, keep=True)
    where = run([place / "bin" / "python", "-c", "import streams; print(streams.__file__)"], folder, keep=True)
    if version() not in told or not Path(where.strip()).is_relative_to(place):
        sys.exit(f"release-check: {told.strip()} at {where.strip()}, not {version()} in the new environment")
    say(f"  {told.strip()}")


def version() -> str:
    """The one place where it stands."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def run(command: list[str | Path], folder: Path, *, keep: bool = False) -> str:
    """Run it without what this process's environment says of Python; its output when it is to be kept."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE if keep else None, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"release-check: {Path(command[0]).name} {command[1]} ended with {done.returncode}")
    return done.stdout or ""


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
