"""Models as data: complete, consistent with the prices, and with an end that is warned of in time."""

from datetime import date, timedelta

import pytest
from structlog.testing import capture_logs

from streams.ai import FakeProvider
from streams.ai.models import Catalogue, Model, same_model, without_snapshot
from streams.ai.pricing import PriceBook
from streams.ai.retirement import NOTICE_DAYS, Retirement, in_service
from streams.ai.tariffs import CHOICES, tariffs_of
from streams.ai.types import ModelChoice

TODAY = date(2026, 11, 24)
CATALOGUE = Catalogue.load()
BOOK = PriceBook.load()
MODELS = list(CATALOGUE)
END = date(2027, 3, 1)
ONE = Catalogue([Model("p", "a", END, "b", "us"), Model("p", "b")])


def priced(provider: str, model: str) -> bool:
    """Is its price shipped?"""
    return BOOK.find(provider, model, TODAY) is not None


@pytest.mark.parametrize("provider", ["groq", "gemini", "azure", "openai"])
@pytest.mark.parametrize("choice", CHOICES)
def test_every_default_is_known_priced_and_in_service(provider: str, choice: ModelChoice) -> None:
    """`fast` and `quality` of each vendor have a price and an end at least 60 days after the data was checked."""
    name = CATALOGUE.default(provider, choice)
    assert name is not None
    assert priced(provider, name)
    model = CATALOGUE.find(provider, name)
    assert model is not None
    assert model.end_of_life is None or model.end_of_life > TODAY + timedelta(days=60)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.provider}/{model.name}")
def test_every_successor_is_known_priced_and_outlives_its_model(model: Model) -> None:
    """Who chose it is said, an end has a source, and the chain leads to a model that may be asked."""
    assert (model.successor is None) == (model.successor_by is None)
    assert model.end_of_life is None or model.source.startswith("https://")
    if model.successor is not None:
        after = CATALOGUE.find(model.provider, model.successor)
        assert after is not None
        assert priced(model.provider, model.successor)
        assert after.end_of_life is None or after.end_of_life > max(model.end_of_life or TODAY, TODAY)


def test_every_priced_model_is_in_the_catalogue_and_each_is_there_once() -> None:
    """Prices and models are two files about the same models."""
    assert {(price.provider, price.model) for price in BOOK} <= {(model.provider, model.name) for model in MODELS}
    names = [(model.provider, model.name) for model in MODELS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("asked", "served", "same"),
    [
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18", True),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini", True),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-11-20", False),
        ("gemini-2.5-flash-lite", "models/gemini-2.5-flash-lite-001", True),
        ("gemini-flash-latest", "gemini-flash", True),
        ("llama3.2", "llama3.2:latest", True),
        ("openai/gpt-oss-20b", "openai/gpt-oss-20b", True),
        ("openai/gpt-oss-20b", "openai/gpt-oss-120b", False),
        ("gpt-6-luna", "gpt-5.6-luna", False),
        ("gpt-4o", "gpt-4o-mini", False),
    ],
)
def test_a_snapshot_is_the_same_model(asked: str, served: str, same: bool) -> None:
    """Vendors answer with the snapshot's name; another model or another snapshot is another model."""
    assert same_model(asked, served) is same


def test_a_snapshot_is_found_under_its_models_name() -> None:
    """Its end and successor are those of the model."""
    found = CATALOGUE.find("openai", "gpt-4o-mini-2024-07-18")
    assert found is not None
    assert (found.name, without_snapshot("gpt-4o-mini-2024-07-18")) == ("gpt-4o-mini", "gpt-4o-mini")


def test_a_model_past_its_end_is_replaced_at_the_start() -> None:
    """An old setting goes on working, with a line that says what was done; a living model is left alone."""
    with capture_logs() as logs:
        assert in_service(CATALOGUE, "groq", "llama-3.1-8b-instant", TODAY, lambda _: True) == "openai/gpt-oss-20b"
        assert in_service(CATALOGUE, "groq", "openai/gpt-oss-20b", TODAY, lambda _: True) == "openai/gpt-oss-20b"
        assert in_service(CATALOGUE, "openai", "gpt-4-turbo", TODAY, lambda _: False) == "gpt-4-turbo"
    assert [(line["event"], line["model"], line["successor"]) for line in logs] == [
        ("ai.model.gone", "llama-3.1-8b-instant", "openai/gpt-oss-20b"),
        ("ai.model.gone", "gpt-4-turbo", None),
    ]


def test_an_end_is_warned_of_once_at_each_notice_as_the_days_pass() -> None:
    """60, 30 and 7 days before, never twice; on the day itself the successor takes over."""
    tariffs = tariffs_of(FakeProvider(name="p", model="a"), END - timedelta(days=100), ONE)
    told: list[int] = []
    for left in range(100, 0, -1):
        with capture_logs() as logs:
            tariffs.review(END - timedelta(days=left))
            tariffs.review(END - timedelta(days=left))
        assert tariffs.models == ("a",)
        told += [line["days_left"] for line in logs if line["event"] == "ai.model.end_of_life_near"]
    assert told == sorted(NOTICE_DAYS, reverse=True)
    with capture_logs() as logs:
        tariffs.review(END)
    assert tariffs.models == ("b",)
    assert [line["event"] for line in logs] == ["ai.model.gone"]


@pytest.mark.parametrize(("left", "notices"), [(61, 0), (60, 1), (20, 1), (3, 1)])
def test_who_starts_late_is_warned_once(left: int, notices: int) -> None:
    """At the start only the nearest notice is given."""
    with capture_logs() as logs:
        tariffs_of(FakeProvider(name="p", model="a"), END - timedelta(days=left), ONE)
    assert [line["days_left"] for line in logs] == [left] * notices


def test_what_the_vendor_tells_overrules_our_dates() -> None:
    """Its list of models knows better; what it does not mention stays."""
    retirement = Retirement("p", ONE)
    assert retirement.days_left("a", TODAY) == (END - TODAY).days
    retirement.learn({"a": TODAY + timedelta(days=5), "b": TODAY + timedelta(days=50)})
    assert (retirement.days_left("a", TODAY), retirement.days_left("b", TODAY)) == (5, 50)
    assert retirement.days_left("stranger", TODAY) is None
