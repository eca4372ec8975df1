"""What is known of the providers: their attempts counted, their health looked after."""

from collections.abc import Sequence
from random import Random

from schemas import ProviderHealth, ProviderUsage
from streams.ai.health import HealthMonitor, HealthRules
from streams.ai.health_report import ProviderHealthReport, heartbeat_of, report_on
from streams.ai.lane import Lane
from streams.ai.tally import ProviderTotals, Tally
from streams.clock import Clock


class Watch:
    """Hears of every attempt; reports by provider, in the chain's order."""

    def __init__(self, lanes: Sequence[Lane], rules: HealthRules, *, clock: Clock, random: Random) -> None:
        self._lanes = {lane.name: lane for lane in lanes}
        self._clock = clock
        self._tallies = {lane.name: Tally(clock) for lane in lanes}
        self.monitor = HealthMonitor(lanes, rules, clock=clock, random=random)

    def heard(self, line: ProviderUsage) -> None:
        """An attempt has ended."""
        self._lanes[line.provider].tariffs.answered(line.model, line.served_model)
        self._tallies[line.provider].add(line)
        self.monitor.heard(line.provider, line.outcome)

    def reports(self) -> dict[str, ProviderHealthReport]:
        """How each provider is, by name."""
        today = self._clock.now().date()
        return {
            name: report_on(lane, self._tallies[name], self.monitor.checks(name), today)
            for name, lane in self._lanes.items()
        }

    def heartbeats(self, worker: str) -> tuple[ProviderHealth, ...]:
        """The same as messages of `worker`."""
        reports = self.reports()
        return tuple(heartbeat_of(lane, reports[name], worker) for name, lane in self._lanes.items())

    def totals(self) -> dict[str, ProviderTotals]:
        """What each provider's attempts came to, by name."""
        return {name: self._tallies[name].totals(lane.guard.state) for name, lane in self._lanes.items()}
