"""The records of a run are decided where the run means them to be."""

import pytest

from schemas import ScrapedContent
from streams.verify import Policy
from streams.verify.examination import examine
from tests.chaos.records import Kind, make


@pytest.mark.parametrize(("kind", "asked"), [("local", False), ("asked", True), ("sentinel", False)])
def test_only_what_is_meant_for_a_model_goes_to_one(kind: Kind, asked: bool) -> None:
    """Else a run with faults of providers would show nothing, and nobody would notice."""
    for number in range(40):
        record = ScrapedContent.model_validate_json(make(number, kind).value)
        assert (examine(record, Policy()).question is not None) is asked
