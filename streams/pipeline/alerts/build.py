"""A worker's alert desk from the settings."""

from collections.abc import Callable, Mapping, Sequence

from schemas import ProviderHealth
from streams.ai.budget import Balance
from streams.clock import Clock
from streams.pipeline.alerts.desk import AlertDesk, AlertTopics
from streams.pipeline.alerts.observation import Calls
from streams.pipeline.alerts.rules import RULES, Kind, Rule
from streams.pipeline.alerts.webhook import Webhook, check_url
from streams.pipeline.connection import client_arguments
from streams.pipeline.topics import ALERTS, HEALTH
from streams.settings import Settings


def alert_desk(
    settings: Settings,
    clock: Clock,
    *,
    own_health: Callable[[], Sequence[ProviderHealth]],
    calls: Callable[[], Mapping[str, Calls] | None],
    balances: Callable[[], Sequence[Balance]],
    rules: Mapping[Kind, Rule] = RULES,
) -> AlertDesk:
    """The desk, not started; the parameters are those of `AlertDesk`. Raises SettingsError."""
    url, private = settings.alert_webhook_url, settings.ai_allow_private_endpoints
    if url is not None:
        check_url(url, allow_private=private)
    return AlertDesk(
        AlertTopics(settings.topic(ALERTS), settings.topic(HEALTH)),
        client_arguments(settings),
        clock,
        own_health=own_health,
        calls=calls,
        balances=balances,
        open_webhook=(lambda: Webhook.open(url, clock, allow_private=private)) if url else None,
        rules=rules,
    )
