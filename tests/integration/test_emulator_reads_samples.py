"""The emulator's reader on the sample pages, from the excerpt that the verifier really sends."""

from streams.sandbox.emulator.judge import read_request
from streams.sandbox.samples import load
from streams.verify import Policy, examine


def test_most_samples_are_told_from_the_excerpt_alone() -> None:
    """At least 8 of 10 right, and no full text among pages that are nothing but a notice."""
    asked = [(sample, examine(sample.record, Policy(local_tier="off")).question) for sample in load()]
    found = [(s, str(read_request(q.user, {})["verdict"])) for s, q in asked if q is not None]
    wrong = [(sample.name, sample.label.value, said) for sample, said in found if said != sample.label.value]
    assert len(wrong) <= 0.2 * len(found), wrong
    notices = ("error_page", "consent_wall", "bot_check", "js_required", "empty", "login_wall")
    assert not [sample.name for sample, said in found if said == "full_text" and sample.label.value in notices]
