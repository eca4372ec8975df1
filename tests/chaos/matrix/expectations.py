"""What a row must show besides the checker's rules."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.chaos.matrix.inputs import USER
from tests.chaos.matrix.row import Expectation
from tests.chaos.matrix.run import Run

Figures = Mapping[str, Any]


def all_decided(run: Run, figures: Figures) -> Iterator[str]:
    """A fault of one provider costs no verdict: another one answers."""
    if figures["undetermined"]:
        yield f"{figures['undetermined']} records are undetermined"


def others_answered(run: Run, figures: Figures) -> Iterator[str]:
    """Somebody other than the first provider was paid."""
    if not any(line["state"] == "answered" and line["provider"] != "groq" for line in run.bill()):
        yield "no other provider answered"


def at_most(provider: str, status: int, calls: int) -> Expectation:
    """No storm: few calls of this provider ended with this status."""

    def few(run: Run, figures: Figures) -> Iterator[str]:
        found = sum(line["provider"] == provider and line["status"] == status for line in run.bill())
        if found > calls:
            yield f"{found} calls of {provider} ended with {status}, {calls} may"

    return few


def dead_letters(least: int) -> Expectation:
    """So many at least."""

    def enough(run: Run, figures: Figures) -> Iterator[str]:
        if figures["dead_letters"] < least:
            yield f"{figures['dead_letters']} dead letters of {least}"

    return enough


def logged(text: str) -> Expectation:
    """A worker said so."""

    def there(run: Run, figures: Figures) -> Iterator[str]:
        if text not in run.logs():
            yield f"no worker said {text!r}"

    return there


def seen(figure: str, least: int = 1) -> Expectation:
    """A figure of the checker's is so large."""

    def there(run: Run, figures: Figures) -> Iterator[str]:
        if figures.get(figure, 0) < least:
            yield f"{figure} is {figures.get(figure, 0)}, not {least}"

    return there


def asked_once(run: Run, figures: Figures) -> Iterator[str]:
    """Copies of a record cost one answer."""
    paid, records = sum(line["cost_nano_usd"] > 0 for line in run.bill()), figures["records"]
    if paid > records:
        yield f"{paid} paid calls for {records} different records"


def lines_are_events(run: Run, figures: Figures) -> Iterator[str]:
    """Whatever stands in a document, each line of the log is one event of ours."""
    for line in run.logs().splitlines():
        try:
            event = json.loads(line)["event"]
        except (ValueError, KeyError, TypeError):
            yield f"not an event: {line[:80]!r}"
            continue
        if "forged" in event:
            yield "a document wrote a line of the log"


def users_are_no_labels(run: Run, figures: Figures) -> Iterator[str]:
    """However many users there are, the metrics stay as many as they were."""
    for place, text in run.pages.items():
        if place.startswith("/metrics") and USER.encode() in text:
            yield f"a user's name stands in {place}"
