"""Every message goes out as JSON that its schema describes, and comes back the same."""

import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import (
    SCHEMA_VERSION,
    AttemptSummary,
    BudgetAlert,
    BudgetLease,
    BudgetRequest,
    DocumentStats,
    ErrorCount,
    Evidence,
    FulltextVerdict,
    Message,
    Outcome,
    ProviderHealth,
    ProviderStats,
    ProviderUsage,
    ProviderWindow,
    Reason,
    RecordSource,
    ReplayEntry,
    ScrapedContent,
    Spending,
    UsageAnalytics,
    UsagePeriod,
    Verdict,
    export,
)

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
USAGE = ProviderUsage(
    attempt_id="a1",
    task="verify",
    provider="groq",
    model="m",
    outcome=Outcome.TIMEOUT,
    latency_ms=5_000,
    cost_kind="reserved",
    started_at=NOW,
)
VERDICT = FulltextVerdict(
    verdict_id="v1",
    content_id="c1",
    verdict=Verdict.FULL_TEXT,
    confidence=0.9,
    decided_by="llm:groq/m",
    reasons=(Reason(code="BODY_PRESENT", weight=1.5, detail="there is a body"),),
    evidence=(Evidence(quote="Methods", start=3, end=10, role="for"),),
    attempts=(
        AttemptSummary(attempt_id="a1", provider="groq", model="m", outcome=Outcome.OK, latency_ms=1, cost_nano_usd=75),
    ),
    stats=DocumentStats(chars=10, lang="en"),
    policy_version="p1",
    source=RecordSource(topic="scraped-content", partition=1, offset=2),
    decided_at=NOW,
)
SAMPLES: dict[str, Message] = {
    "scraped-content": ScrapedContent(id="c1", content="text", fetched_at=NOW, allowed_providers=("groq",)),
    "fulltext-verdicts": VERDICT,
    "scraped-content.replays": ReplayEntry(
        run="r",
        state="replayed",
        at=NOW,
        origin=RecordSource(topic="scraped-content", partition=1, offset=2),
        copied_to=RecordSource(topic="scraped-content", partition=1, offset=9),
    ),
    "provider-usage": USAGE,
    "provider-stats": ProviderStats(
        provider="groq",
        at=NOW,
        folded={"provider-usage/0": 7},
        minutes=(
            ProviderWindow(
                provider="groq",
                model="m",
                window_start=NOW,
                window_seconds=60,
                calls=3,
                outcomes={Outcome.OK: 2, Outcome.TIMEOUT: 1},
                cost_nano_usd={"reported": 5, "reserved": 7},
                latency_buckets_ms={100: 2, 5_000: 1},
                errors={"timeout": ErrorCount(count=1, last_seen=NOW)},
                breaker={"half-open": 1},
            ),
        ),
        breakers={"w": "half-open"},
    ),
    "usage-analytics": UsageAnalytics(
        at=NOW,
        folded={"provider-usage/0": 7},
        days=(UsagePeriod(window_start=NOW, window_seconds=86_400, users={"u": Spending(calls=3, cost_nano_usd=5)}),),
        rejected={"invalid_event": 1},
    ),
    "provider-health": ProviderHealth(
        worker="w", provider="groq", model="m", breaker="half-open", available=True, timeout_seconds=5, at=NOW
    ),
    "budget-alerts": BudgetAlert(
        alert_id="x", kind="budget", subject="groq", threshold=0.8, value=0.81, period="2026-11", state="firing", at=NOW
    ),
    "budget-leases": BudgetLease(
        lease_id="l", budget="groq/day", period="2026-11-24", worker="w", granted_nano_usd=5, state="granted", at=NOW
    ),
    "budget-requests": BudgetRequest(
        worker="w", number=1, budget="groq/day", period="2026-11-24", wanted_nano_usd=5, spent_nano_usd=0, at=NOW
    ),
}
TOPICS = pytest.mark.parametrize("topic", export.TOPIC_MESSAGES)


