"""A service over fake providers, as tests use it."""

from random import Random

from schemas import Outcome, ProviderUsage
from streams.ai import AttemptFailed, FakeProvider, UnifiedAIService
from streams.clock import ManualClock


def failed(outcome: Outcome, **facts: object) -> AttemptFailed:
    """A failure as an adapter raises it."""
    return AttemptFailed(outcome, "test", **facts)  # type: ignore[arg-type]


def make(*providers: FakeProvider, **more: object) -> tuple[UnifiedAIService, list[ProviderUsage], ManualClock]:
    """A service on a manual clock, and its ledger."""
    ledger: list[ProviderUsage] = []
    clock = ManualClock()
    service = UnifiedAIService(providers, on_attempt=ledger.append, clock=clock, random=Random(1), **more)  # type: ignore[arg-type]
    return service, ledger, clock
