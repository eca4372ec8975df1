"""Packages that only certain settings need."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from pydantic import SecretStr

from streams.cli.doctoring.finding import Finding
from streams.settings import Settings

PACKAGE = "fulltext-streams"
"""This project, as it is installed."""


@dataclass(frozen=True)
class Extra:
    """An extra of this project, the package that shows whether it is installed, and what needs it."""

    name: str
    package: str
    setting: str = ""
    """Needed where this is set."""
    prefix: str = ""
    """Needed where a secret begins so, or one of several does."""


EXTRAS = (
    Extra("cache", "redis", setting="AI_CACHE_URL"),
    Extra("otel", "opentelemetry-sdk", setting="OTEL_EXPORTER_OTLP_ENDPOINT"),
    Extra("encrypted", "cryptography", setting="SECRETS_ENCRYPTION_KEY", prefix="enc:"),
    Extra("aws", "aiobotocore", prefix="aws-sm:"),
)
"""The extras that are left, `sandbox` and `warc`, are of commands and not of settings."""


def missing_extras(settings: Settings) -> Iterator[Finding]:
    """Settings whose extra is not installed."""
    told = {name.upper(): value for name, value in settings if value is not None}
    secrets = {name: value.get_secret_value() for name, value in told.items() if isinstance(value, SecretStr)}
    for extra in EXTRAS:
        needs = [name for name in told if name == extra.setting]
        needs += [name for name, value in secrets.items() if extra.prefix and extra.prefix in value]
        if needs and not _is_there(extra.package):
            how = f"pip install '{PACKAGE}[{extra.name}]'"
            for name in needs:
                yield Finding("act", f"{name} needs {extra.package}, which is not installed", name, how)


def _is_there(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
