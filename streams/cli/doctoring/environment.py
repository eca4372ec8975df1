"""Settings, variables that are none, and what is installed."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from streams.app import ai_config
from streams.app.money import budget_limits
from streams.cli.doctoring.extras import PACKAGE, missing_extras
from streams.cli.doctoring.finding import Finding, Subject
from streams.settings import Settings
from streams.web.listen import check as check_listening

_LIKE = 0.85
"""How like a setting's name a variable must be to be taken for a slip."""


async def settings(subject: Subject) -> list[Finding]:
    """What only shows when values are put to use."""
    config = ai_config(subject.settings)
    budget_limits(subject.settings)
    check_listening(subject.settings.web_host, guarded=subject.settings.web_token is not None)
    chain = " -> ".join(provider.name for provider in config.providers)
    return [Finding("good", f"settings can be read; order of providers: {chain}")]


async def variables(_subject: Subject) -> list[Finding]:
    """Variables that look like a setting with a slip in its name, and settings that are given twice."""
    known = {name.upper() for name in Settings.model_fields}
    secrets = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    known |= {f"{name}_FILE" for name in secrets}
    families = {name.partition("_")[0] for name in known}
    found = [
        Finding("note", f"{name} is no setting", name, f"did you mean {like[0]}?")
        for name in sorted(os.environ)
        if name not in known and name.partition("_")[0] in families
        if (like := get_close_matches(name, known, 1, _LIKE))
    ]
    found += [
        Finding("note", f"{name} and {name}_FILE are both set: the file is not read", name, "unset one of them")
        for name in sorted(secrets)
        if os.environ.get(name) and os.environ.get(f"{name}_FILE")
    ]
    return found or [Finding("good", "no variable looks like a setting with a slip in its name")]


async def versions(subject: Subject) -> list[Finding]:
    """What is installed against what this release was tested with."""
    found = [problem for line in requires(PACKAGE) or () for problem in _unmet(Requirement(line))]
    found += missing_extras(subject.settings)
    told = ", ".join(f"{name} {version(name)}" for name in (PACKAGE, "faust-streaming", "aiokafka", "click"))
    return found or [Finding("good", told)]


def _unmet(wanted: Requirement) -> Iterator[Finding]:
    if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
        return
    remedy = f"pip install '{wanted.name}{wanted.specifier}'"
    try:
        there = version(wanted.name)
    except PackageNotFoundError:
        yield Finding("act", f"{wanted.name} is not installed", remedy=remedy)
        return
    if not wanted.specifier.contains(there, prereleases=True):
        yield Finding("act", f"{wanted.name} is {there}; this release needs {wanted.specifier}", remedy=remedy)
