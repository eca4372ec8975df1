"""What tests of every room share: one embedded Kafka for the whole run, topic prefixes, who begins, who is traced."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

from streams.sandbox.kafka import EmbeddedKafka
from streams.sandbox.kafka.jars import ensure
from tests.security.canaries import files_showing

pytest_plugins = ["tests.security.canary_plugin"]

# An example may take its time: no test fails because the machine is busy.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")

_WAITING = ("bench", "chaos", "integration")
"""Rooms whose tests start processes and wait for them."""
_LOADS = ("bench", "chaos")
"""Rooms whose tests put the product under load."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See the two below; the sort leaves the random order among equals."""
    for item in items:
        if is_by_chance(item):
            item.add_marker(pytest.mark.no_cover)
    items.sort(key=place)


def is_by_chance(item: pytest.Item) -> bool:
    """Which lines random examples and loads reach differs from run to run: they do not count as covered.

    Nothing traces these tests therefore, which would take most of their time.
    """
    return _room(item) in _LOADS or is_hypothesis_test(getattr(item, "obj", None))


def place(item: pytest.Item) -> tuple[bool, bool]:
    """What waits longest begins first: other tests fill the time, and in the end no process is left alone with it."""
    return item.get_closest_marker("long") is None, _room(item) not in _WAITING


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed goes from process to process as UTF-8, which has no place for lone surrogates."""
    report = yield
    report.sections = [(title, text.encode("utf-8", "backslashreplace").decode()) for title, text in report.sections]
    return report


def run_apart(coroutine: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine on a loop of its own and leave the event loop that pytest-asyncio set alone."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(coroutine())


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """Kafka is on this machine: for processes whose environment would not let them fetch it."""
    ensure()


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """A running broker, shared: use `topic_prefix` and groups of your own; start another one to kill or pause it."""
    broker = EmbeddedKafka()
    run_apart(broker.start)
    yield broker
    shown = files_showing(broker.data_dir, pattern="*.log")
    run_apart(broker.stop)
    assert not shown, "canary keys show in the broker's topics or its log"


@pytest.fixture
def topic_prefix() -> str:
    """Starts the names of this test's topics and groups, so that tests do not meet on the shared broker."""
    return f"t{uuid.uuid4().hex[:10]}."
