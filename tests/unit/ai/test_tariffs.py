"""Tariffs: a model that is gone hands over to its successor, for good."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from streams.ai import FakeProvider
from streams.ai.models import Catalogue, Model
from streams.ai.tariffs import CHOICES, Tariffs, tariffs_of

TODAY = date(2026, 11, 24)


def make(catalogue: Catalogue, model: str = "a", price: int | None = 7) -> Tariffs:
    """The tariffs of a provider p with one model for both choices."""
    return tariffs_of(FakeProvider(name="p", model=model, price_per_token=price), TODAY, catalogue)


def chain(*names: str) -> Catalogue:
    """Each name's successor is the next one."""
    pairs = zip(names, (*names[1:], None), strict=True)
    return Catalogue(Model("p", name, successor=after) for name, after in pairs)


def test_a_gone_model_hands_over_for_all_choices_and_is_told_once() -> None:
    """The successor comes with its own price; the second caller hears that it is settled."""
    tariffs = make(chain("a", "b"))
    with capture_logs() as logs:
        assert tariffs.gone("a")
        assert tariffs.gone("a")
    for choice in CHOICES:
        tariff = tariffs.tariff(choice)
        assert (tariff.model, tariff.price is not None and tariff.price.input) == ("b", 7)
    assert [(line["event"], line["model"], line["successor"]) for line in logs] == [("ai.model.gone", "a", "b")]


def test_the_last_of_the_line_stays() -> None:
    """Without a successor the answer is no, and the model is still the one to ask."""
    tariffs = make(chain("a"))
    assert not tariffs.gone("a")
    assert tariffs.tariff("fast").model == "a"


def test_no_successor_at_an_unknown_price() -> None:
    """Money that cannot be counted is not spent because a model went away."""
    tariffs = make(chain("a", "b"), price=None)
    assert not tariffs.gone("a")


@given(
    edges=st.lists(st.integers(0, 5), min_size=6, max_size=6),
    told=st.lists(st.integers(0, 5), max_size=12),
)
def test_it_always_ends_and_never_goes_back(edges: list[int], told: list[int]) -> None:
    """Whatever circles the data has: a model that a successor took over from is never asked again."""
    catalogue = Catalogue(Model("p", str(name), successor=str(after)) for name, after in enumerate(edges))
    tariffs = make(catalogue, model="0")
    gone: set[str] = set()
    with capture_logs():
        for name in map(str, told):
            in_use = tariffs.tariff("fast").model
            took_over = tariffs.gone(name)
            gone.add(name)
            now = tariffs.tariff("fast").model
            assert now == in_use or now not in gone
            assert now not in gone or not tariffs.gone(now)
            if name == in_use:
                assert took_over == (now != in_use)
