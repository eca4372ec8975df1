"""The short form of the trials of `make bench`, without LiteLLM: what is counted, and what a reader sees of it."""

from collections import Counter
from itertools import product
from xml.etree import ElementTree

import httpx
import pytest

from tests.bench.bare_http import HttpAsker
from tests.bench.bare_job import Vendor
from tests.bench.bars import Panel, as_svg
from tests.bench.commands import Place, Side, command
from tests.bench.peers.judge import Evidence, Verdict, judge
from tests.bench.peers.outcomes import Outcomes
from tests.bench.peers.plan import Plan, Trial
from tests.bench.peers.report import broken, panels, tables
from tests.bench.peers.series import series

SIDES: tuple[Side, ...] = ("worker", "bare aiohttp")
SHORT = Plan(
    trials={
        "kill": Trial(kill=True, calls_worth=20),
        "outage": Trial(faults={"all": {"fault": "down"}}, seconds=3.0),
    },
    records=200,
    repeats=1,
    in_flight=16,
    partitions=2,
    mean_seconds=0.2,
    spread_seconds=1.0,
    quiet_seconds=20.0,
)


@pytest.mark.timeout(600)
async def test_the_worker_and_a_loop_go_through_a_kill_and_an_outage(kafka, topic_prefix):
    """The worker loses nothing and spends no more than its budget; both sides are judged by topics and bill."""
    told: list[str] = []
    found = await series(SHORT, SIDES, kafka, topic_prefix, told.append)
    assert [(one.trial, one.side) for one in found] == list(product(SHORT.trials, SIDES))
    assert len(told) == len(found)
    killed, loop_killed, down, loop_down = found
    assert {one.lost + one.unfinished + one.dead_letters for one in (killed, down)} == {0}
    assert 0 < killed.budgets <= 1 < loop_killed.budgets
    assert 0 < down.hits < loop_down.hits
    assert broken(found) == []


def counted(*said, dead=()):
    """Outcomes that have read these verdicts, and these records as dead letters."""
    outcomes = Outcomes(Place("nowhere", "", {}, 1))
    for verdict in said:
        outcomes._count(verdict, dead=False)
    for name in dead:
        outcomes._count({"id": name}, dead=True)
    return outcomes


def test_counts():
    """Of six records one is lost, one not reached, one dead, one twice there, one without an answer."""
    asked = {"content_id": "b", "attempts": [{"outcome": "timeout"}, {"outcome": "ok"}]}
    in_vain = {"content_id": "c", "attempts": [{"outcome": "timeout"}]}
    outcomes = counted({"id": "a", "answer": {}}, {"id": "a", "answer": None}, asked, in_vain, dead="d")
    bill = [
        {"provider": "groq", "cost_nano_usd": 30, "state": "answered"},
        {"provider": "groq", "cost_nano_usd": 0, "state": "fault:down"},
        {"provider": "openai", "cost_nano_usd": 50, "state": "fault:hang"},
    ]
    places = {name: (0, offset) for offset, name in enumerate("abcdef")}
    found = judge("kill", "worker", 0, Evidence(places, {0: 5}, outcomes, bill, 20, 1.0))
    assert (found.lost, found.unfinished, found.dead_letters, found.duplicated, found.unanswered) == (1, 1, 1, 1, 1)
    assert (found.paid_calls, found.hits, found.budgets) == (2, 2, 1.5)


def verdict(side, repeat=0, **more):
    """A trial of ten records in which nothing happened, but for `more`."""
    counts = dict.fromkeys(("lost", "unfinished", "unanswered", "dead_letters", "duplicated", "paid_calls", "hits"), 0)
    rest = {"records": 10, "budgets": None, "seconds": 1.0}
    return Verdict(trial="kill", side=side, repeat=repeat, **{**counts, **rest, **more})


def test_each_repeat_is_told():
    """A cell has every repeat's figure, in a terminal and in a document; only what somebody has is drawn."""
    found = [verdict("worker"), verdict("litellm", lost=3), verdict("litellm", 1, lost=12), verdict("worker", 1)]
    (table,) = tables(found)
    assert "3 / 12" in table.as_text()
    assert table.as_markdown().splitlines()[2].startswith("|  | lost | unfinished |")
    assert "| litellm | 3 / 12 | 0 / 0 | 0 / 0 |" in table.as_markdown()
    drawn = panels(found)
    assert [(panel.title, dict(panel.values)) for panel in drawn] == [("kill: lost", {"worker": 0, "litellm": 7.5})]
    assert ElementTree.fromstring(as_svg("Any", drawn)) is not None  # noqa: S314 - our own


def test_a_bar_says_its_figure_as_people_write_it() -> None:
    """Three digits of a small figure, thousands in full."""
    drawn = as_svg("Any", [Panel("hits", {"worker": 7.456, "loop": 1_054.6})])
    assert ">7.46</text>" in drawn
    assert ">1,055</text>" in drawn


def test_a_broken_promise_of_the_worker_is_told():
    """What the worker loses, leaves undone or overspends ends the command with 1; what a peer does is only reported."""
    assert broken([verdict("litellm", lost=3, budgets=40.0), verdict("worker", budgets=1.0)]) == []
    bad = [verdict("worker", lost=1), verdict("worker", unfinished=1), verdict("worker", budgets=1.01)]
    assert len(broken(bad)) == 3


def asker(answer, *vendors):
    """The plain list over a server that answers by `answer(host)`, and how often each host was asked."""
    asked: Counter[str] = Counter()

    def handle(request):
        asked[request.url.host] += 1
        return answer(request.url.host)

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    return HttpAsker(http, [Vendor(f"http://{name}", "m", 1, 2, budget) for name, budget in vendors]), asked


def good(_host):
    """Ten tokens in, five out."""
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return httpx.Response(200, json={"usage": usage, "choices": [{"message": {"content": '{"x": 1}'}}]})


def first_dead(host):
    """Only the host `one` is dead."""
    return httpx.Response(500) if host == "one" else good(host)


async def test_a_loop_asks_the_next_on_a_fault():
    """A dead first provider is asked once for each record; with all dead, four rounds end without an answer."""
    plain, asked = asker(
        lambda host: httpx.Response(500) if host == "one" else good(host), ("one", None), ("two", None)
    )
    assert await plain.ask("text") == {"x": 1}
    assert asked == {"one": 1, "two": 1}
    dead, asked = asker(lambda _: httpx.Response(500), ("one", None), ("two", None))
    assert await dead.ask("text") is None
    assert asked == {"one": 4, "two": 4}


async def test_a_loop_passes_over_what_is_spent():
    """Calls cost 20: a budget of 30 pays for the first and lets the second through, not the third."""
    plain, asked = asker(good, ("one", 30), ("two", None))
    for _ in range(3):
        await plain.ask("text")
    assert asked == {"one": 2, "two": 1}


def test_litellm_needs_its_interpreter():
    """Without it there is an error that says what to name."""
    with pytest.raises(ValueError, match="--litellm-python"):
        command("litellm", Place("nowhere", "", {}, 1))
