"""What `fulltext secrets check` finds and says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from streams.ai import AIConfig, ProviderConfig
from streams.ai.keys import KeySource, KeysUnreadable
from streams.ai.keys.build import prefix_of, sources_of
from streams.ai.keys.formats import plausible
from streams.ai.keys.material import fingerprint
from streams.ai.providers.registry import KINDS
from streams.clock import SystemClock


@dataclass(frozen=True)
class FoundKey:
    """A key without the key."""

    fingerprint: str
    plausible: bool
    """It looks like those that the vendor issues."""


@dataclass(frozen=True)
class FoundSource:
    """One place, and what is in it."""

    source: str
    keys: list[FoundKey] = field(default_factory=list)
    problem: str | None = None


@dataclass(frozen=True)
class Finding:
    """One provider."""

    provider: str
    variable: str
    needs_key: bool
    sources: list[FoundSource]
    """None: no key is set."""


async def examine(config: AIConfig) -> list[Finding]:
    """Read every source of every provider, in order."""
    return [await _examine(provider, config) for provider in config.providers]


async def _examine(provider: ProviderConfig, config: AIConfig) -> Finding:
    variable = f"{prefix_of(provider.name)}_API_KEY"
    try:
        sources = sources_of(provider, config, SystemClock())
    except KeysUnreadable as error:
        found = [FoundSource(variable, problem=str(error))]
    else:
        found = [await _read(provider.name, source) for source in sources]
    return Finding(provider.name, variable, not KINDS[provider.name].self_hosted, found)


async def _read(provider: str, source: KeySource) -> FoundSource:
    try:
        return FoundSource(source.label, [_key(provider, key) for key in await source.read()])
    except KeysUnreadable as error:
        return FoundSource(source.label, problem=str(error))


def _key(provider: str, key: SecretStr) -> FoundKey:
    return FoundKey(fingerprint(key), plausible(provider, key))


def good(findings: Sequence[Finding]) -> bool:
    """Can everything be read, and is there one provider at least that has what it needs?"""
    problems = [source.problem for finding in findings for source in finding.sources if source.problem]
    return not problems and any(finding.sources or not finding.needs_key for finding in findings)


def lines(finding: Finding) -> Iterator[str]:
    """For people: a line for each source, and one for each key."""
    if not finding.sources:
        how = f"set {finding.variable} or {finding.variable}_FILE to use it" if finding.needs_key else "none is needed"
        yield f"{finding.provider:<11} no key; {how}"
    for source in finding.sources:
        told = source.problem or f"{source.source}: {len(source.keys)} {'key' if len(source.keys) == 1 else 'keys'}"
        yield f"{finding.provider:<11} {told}"
        for key in source.keys:
            yield f"{'':<11}   {key.fingerprint}  {'looks right' if key.plausible else 'unlike the vendor’s keys'}"
