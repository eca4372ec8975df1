"""What tests of every room share: one embedded Kafka for the whole run, and a topic prefix for each test."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from streams.sandbox.kafka import EmbeddedKafka
from streams.sandbox.kafka.jars import ensure
from tests.security.canaries import files_showing

pytest_plugins = ["tests.security.canary_plugin"]

# An example may take its time: no test fails because the machine is busy.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")


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