@TOPICS
def test_round_trip(topic):
    """A message read again from its own JSON is the same message."""
    message = SAMPLES[topic]
    assert type(message) is export.TOPIC_MESSAGES[topic]
    assert type(message).model_validate_json(message.model_dump_json()) == message


@TOPICS
def test_what_is_written_obeys_the_committed_schema(topic):
    """The JSON of a message validates against the schema that others read."""
    schema = json.loads((export.FOLDER / f"{topic}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(SAMPLES[topic].model_dump_json()))


@TOPICS
def test_newer_writers_fields_are_left_out(topic):
    """A field that this version does not know is no reason to refuse."""
    message = SAMPLES[topic]
    wide = {**json.loads(message.model_dump_json()), "added_in_a_later_version": {"a": [1]}}
    assert type(message).model_validate_json(json.dumps(wide)) == message


@TOPICS
def test_missing_required_field_is_named(topic):
    """Each required field, left out, is the one that the refusal names."""
    message = SAMPLES[topic]
    whole = json.loads(message.model_dump_json())
    for name, field in type(message).model_fields.items():
        if field.is_required():
            with pytest.raises(ValidationError) as caught:
                type(message).model_validate_json(json.dumps({key: whole[key] for key in whole if key != name}))
            assert [error["loc"] for error in caught.value.errors(include_input=False)] == [(name,)]


@TOPICS
def test_messages_are_frozen(topic):
    """No field of a message can be set."""
    message = SAMPLES[topic]
    with pytest.raises(ValidationError, match="frozen"):
        setattr(message, next(iter(type(message).model_fields)), "other")


@pytest.mark.parametrize("verdict", Verdict)
def test_only_full_text_is_full_text(verdict):
    """`is_full_text` is true for `full_text` and for nothing else, in the JSON too."""
    message = VERDICT.model_copy(update={"verdict": verdict})
    assert message.is_full_text == (verdict == "full_text")
    assert json.loads(message.model_dump_json())["is_full_text"] == (verdict == "full_text")


def test_is_full_text_cannot_be_claimed():
    """A message that says so itself is not believed: the field follows from the verdict."""
    claimed = {**json.loads(VERDICT.model_dump_json()), "verdict": "paywall", "is_full_text": True}
    assert not FulltextVerdict.model_validate_json(json.dumps(claimed)).is_full_text


def test_verdict_carries_the_schema_version():
    """A reader can tell which meaning the fields have."""
    assert json.loads(VERDICT.model_dump_json())["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("confidence", [-0.01, 1.01, float("nan"), "high", None])
def test_confidence_is_a_share(confidence):
    """Outside 0 to 1 there is no confidence."""
    with pytest.raises(ValidationError) as caught:
        FulltextVerdict.model_validate({**VERDICT.model_dump(), "confidence": confidence})
    assert {error["loc"] for error in caught.value.errors(include_input=False)} == {("confidence",)}


@pytest.mark.parametrize("field", ["latency_ms", "input_tokens", "output_tokens", "cost_nano_usd", "reserved_nano_usd"])
def test_usage_counts_are_never_negative(field):
    """Money, tokens and time of an attempt cannot be below zero, nor fractions of nano-USD."""
    for value in (-1, 0.5):
        with pytest.raises(ValidationError):
            ProviderUsage.model_validate({**USAGE.model_dump(), field: value})


@settings(deadline=None)
@given(
    cost=st.integers(0, 10**18),
    tokens=st.integers(0, 10**9),
    outcome=st.sampled_from(Outcome),
    kind=st.sampled_from(["reported", "estimated", "reserved", "free", "unknown"]),
    error=st.none() | st.text(max_size=50),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - the zone is put on below
)
def test_every_usage_event_survives(cost, tokens, outcome, kind, error, at):
    """Whatever the figures, an event comes back as it was: money is never rounded."""
    event = USAGE.model_copy(
        update={
            "cost_nano_usd": cost,
            "input_tokens": tokens,
            "outcome": outcome,
            "cost_kind": kind,
            "error": error,
            "started_at": at.replace(tzinfo=UTC) + timedelta(microseconds=1),
        }
    )
    assert ProviderUsage.model_validate_json(event.model_dump_json()) == event
