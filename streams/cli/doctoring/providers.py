"""Keys, what the providers themselves say, prices, and ends of models."""

import asyncio
from collections.abc import Iterator
from datetime import date

from schemas import Outcome
from streams.ai import ProviderConfig
from streams.ai.errors import AttemptFailed
from streams.ai.keys.build import prefix_of
from streams.ai.models import Catalogue, same_model
from streams.ai.pricing import PriceBook
from streams.ai.provider import ModelList
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.providers.registry import KINDS, build_providers
from streams.app import ai_config
from streams.cli._key_report import FoundSource, examine
from streams.cli.doctoring.finding import Finding, Level, Subject
from streams.clock import Clock

_LIVE_SECONDS = 15.0
_OLD_PRICE_DAYS, _STALE_PRICE_DAYS = 60, 180
_SOON_DAYS, _NOTICE_DAYS = 30, 90


async def keys(subject: Subject) -> list[Finding]:
    """Can every key be read, does it look like one, and is there one at all?"""
    config = ai_config(subject.settings)
    reports = await examine(config)
    found = [one for report in reports for source in report.sources for one in _of_source(report.variable, source)]
    usable = [report for report in reports if any(s.keys for s in report.sources)]
    if usable or subject.settings.compatible_base_url:
        return found
    remedy = "set GROQ_API_KEY (free at console.groq.com), or run `fulltext emulator` to try without a key"
    return [*found, Finding("act", "no provider has a key, so no model can be asked", "GROQ_API_KEY", remedy)]


def _of_source(variable: str, source: FoundSource) -> Iterator[Finding]:
    if source.problem:
        remedy = "mend it, and see it with `fulltext secrets check`"
        yield Finding("act", source.problem, variable, remedy)
    for key in source.keys:
        told = f"{source.source}: key {key.fingerprint}"
        if key.plausible:
            yield Finding("good", f"{told} looks right", variable)
        else:
            remedy = "check that it is whole and the right vendor's; a gateway's own key may look different"
            yield Finding("note", f"{told} is unlike the vendor's keys", variable, remedy)


async def live(subject: Subject) -> list[Finding]:
    """With `--live`: each provider's list of models, which costs nothing, with each of its keys."""
    if not subject.live:
        return [
            Finding("note", "the providers were not asked", remedy="use --live to ask each for its free model list")
        ]
    config = ai_config(subject.settings)
    # Azure lists what a region has, not what a deployment serves
    models = {provider.name: provider.model for provider in config.providers if provider.name != "azure"}
    today = subject.clock.now().date()
    providers = build_providers(config, subject.clock)
    try:
        asked = await asyncio.gather(*(_ask(provider, models.get(provider.name), today) for provider in providers))
    finally:
        for provider in providers:
            await provider.aclose()
    return [finding for findings in asked for finding in findings]


async def _ask(provider: HttpProvider, model: str | None, today: date) -> list[Finding]:
    """With each of its keys."""
    found: list[Finding] = []
    for number, key_id in enumerate(provider.key_ids() or ("",), 1):
        try:
            async with asyncio.timeout(_LIVE_SECONDS):
                listing = await provider.check(key_id)
        except AttemptFailed as failure:
            found.append(_refused(provider.name, number, failure))
        except TimeoutError:
            found.append(_unreachable(provider.name, f"no answer in {_LIVE_SECONDS:g} s"))
        else:
            found += _of_listing(provider.name, number, model, listing, today)
    return found


def _refused(provider: str, number: int, failure: AttemptFailed) -> Finding:
    if failure.outcome is not Outcome.AUTH_REJECTED:
        return _unreachable(provider, str(failure))
    remedy = "see what is found with `fulltext secrets check`, and issue a new key where the vendor no longer knows it"
    return Finding("act", f"{provider} refuses key {number}: {failure}", f"{prefix_of(provider)}_API_KEY", remedy)


def _unreachable(provider: str, why: str) -> Finding:
    variable = f"{prefix_of(provider)}_{'ENDPOINT' if provider == 'azure' else 'BASE_URL'}"
    remedy = "look at the address, the network and the vendor's status page"
    return Finding("act", f"{provider} cannot be asked: {why}", variable, remedy)


def _of_listing(provider: str, number: int, model: str | None, listing: ModelList, today: date) -> list[Finding]:
    found = [Finding("good", f"{provider} answers and takes key {number}")]
    for name, end in listing.ends.items():
        if model and same_model(model, name):
            found += _ending(provider, model, end, None, today)
    if model and listing.names and not any(same_model(model, one) for one in listing.names):
        some = ", ".join(sorted(listing.names)[:5])
        variable = f"{prefix_of(provider)}_MODEL"
        found.append(Finding("act", f"{provider} has no model {model}", variable, f"it has {some}, ..."))
    return found


async def prices(subject: Subject) -> list[Finding]:
    """A provider whose model has no price is not used; old prices make old sums."""
    book = PriceBook.load()
    return [one for provider in _used(subject) for one in _of_price(provider, book, subject.clock)]


def _of_price(provider: ProviderConfig, book: PriceBook, clock: Clock) -> Iterator[Finding]:
    today, variable = clock.now().date(), f"{prefix_of(provider.name)}_MODEL"
    model = provider.model or ""
    price = book.find(provider.name, model, today)
    if price is None and not KINDS[provider.name].self_hosted:
        known = ", ".join(sorted({one.model for one in book if one.provider == provider.name}))
        problem = f"no price is known for {model}, so {provider.name} is not used"
        yield Finding("act", problem, variable, f"set it to one of: {known}")
    if price is None or price.checked is None:
        return
    age = (today - price.checked).days
    told = f"price of {provider.name}/{model} checked {age} days ago"
    if age <= _OLD_PRICE_DAYS:
        yield Finding("good", told)
    else:
        remedy = f"compare with {price.source or 'the vendor'} and take a newer release"
        yield Finding("act" if age > _STALE_PRICE_DAYS else "note", told, variable, remedy)


async def models(subject: Subject) -> list[Finding]:
    """When the configured models end."""
    catalogue = Catalogue.load()
    found = [one for provider in _used(subject) for one in _of_model(provider, catalogue, subject.clock)]
    return found or [Finding("good", f"no configured model ends within {_NOTICE_DAYS} days")]


def _of_model(provider: ProviderConfig, catalogue: Catalogue, clock: Clock) -> Iterator[Finding]:
    known = catalogue.find(provider.name, provider.model or "")
    if known is not None:
        yield from _ending(provider.name, known.name, known.end_of_life, known.successor, clock.now().date())


def _ending(provider: str, model: str, end: date | None, successor: str | None, today: date) -> Iterator[Finding]:
    left = (end - today).days if end else None
    if left is None or left > _NOTICE_DAYS:
        return
    when = f"ends on {end}" if left > 0 else f"has ended on {end}"
    remedy = f"set it to {successor}" if successor else "choose another model"
    level: Level = "act" if left <= _SOON_DAYS else "note"
    yield Finding(level, f"{provider}/{model} {when}", f"{prefix_of(provider)}_MODEL", remedy)


def _used(subject: Subject) -> list[ProviderConfig]:
    """The providers of the chain that have what they need to be asked."""
    config = ai_config(subject.settings)
    return [one for one in config.providers if one.api_key or (KINDS[one.name].self_hosted and one.base_url)]
