"""`AlertBook`: which alerts are to be told now. Pure; what was told is known only from the topic itself.

The book is what `budget-alerts` says, read in order. `due` changes nothing that a restart would have to know: an alert
counts as told when `heard` gets it from the topic. So a restart repeats nothing, whenever it comes, provided that the
topic was read to its end before `due` is asked, as it is before every time. Two writers in the short while of a
takeover may both tell one crossing: under the same id.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from schemas import BudgetAlert
from streams.ai.budget import Balance
from streams.ai.budget.alerts import THRESHOLDS, alert_id
from streams.ai.budget.periods import Period
from streams.logs import get_logger
from streams.pipeline.alerts.observation import Observation, Reading
from streams.pipeline.alerts.rules import RULES, Kind, Rule, State
from streams.pipeline.alerts.spell import Spell

logger = get_logger(__name__)

LATEST = 100
"""So many alerts are kept for views."""
MAX_FIRING = 10_000
"""No more alerts about users fire at the same time; providers and all together are always told."""
MAX_SUBJECTS = 1_000
"""Of figures; there are a handful of providers."""
_USER = "user:"

_Slot = tuple[str, str, float, str]
"""Kind, subject, threshold, and the period where each period has its own."""


class AlertBook:
    """At most one alert fires for each kind, subject and threshold, and of a budget for each period."""

    def __init__(self, rules: Mapping[Kind, Rule] = RULES) -> None:
        self._rules = rules
        self._firing: dict[_Slot, BudgetAlert] = {}
        self._spells: dict[tuple[Kind, str], Spell] = {}
        self._newest: datetime | None = None
        self._full = False
        self.latest: deque[BudgetAlert] = deque(maxlen=LATEST)
        """As told, the newest last."""

    @property
    def firing(self) -> tuple[BudgetAlert, ...]:
        """Those that have not cleared, the oldest first."""
        return tuple(self._firing.values())

    def heard(self, alert: BudgetAlert) -> None:
        """The topic says so. A copy changes nothing."""
        self._newest = max(alert.at, self._newest or alert.at)
        told = self._firing.get(_slot(alert))
        if alert.state == "firing" and told is None:
            self._firing[_slot(alert)] = alert
            self.latest.append(alert)
        elif alert.state == "cleared" and told is not None:
            del self._firing[_slot(alert)]
            self.latest.append(alert)

    def due(self, seen: Observation) -> list[BudgetAlert]:
        """What is to be told now, once the topic was read to its end. Asked again before it is heard: the same."""
        # like the budgets' periods, the time here never goes back
        at = max(seen.at, self._newest or seen.at)
        return [*self._ended(at), *self._crossed(seen.balances, at), *self._judged(seen.readings, at, seen.seconds)]

    # Budgets

    def _ended(self, at: datetime) -> Iterator[BudgetAlert]:
        for alert in self._firing.values():
            if alert.kind == "budget" and _ends(alert) <= at:
                yield _cleared(alert, 0.0, at)

    def _crossed(self, balances: Iterable[Balance], at: datetime) -> Iterator[BudgetAlert]:
        users = sum(alert.subject.startswith(_USER) for alert in self._firing.values())
        for balance in balances:
            if not balance.limit or Period.parse(balance.period).ends <= at:
                continue
            for percent in THRESHOLDS:
                alert = _budget_alert(balance, percent, at)
                if not _reached(balance, percent) or _slot(alert) in self._firing:
                    continue
                users += alert.subject.startswith(_USER)
                if users <= MAX_FIRING or not alert.subject.startswith(_USER):
                    yield alert
                elif not self._full:
                    self._full = True
                    logger.warning("alerts.too_many_users", most=MAX_FIRING)

    # Figures

    def _judged(self, readings: Iterable[Reading], at: datetime, seconds: float) -> Iterator[BudgetAlert]:
        figures = {(reading.kind, reading.subject): reading for reading in readings}
        for alert in self._firing.values():
            if alert.kind != "budget":  # of what is not seen any more, the figure is 0
                figures.setdefault((alert.kind, alert.subject), Reading(alert.kind, alert.subject, 0.0))
        self._spells = {key: spell for key, spell in self._spells.items() if key in figures}
        for key, reading in list(figures.items())[:MAX_SUBJECTS]:
            rule = self._rules[reading.kind]
            spell = self._spells.setdefault(key, Spell())
            state = rule.state(reading.value, reading.calls)
            spell.see(state, seconds, rule.clear_seconds)
            lasted = spell.bad_for(seconds)
            value = lasted if rule.tells_duration else reading.value
            # a threshold that an earlier version had is cleared as well
            told = [one for one in self._firing.values() if (one.kind, one.subject) == key]
            if not told and state is State.BAD and lasted >= rule.after_seconds:
                yield _alert(reading, rule, value, at)
            elif told and spell.good_for(seconds) >= rule.clear_seconds:
                yield from (_cleared(alert, value, at) for alert in told)


def _slot(alert: BudgetAlert) -> _Slot:
    return alert.kind, alert.subject, alert.threshold, alert.period if alert.kind == "budget" else ""


def _reached(balance: Balance, percent: int) -> bool:
    """Of the last threshold also where the rest is too small for any call."""
    return balance.spent * 100 >= balance.limit * percent or (percent >= 100 and balance.used_up)


def _ends(alert: BudgetAlert) -> datetime:
    try:
        return Period.parse(alert.period).ends
    except ValueError:  # somebody else wrote it: a period that nobody knows is over
        return alert.at


def _alert(reading: Reading, rule: Rule, value: float, at: datetime) -> BudgetAlert:
    day = Period.day(at).label
    return BudgetAlert(
        alert_id=alert_id(reading.kind, reading.subject, rule.threshold, day),
        kind=reading.kind,
        subject=reading.subject,
        threshold=rule.threshold,
        value=value,
        period=day,
        state="firing",
        at=at,
    )


def _budget_alert(balance: Balance, percent: int, at: datetime) -> BudgetAlert:
    subject = balance.budget.rpartition("/")[0]
    return BudgetAlert(
        alert_id=alert_id("budget", subject, percent / 100, balance.period),
        kind="budget",
        subject=subject,
        threshold=percent / 100,
        value=balance.spent / balance.limit,
        period=balance.period,
        state="firing",
        at=at,
    )


def _cleared(alert: BudgetAlert, value: float, at: datetime) -> BudgetAlert:
    return alert.model_copy(update={"state": "cleared", "value": value, "at": at})
