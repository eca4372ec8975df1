"""The table of checks, and running it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from streams.cli.doctoring import backlog, cluster, environment, providers, shared_cache
from streams.cli.doctoring.finding import Finding, Subject
from streams.errors import KafkaUnavailable, SettingsError, UserError


@dataclass(frozen=True)
class Check:
    """One check. Those that it `needs` must have found nothing to be done, else it is left out."""

    name: str
    look: Callable[[Subject], Awaitable[list[Finding]]]
    needs: tuple[str, ...] = ()


CHECKS = (
    Check("settings", environment.settings),
    Check("variables", environment.variables),
    Check("versions", environment.versions),
    Check("keys", providers.keys, ("settings",)),
    Check("live", providers.live, ("settings", "keys")),
    Check("prices", providers.prices, ("settings",)),
    Check("models", providers.models, ("settings",)),
    Check("cache", shared_cache.cache, ("versions",)),
    Check("kafka", cluster.kafka),
    Check("topics", cluster.topics, ("kafka",)),
    Check("lag", backlog.lag, ("kafka", "topics")),
    Check("clock", cluster.clock, ("kafka",)),
)
"""In the order in which they are told. Adding one = a function and a line here."""


async def examine(subject: Subject) -> dict[str, list[Finding]]:
    """Check -> its findings."""
    found: dict[str, list[Finding]] = {}
    for check in CHECKS:
        stopped = [name for name in check.needs if any(one.level == "act" for one in found[name])]
        if stopped:
            found[check.name] = [Finding("note", f"not looked at: first mend {' and '.join(stopped)}")]
        else:
            found[check.name] = await _look(check, subject)
    return found


async def _look(check: Check, subject: Subject) -> list[Finding]:
    try:
        return await check.look(subject)
    except SettingsError as error:
        return [Finding("act", str(error), error.setting)]
    except KafkaUnavailable as error:
        return [Finding("act", str(error), "KAFKA_BOOTSTRAP_SERVERS", "see that it runs and that the address is right")]
    except UserError as error:
        return [Finding("act", str(error))]
    except Exception as error:  # noqa: BLE001  (a broken check must not hide what the others find)
        return [Finding("act", f"the check itself failed ({type(error).__name__})", remedy="please report it")]
