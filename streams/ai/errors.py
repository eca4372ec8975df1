"""What can go wrong when a model is asked.

* AIError                   base; caught by whoever can live without an answer
  x AttemptFailed           one attempt at one provider; never leaves the chain
  x AllProvidersFailed      some were tried, none answered; carries every attempt
  x NoProviderAdmits        nothing could even be tried now; says when to come back
  x InvalidRequest          the prompt or an option is out of range (also a ValueError)
  x NoProviderConfigured    no usable provider; says which variables to set (also a UserError)
  x ProviderMisconfigured   a provider's configuration cannot work (also a UserError)
  x SharedCacheUnusable     the shared cache's configuration cannot work (also a UserError)

None of them ever carries a key, a prompt or a provider's error body.
"""

from collections.abc import Mapping

from schemas import Outcome, ProviderUsage
from streams.ai.limits.headroom import Headroom
from streams.ai.outcomes import TABLE
from streams.ai.types import TokenUsage
from streams.errors import StreamsError, UserError


class AIError(StreamsError):
    """The chain of providers gave no answer."""


class AttemptFailed(AIError):
    """One attempt ended without an answer; adapters raise it, the outcome table decides what follows."""

    def __init__(
        self,
        outcome: Outcome,
        code: str,
        *,
        http_status: int | None = None,
        retry_in_seconds: float | None = None,
        usage: TokenUsage | None = None,
        served_model: str | None = None,
        sent: bool = True,
        headroom: Headroom | None = None,
    ) -> None:
        super().__init__(f"{outcome}: {code}")
        self.outcome = outcome
        self.code = code
        """A short code of ours or a known one of the vendor's, never text from a body."""
        self.http_status = http_status
        self.retry_in_seconds = retry_in_seconds
        """What the provider asked for; None: it did not say."""
        self.usage = usage
        """A refusal is billed too: what the provider reported."""
        self.served_model = served_model
        self.sent = sent
        """False: the request never left this machine, so it cannot have cost anything."""
        self.headroom = headroom
        """What the provider's headers said is left of its limits."""


class AllProvidersFailed(AIError):
    """Every provider that admitted the call failed, or the deadline came first."""

    def __init__(
        self,
        attempts: tuple[ProviderUsage, ...],
        reasons: Mapping[str, str] | None = None,
        *,
        may_pass: bool | None = None,
    ) -> None:
        tried = ", ".join(f"{a.provider} {a.outcome}" for a in attempts)
        passed_over = ", ".join(f"{name} {why}" for name, why in (reasons or {}).items())
        super().__init__(f"no provider answered ({tried or passed_over or 'no time was left to try one'})")
        self.attempts = attempts
        self.reasons = dict(reasons or {})
        """Provider -> why it was passed over, for those that were not tried."""
        self.may_pass = any(TABLE[a.outcome].passes for a in attempts) if may_pass is None else may_pass
        """Some of them failed for a state of theirs: later the same question may be answered."""


class NoProviderAdmits(AIError):
    """No provider admits a call now: breakers open, limits or budgets gone, or none is allowed for this call."""

    def __init__(self, reasons: Mapping[str, str], retry_in_seconds: float | None) -> None:
        told = ", ".join(f"{name}: {why}" for name, why in reasons.items()) or "none is allowed"
        super().__init__(f"no provider admits a call ({told})")
        self.reasons = dict(reasons)
        self.retry_in_seconds = retry_in_seconds
        """Seconds until one may admit a call; None: waiting alone will not help."""


class InvalidRequest(AIError, ValueError):
    """The prompt or an option is out of range; the message names it."""


class NoProviderConfigured(AIError, UserError):
    """No provider can be used at all."""


class ProviderMisconfigured(AIError, UserError):
    """A provider's configuration cannot work."""

    def __init__(self, provider: str, problem: str) -> None:
        super().__init__(f"{provider}: {problem}")
        self.provider = provider


class SharedCacheUnusable(AIError, UserError):
    """The shared cache cannot be used as it is configured; a cache that is merely away is no error."""
