"""Composition root: the one place where real parts are put together. Tests call the same functions with others.

Layout
------
chain   the providers of the settings: `ai_config`
asker   `ServiceAsker`: the chain as a verifier asks it; `open_asker` for use without Kafka
money   what may be spent: by one process, by all workers
worker  `build_app`: the Faust app and everything in it
"""

from streams.app.asker import ServiceAsker, open_asker, service_asker
from streams.app.chain import ai_config
from streams.app.money import budget_limits
from streams.app.worker import build_app

__all__ = ["ServiceAsker", "ai_config", "budget_limits", "build_app", "open_asker", "service_asker"]
