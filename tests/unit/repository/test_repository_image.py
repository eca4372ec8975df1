"""The Dockerfile keeps what it promises, as far as reading can show."""

import re
from importlib.metadata import requires

from packaging.requirements import Requirement

from streams.cli.doctoring.extras import EXTRAS
from tests.unit.repository.compose import DOCKERFILE, ROOT, SECRETS, SERVICES, last_stage


def test_image_installs_what_is_locked():
    """Everything that pip fetches is held to a hash, and the last stage has neither pip nor a compiler."""
    installs = [line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if " install " in line and line[0] != "#"]
    assert installs
    for step in " && ".join(installs).split("&&"):
        if "pip" in step and " install " in step:
            assert "--require-hashes" in step or "--no-index" in step, step
    assert "--without-pip" in DOCKERFILE
    assert "pip uninstall --yes setuptools wheel pip" in last_stage()
    assert not re.search(r"\b(gcc|build-essential|apt-get|pip3? install)\b", last_stage())


def locked(name: str) -> dict[str, str]:
    """Package -> version of a file of requirements."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, re.MULTILINE))


def test_image_has_the_extra_of_every_variable_that_the_compose_file_has():
    """No setting fails in a container for want of a package: of its own, or of a form that a key may have."""
    (image,) = re.findall(r"-r requirements/(\w+)\.txt$", DOCKERFILE, re.MULTILINE)
    passed = {name.removesuffix("_FILE") for name in SERVICES["worker"]["environment"]}
    needed = [extra for extra in EXTRAS if extra.setting in passed or (extra.prefix and SECRETS & passed)]
    assert {extra.name for extra in needed} == {"aws", "cache", "encrypted", "otel"}
    for extra in needed:
        assert extra.package in locked(image)
        for line in requires("fulltext-streams") or ():
            wanted = Requirement(line)
            if wanted.marker and wanted.marker.evaluate({"extra": extra.name}):
                assert wanted.specifier.contains(locked(image)[wanted.name]), line


def test_image_has_the_versions_that_the_tests_run_with():
    """Every package of the image is locked as it is for development; none of the base is missing."""
    image, tested = locked("image"), locked("dev")
    assert {name: tested.get(name) for name in image} == image
    assert {"aiohttp", "faust-streaming", "aiokafka"} <= set(image)


def test_backend_line_is_found_in_the_lock():
    """The build backend that the Dockerfile cuts out of the lock is one requirement with hashes."""
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    found = re.search(r"^setuptools==[\d.]+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", lock, re.MULTILINE)
    assert found
    assert not found.group().rstrip("\n").endswith("\\")


def test_image_starts_the_worker():
    """Entry point `fulltext`, by default the worker; its health is its own word at /livez."""
    assert 'ENTRYPOINT ["fulltext"]\nCMD ["worker"]' in last_stage()
    assert re.search(r"HEALTHCHECK .*\\\n +CMD .*http://127\.0\.0\.1:6066/livez", last_stage())


def test_samples_are_in_the_image():
    """The folder that is published is that of the package, where the Dockerfile installs it."""
    folder = SERVICES["samples"]["command"][1].removeprefix("/opt/fulltext/lib/python3.11/site-packages/")
    assert (ROOT / folder).is_dir()
    assert "FROM python:3.11." in last_stage()
    assert "COPY --from=build /opt/fulltext /opt/fulltext" in last_stage()
