"""What is installed is what was locked: every requirements file is whole, hashed, and names no place to fetch from."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
FILES: dict[str, tuple[list[str], list[str]]] = {
    "base": ([], []),
    "sandbox": (["sandbox"], []),
    "image": (["aws", "cache", "encrypted", "otel"], []),
    "dev": (list(EXTRAS), ["test", "lint", "build"]),
    "train": ([], ["train"]),
    "security": (list(EXTRAS), ["security"]),
    "mutation": (list(EXTRAS), ["test", "mutation"]),
}
"""File -> the extras and groups that it is for, as `make lock` has them; bench-router has an input of its own."""
_ENTRY = re.compile(
    r"(?P<requirement>[a-z0-9][\w.-]*(?:\[[\w, -]+\])?==[\w.!+]+(?: ; [^\\\n]+)?) \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64} \\\n)*    --hash=sha256:[0-9a-f]{64}\n"
)


def locked(name: str) -> list[Requirement]:
    """The requirements of one file. Fails where it holds anything but pinned entries with hashes, and comments."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    rest = _ENTRY.sub("", text)
    assert [line for line in rest.splitlines() if line.strip() and not line.lstrip().startswith("#")] == []
    return [Requirement(found["requirement"]) for found in _ENTRY.finditer(text)]


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_every_entry_is_pinned_and_hashed(path):
    """`==`, a SHA-256 at least; no index, no address, no option that would bring something else."""
    assert len(locked(path.stem)) > 10
    text = path.read_text(encoding="utf-8")
    assert "://" not in text


def test_every_file_is_known():
    """A new file needs a line here."""
    assert {path.stem for path in (ROOT / "requirements").glob("*.txt")} == {*FILES, "bench-router"}


@pytest.mark.parametrize("name", FILES)
def test_what_the_project_asks_for_is_locked(name):
    """Each requirement of pyproject.toml has an entry that satisfies it."""
    extras, groups = FILES[name]
    wanted = [*PROJECT["project"]["dependencies"], *(one for extra in extras for one in EXTRAS[extra])]
    wanted += [one for group in groups for one in GROUPS[group]]
    pinned = {canonicalize_name(one.name): one.specifier for one in locked(name)}
    for text in wanted:
        requirement = Requirement(text)
        version = str(pinned[canonicalize_name(requirement.name)]).removeprefix("==")
        assert requirement.specifier.contains(version, prereleases=True), f"{name}.txt: {text} is locked as {version}"


def test_what_is_installed_is_what_is_locked():
    """Each entry that is for this machine, at its version."""
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in distributions()}
    for one in locked("dev"):
        if one.marker is None or one.marker.evaluate():
            assert f"=={installed[canonicalize_name(one.name)]}" == str(one.specifier), one.name


def test_the_lock_is_closed():
    """Whatever a locked package needs on this machine is locked too."""
    names = {canonicalize_name(one.name) for one in locked("dev")}
    for one in distributions():  # what came by hand is not ours to judge
        if canonicalize_name(one.metadata["Name"]) not in names:
            continue
        for text in one.requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in names, f"{one.metadata['Name']} needs {needed.name}"
