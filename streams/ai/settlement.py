"""What one attempt is charged, and its line on the ledger."""

from datetime import datetime
from typing import NamedTuple

from schemas import CostKind, Outcome, ProviderUsage
from streams.ai.errors import AttemptFailed
from streams.ai.options import CompletionOptions
from streams.ai.outcomes import TABLE
from streams.ai.pricing import estimated_usage
from streams.ai.tariffs import Tariff
from streams.ai.types import Answer, CompletionRequest, TokenUsage

_NOTHING = TokenUsage(0, 0)


class Charge(NamedTuple):
    """Nano-USD, how sure that is, and the tokens it is for."""

    nano_usd: int
    kind: CostKind
    usage: TokenUsage


class Attempt(NamedTuple):
    """An attempt that is about to be made."""

    provider: str
    tariff: Tariff
    request: CompletionRequest
    options: CompletionOptions
    user_id: str | None
    text_bytes: int
    reserved_nano_usd: int
    """The upper bound of its cost; 0 where the price is unknown or nothing is billed."""
    started_at: datetime


def charge(attempt: Attempt, result: Answer | AttemptFailed) -> Charge:
    """What the attempt costs, by the best knowledge: reported, else estimated for an answer, else reserved.

    It is priced as the model that answered; at the price of the one asked for, and estimated, where that is unknown.
    """
    usage = result.usage
    if isinstance(result, Answer) and usage is None:
        usage = estimated_usage(attempt.text_bytes, result.content)
    elif (
        isinstance(result, AttemptFailed)
        and usage is None
        and not (result.sent and TABLE[result.outcome].may_have_cost)
    ):
        return Charge(0, "free", _NOTHING)
    price, sure = attempt.tariff.price_as_served(result.served_model)
    if price is None:
        return Charge(0, "unknown", usage or _NOTHING)
    if price.free:
        return Charge(0, "free", usage or _NOTHING)
    if usage is None:
        return Charge(attempt.reserved_nano_usd, "reserved", _NOTHING)
    return Charge(price.cost(usage), "reported" if result.usage and sure else "estimated", usage)


def ledger_line(attempt: Attempt, result: Answer | AttemptFailed, latency_seconds: float) -> ProviderUsage:
    """The attempt as the event that everyone counts by."""
    nano_usd, kind, usage = charge(attempt, result)
    price, _ = attempt.tariff.price_as_served(result.served_model)
    failed = result if isinstance(result, AttemptFailed) else None
    return ProviderUsage(
        attempt_id=attempt.request.attempt_id,
        task=attempt.options.task,
        content_id=attempt.options.content_id,
        user_id=attempt.user_id,
        provider=attempt.provider,
        model=attempt.tariff.model,
        served_model=result.served_model,
        outcome=failed.outcome if failed else Outcome.OK,
        error=failed.code if failed else None,
        http_status=result.http_status,
        latency_ms=round(latency_seconds * 1000),
        input_tokens=usage.input_tokens,
        cached_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        cost_nano_usd=nano_usd,
        reserved_nano_usd=attempt.reserved_nano_usd,
        cost_kind=kind,
        price_version=price.version if price else None,
        started_at=attempt.started_at,
    )
