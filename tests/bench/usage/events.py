"""Usage events by number: the same number gives the same event, so nothing has to be kept to send it again."""

from datetime import UTC, datetime, timedelta

from schemas import Outcome, ProviderUsage

PROVIDERS = ("groq", "gemini", "azure", "openai")
START = datetime(2026, 3, 1, tzinfo=UTC)


def usage(number: int, at: datetime) -> ProviderUsage:
    """One in 20 fails, in turn in each way; each provider has two models; 200 users."""
    failed = number % 20 == 7
    failures = [outcome for outcome in Outcome if outcome is not Outcome.OK]
    return ProviderUsage(
        attempt_id=f"{number:032x}",
        task="verify",
        content_id=f"record-{number}",
        user_id=f"user-{number % 200}",
        provider=PROVIDERS[number % 4],
        model=f"model-{number // 4 % 2}",
        served_model=f"model-{number // 4 % 2}-2026-01-01",
        outcome=failures[number // 20 % len(failures)] if failed else Outcome.OK,
        error="the provider said no" if failed else None,
        http_status=503 if failed else 200,
        latency_ms=100 + number * 7919 % 5_000,
        input_tokens=1_500 + number % 500,
        output_tokens=100 + number % 300,
        cost_nano_usd=200_000 + number % 1_000,
        reserved_nano_usd=900_000,
        cost_kind="reserved" if failed else "reported",
        price_version="2026-01-01",
        started_at=at,
    )


def moment(number: int, per_second: float) -> datetime:
    """When an event happens in a simulated run."""
    return START + timedelta(seconds=number / per_second)
