"""The short form of the money bench: what each way costs is the emulator's bill, and the report compares them."""

import orjson
import pytest

from tests.bench.money.__main__ import price
from tests.bench.money.baselines import free_calls_a_day, planned
from tests.bench.money.report import as_text, disagreements, saving
from tests.chaos.records import make

PAGE = orjson.loads(make(1, "asked").value)
WALL = {"title": "Any", "content": "<title>Just a moment...</title>Checking your browser", "content_type": "text/html"}


async def test_every_way_is_priced_by_the_bill(tmp_path):
    """A page that is asked about and one that local rules decide: the local tier saves the second one's price."""
    data = tmp_path / "records.jsonl"
    data.write_bytes(b"\n".join(orjson.dumps({**page, "label": "x"}) for page in (PAGE, WALL)))
    found = {one.name: one for one in await price(data, 10)}
    assert disagreements(list(found.values())) == []
    local, whole = found["chain, local tier on"], found["chain, local tier off"]
    assert (local.asked, whole.asked) == (1, 2)
    assert 0 < local.billed_nano_usd < whole.billed_nano_usd
    assert all(found[f"{name} alone"].calls >= 2 for name in ("groq", "gemini", "azure", "openai"))
    assert f"{saving(local, whole):.1%}" in as_text(list(found.values()), "two")


def test_the_baselines_are_the_planned_ones():
    """2,000 x 0.50 + 500 x 1.50 USD per million tokens is 1.75 USD per 1,000 calls; at 10 and 30 it is 35."""
    assert [one.usd_per_1000 for one in planned(100)] == [pytest.approx(1.75), pytest.approx(35)]
    assert free_calls_a_day() == 80
