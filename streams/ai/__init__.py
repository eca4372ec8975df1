"""Ask a model, cheaply and safely. Knows nothing of Kafka or of full text: it could be a package of its own.

Layout, in the order a question meets them
------------------------------------------
types       `CompletionRequest`, `Answer`, `TokenUsage`, `Completion`: what goes in and comes out
options     `CompletionOptions`: what a caller may ask for, checked
sanitise    what no reader can see is taken out of prompts
errors      what can go wrong, as a tree
service     `UnifiedAIService`: the public face
config      `AIConfig`, `ProviderConfig`: what it is built from
remember    a question asked twice is paid once: the chain behind a cache and a single flight
question_key  when are two questions the same?
cache       answers in memory, bounded in number, bytes and time
shared_cache  the port of a second tier that workers share; `redis_cache` is one, `cache_value` what it holds
redis_batches  many callers, few round trips; `patience` does not blame a server for our own busy loop
flights     calls in flight, one for a question
chain       the walk along the providers until one answers
walk        a question on its way, and what it demands of prices and limits
admissions  who may make an attempt now, and who waits for one
fair_queue  users take turns
turn        one provider's turn: an attempt, and one more where that may help
retries     when one more try is made, how late, and how often at most
attempt     one attempt at one provider, from its admission to the ledger
lane        a provider with its guard, its keys' gates, its time and its prices
gate        one API key's admission: its pause and its limits
keys/       several API keys, from values, files, AWS or encrypted, read again when they change
guard       who may call now: asyncio admission over pybreaker
streak      failures in a row, in the order in which the calls began
window      the recent votes behind the guard's rates
pause       "not before t"
limits/     requests and tokens a minute and a day, never exceeded, and what headers said is left
outcomes    THE table: what follows from how an attempt ended
deadlines   one for an attempt, one for the chain
adaptive    timeouts that follow the latency seen
latency     the decaying histogram behind them
conform     does an answer obey the schema?
pricing     dated prices (`prices.toml`), costs and upper bounds in nano-USD
models      the models by data (`models.toml`): defaults, ends, successors
retirement  when a model ends, and the warnings before
tariffs     model and price behind `fast` and `quality`; what takes over when a model is gone
settlement  what an attempt is charged, and its line on the ledger
telling     what is logged and traced of questions and attempts: sizes, digests, outcome, cost
budget/     money that cannot be overspent: reserved before a call, settled after it
provider    `AIProvider`: the port
watch       every provider's attempts counted, its health looked after
health      free checks where live traffic is silent; they pass a dead provider over
health_report  how a provider is, in one answer
tally       what a provider's attempts came to, from its lines on the ledger
minutes     the same by the minute, for an hour
figures     a provider's own counts
http        one HTTP client per provider that trusts nobody
endpoints   is a base URL one that a key may be sent to?
resolver    and does its name lead to such an address?
retry_after when may we come back? in all its forms
providers/  one file per provider, and `FakeProvider`
"""

from streams.ai.cache import CacheRules
from streams.ai.config import AIConfig, ProviderConfig
from streams.ai.errors import (
    AIError,
    AllProvidersFailed,
    AttemptFailed,
    InvalidRequest,
    NoProviderAdmits,
    NoProviderConfigured,
    ProviderMisconfigured,
    SharedCacheUnusable,
)
from streams.ai.guard import GuardRules
from streams.ai.health import HealthRules
from streams.ai.health_report import ProviderHealthReport
from streams.ai.options import CompletionOptions
from streams.ai.provider import AIProvider, HealthStatus, ProviderMetrics
from streams.ai.providers.fake import FakeProvider
from streams.ai.remember import CacheFigures
from streams.ai.retries import RetryRules
from streams.ai.service import UnifiedAIService
from streams.ai.shared_cache import SharedCache
from streams.ai.tally import ProviderTotals
from streams.ai.types import Answer, Completion, CompletionRequest, TokenUsage

__all__ = [
    "AIConfig",
    "AIError",
    "AIProvider",
    "AllProvidersFailed",
    "Answer",
    "AttemptFailed",
    "CacheFigures",
    "CacheRules",
    "Completion",
    "CompletionOptions",
    "CompletionRequest",
    "FakeProvider",
    "GuardRules",
    "HealthRules",
    "HealthStatus",
    "InvalidRequest",
    "NoProviderAdmits",
    "NoProviderConfigured",
    "ProviderConfig",
    "ProviderHealthReport",
    "ProviderMetrics",
    "ProviderMisconfigured",
    "ProviderTotals",
    "RetryRules",
    "SharedCache",
    "SharedCacheUnusable",
    "TokenUsage",
    "UnifiedAIService",
]
