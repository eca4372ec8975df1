"""What an attempt is charged when another model answers than the one asked for."""

from datetime import UTC, date, datetime

import pytest
from structlog.testing import capture_logs

from schemas import Outcome
from streams.ai import Answer, AttemptFailed, CompletionOptions, CompletionRequest, TokenUsage
from streams.ai.models import Catalogue
from streams.ai.pricing import Price
from streams.ai.settlement import Attempt, charge, ledger_line
from streams.ai.tariffs import Tariff, Tariffs

DAY = date(2026, 11, 1)
USAGE = TokenUsage(input_tokens=10, output_tokens=10)


class Book:
    """Prices of three models; no other is known."""

    known = {"asked": 10, "dear": 50, "cheap": 2}

    def price_of(self, model: str) -> Price | None:
        """Per token, in and out."""
        each = self.known.get(model)
        return Price("p", model, DAY, each, each, each * 1000) if each else None

    def takes(self, model: str) -> bool:
        return model in self.known


def attempt(model: str = "asked") -> Attempt:
    """An attempt at `model`."""
    book = Book()
    request = CompletionRequest("id", "question", model, 100, 0.0, 5.0)
    tariff = Tariff(model, book.price_of(model), book)
    reserved = tariff.price.bound(20, 100) if tariff.price else 0
    return Attempt("p", tariff, request, CompletionOptions(), None, 20, reserved, datetime(2026, 11, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("served", "cost", "kind"),
    [
        (None, 200, "reported"),
        ("asked", 200, "reported"),
        ("asked-2026-01-01", 200, "reported"),
        ("dear", 1_000, "reported"),
        ("dear-2026-01-01", 1_000, "reported"),
        ("cheap", 40, "reported"),
        ("stranger", 200, "estimated"),
    ],
)
def test_an_answer_is_priced_as_served(served: str | None, cost: int, kind: str) -> None:
    """A stranger costs what was asked for, and the kind says that this is a guess."""
    line = ledger_line(attempt(), Answer("yes", USAGE, served, 200), 1.0)
    assert (line.cost_nano_usd, line.cost_kind) == (cost, kind)
    assert (line.model, line.served_model) == ("asked", served)


def test_a_known_model_in_place_of_one_without_a_price_is_charged() -> None:
    """What can be counted is."""
    assert charge(attempt("unpriced"), Answer("yes", USAGE, "cheap", 200)).nano_usd == 40
    assert charge(attempt("unpriced"), Answer("yes", USAGE, "stranger", 200)).kind == "unknown"


def test_a_failure_that_was_billed_is_priced_as_served_too() -> None:
    """A refusal of a dearer model costs its price."""
    refused = AttemptFailed(Outcome.CONTENT_REFUSED, "refusal", usage=USAGE, served_model="dear")
    assert charge(attempt(), refused).nano_usd == 1_000


def test_another_model_is_reported_once() -> None:
    """Per pair of names, and for no more pairs than a hundred: the names are the provider's to choose."""
    book = Book()
    tariffs = Tariffs("p", {"fast": Tariff("asked", book.price_of("asked"))}, DAY, Catalogue([]), book)
    with capture_logs() as logs:
        for _ in range(3):
            tariffs.answered("asked", "dear")
            tariffs.answered("asked", "asked-001")
            tariffs.answered("asked", None)
        assert [(line["event"], line["served_model"]) for line in logs] == [("ai.model.other_served", "dear")]
        for number in range(1_000):
            tariffs.answered("asked", f"other{number}")
    assert len(logs) == 100
