"""Alerts: what is wrong is told once, and once more when it is over.

Layout, from what is seen to what is told
-----------------------------------------
heartbeats    a worker tells how it sees its providers; health_view: how every living worker does
observation   figures of one moment, from calls, heartbeats and balances
rules         the table: when each kind fires and when it clears
spell         how long something has been bad, or good
book          `AlertBook`: which alerts are to be told now; its memory is the topic `budget-alerts`
tail          reading the topics; desk: `AlertDesk`, all of it in one worker
webhook       telling somebody outside; wording: an alert in one sentence
build         the desk from the settings
"""

from streams.pipeline.alerts.book import AlertBook
from streams.pipeline.alerts.build import alert_desk
from streams.pipeline.alerts.desk import AlertDesk, AlertTopics
from streams.pipeline.alerts.health_view import HealthView
from streams.pipeline.alerts.observation import Calls, Observation, Reading, calls_of, readings_of
from streams.pipeline.alerts.rules import RULES, Rule

__all__ = [
    "RULES",
    "AlertBook",
    "AlertDesk",
    "AlertTopics",
    "Calls",
    "HealthView",
    "Observation",
    "Reading",
    "Rule",
    "alert_desk",
    "calls_of",
    "readings_of",
]
