"""Alerts: what is wrong is told once, and once more when it is over.

Layout, from what is seen to what is told
-----------------------------------------
health_view   `HealthView`: how every living worker sees its providers
observation   figures of one moment, from calls, heartbeats and balances
rules         the table: when each kind fires and when it clears
spell         how long something has been bad, or good
book          `AlertBook`: which alerts are to be told now; its memory is the topic `budget-alerts`
wording       an alert in one sentence
"""

from streams.pipeline.alerts.book import AlertBook
from streams.pipeline.alerts.health_view import HealthView
from streams.pipeline.alerts.observation import Calls, Observation, Reading, readings_of
from streams.pipeline.alerts.rules import RULES, Rule

__all__ = ["RULES", "AlertBook", "Calls", "HealthView", "Observation", "Reading", "Rule", "readings_of"]
