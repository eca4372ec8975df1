"""The local model: what it decides behind the rules, what it leaves alone, and what it says for itself."""

import dataclasses
import hashlib
import json
import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Verdict
from streams.sandbox.samples.catalogue import load
from streams.verify import Policy, examine, policy
from streams.verify.evidence import gather
from streams.verify.features import FEATURES
from streams.verify.measure import measure
from streams.verify.model.forest import Calibration, Forest
from streams.verify.model.judge import is_spared
from streams.verify.model.kinds import kind_of
from streams.verify.model.shipped import parse, shipped
from streams.verify.read import read
from streams.verify.reasons import MODEL_REASONS, REASONS

STUMPS = Forest(
    labels=("full_text", "truncated"),
    roots=(0, 3),
    feature=(0, -1, -1, 1, -1, -1),
    threshold=(10.0, 0, 0, 0.5, 0, 0),
    left=(1, -1, -1, 4, -1, -1),
    share=(0.5, 0.0, 1.0, 0.5, 0.25, 0.75),
    shares=((0.0, 1.0), (1.0, 0.0), (0.25, 0.75), (0.75, 0.25)),
    leaf=(-1, 0, 1, -1, 2, 3),
)
NOT_FULL = {Verdict.ERROR_PAGE, Verdict.CONSENT_WALL, Verdict.BOT_CHECK, Verdict.EMPTY, Verdict.ABSTRACT_ONLY}


def evidence_of(record):
    """The counts of a record."""
    return gather(record, read(record))


def test_a_forest_is_walked_by_hand():
    """Values up to the threshold go left; the labels' shares are the mean over the trees."""
    paths = STUMPS.paths((10.0, 0.6))
    assert paths.tolist() == [[0, 3], [1, 5]]
    assert STUMPS.distribution(paths) == {"full_text": 0.375, "truncated": 0.625}
    assert STUMPS.contributions(paths, 2) == [-0.25, 0.125]


@given(st.lists(st.floats(0, 1e5), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_contributions_add_up_for_any_numbers(numbers):
    """Score = mean of the roots + contributions, and probabilities are a distribution."""
    forest = shipped().forest
    paths = forest.paths(numbers)
    shares = forest.distribution(paths)
    start = sum(forest.share[root] for root in forest.roots) / len(forest.roots)
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)
    assert start + sum(forest.contributions(paths, len(numbers))) == pytest.approx(shares["full_text"], abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1))
def test_calibration_keeps_the_order_and_is_never_certain(one, other):
    """A higher score is never less probable; so few records allow no certainty."""
    low, high = (shipped().calibration.apply(score) for score in sorted((one, other)))
    assert 0 < low <= high < 1
    assert Calibration(1.0, 0.0, 0.1).apply(1.0) == 0.9


def test_model_and_measure_name_the_same_numbers(record, article):
    """A model that was trained on other features would be blind; its thresholds leave room to ask."""
    model, paper = shipped(), record(article())
    measured = measure(read(paper), evidence_of(paper), paper.title)
    assert model.features == tuple(FEATURES) == tuple(measured)
    assert 0 < model.reject < 0.5 < model.accept < 1


def test_every_feature_gives_known_reasons():
    """Each code says something to a person, and codes of the local model are not offered to others."""
    codes = {code for feature in FEATURES.values() for code in (feature.speaks_for, feature.speaks_against)}
    assert codes <= set(REASONS)
    assert not {"LOCAL_MODEL", "LITTLE_PROSE", "ENDS_EARLY"} & set(MODEL_REASONS)


def test_a_cut_article_is_partial_and_says_why(record, article):
    """The model decides at no cost, with a calibrated confidence and weighed reasons."""
    cut = article(words=200, without=("Results", "Discussion", "References"))[:-40]
    verdict = examine(record(cut)).verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.decided_by, verdict.cost_nano_usd) == (Verdict.PARTIAL, "local_model", 0)
    assert verdict.confidence_kind == "calibrated"
    assert 0.9 < verdict.confidence < 1
    first, *others = verdict.reasons
    assert (first.code, first.weight) == ("LOCAL_MODEL", 0.0)
    assert others
    assert all(reason.weight for reason in others)
    assert sum(reason.weight for reason in others) < 0


def test_samples_are_judged_rightly_or_left_to_others():
    """None of these pages was trained on: whatever the local tier says of full text is true."""
    decided = [(sample, examine(sample.record).verdict) for sample in load()]
    by_model = [verdict for _, verdict in decided if verdict and verdict.decided_by == "local_model"]
    assert len(by_model) >= 10
    wrong = [s.name for s, v in decided if v and v.is_full_text != (s.label is Verdict.FULL_TEXT)]
    assert wrong == []
    assert not any(v and v.is_full_text for s, v in decided if s.label in NOT_FULL)


def left_to_others(article):
    """Documents on which the model must not speak: text and wanted title."""
    title = "Meltwater storage in the upper valleys of an invented range"
    finnish = "Jään sulaminen laaksossa kestää koko kesän, ja vesi virtaa hitaasti kohti merta talven jälkeen. " * 40
    note = "The authors retract this article because two of its figures were exchanged. " * 6
    return {
        "an end that may be missing": (article(without=("References",)), title),
        "a language without tables": (finnish, None),
        "a retraction": (note, "Retraction: Meltwater storage in the upper valleys"),
        "a retraction that says so itself": (f"Retraction\n{note}", title),
    }


@pytest.mark.parametrize("name", left_to_others(lambda **_: ""))
def test_what_the_model_cannot_know_is_asked(record, article, name):
    """No local verdict of full text on any of it; short and foreign texts are not rejected either."""
    text, title = left_to_others(article)[name]
    assert examine(record(text, title=title)).verdict is None


KINDS = {
    "sure of its label": ({"truncated": 0.8, "paywall": 0.1}, "text", Verdict.PARTIAL),
    "a page of cookies": ({"error_page": 0.9}, "We use cookies\nAccept all\nReject all", Verdict.CONSENT_WALL),
    "an error without phrases": ({"error_page": 0.9}, "Oh dear.", Verdict.ERROR_PAGE),
    "a landing page": ({"landing_page": 0.9}, "Some words of a page.", Verdict.LANDING_PAGE),
    "a guess": ({"truncated": 0.3, "paywall": 0.3, "abstract_only": 0.3}, "text", None),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_what_is_not_full_text(record, name):
    """The likeliest label, what the counts say more closely, or nothing where it would be a guess."""
    distribution, text, expected = KINDS[name]
    found = kind_of({"full_text": 0.05, **distribution}, evidence_of(record(text)))
    assert (found[0] if found else None) is expected


def test_another_model_is_another_policy(monkeypatch):
    """The model's digest is part of the policy's version, so a verdict by another model has another id."""
    before = Policy().version
    other = dataclasses.replace(shipped(), digest="other")
    monkeypatch.setattr(policy, "shipped", lambda: other)
    assert shipped().digest in before
    assert Policy().version == before.replace(shipped().digest, "other")


def shipped_fields():
    """`model.json` as it is."""
    return json.loads(files("streams.verify.model").joinpath("model.json").read_bytes())


def test_the_shipped_file_keeps_its_form():
    """Where it comes from, what it asks about, and arrays that fit each other: no index leads out of them."""
    model = shipped_fields()
    assert set(model) == {"trained", "features", "thresholds", "calibration", "forest"}
    trained, forest = model["trained"], model["forest"]
    assert re.fullmatch("[0-9a-f]{64}", trained["data_sha256"])
    assert 0 < trained["articles"] <= trained["records"]
    assert set(trained["target_error"]) == set(model["thresholds"]) == {"accept", "reject"}
    nodes = len(forest["feature"])
    assert {len(forest[name]) for name in ("threshold", "left", "share", "leaf")} == {nodes}
    for node, feature in enumerate(forest["feature"]):
        if feature < 0:
            assert 0 <= forest["leaf"][node] < len(forest["shares"])
        else:
            assert feature < len(model["features"])
            assert node < forest["left"][node] < nodes - 1
    assert all(sum(row) == pytest.approx(1, abs=0.01) for row in forest["shares"])
    assert forest["labels"][0] == "full_text"
    assert all(0 <= root < nodes for root in forest["roots"])


def test_the_policy_names_the_shipped_bytes():
    """The digest in every verdict's policy version is the file's: another file, other verdict ids."""
    data = files("streams.verify.model").joinpath("model.json").read_bytes()
    assert shipped().digest == hashlib.blake2b(data, digest_size=3).hexdigest()
    assert f".m{shipped().digest}." in Policy().version


def test_a_model_made_by_hand():
    """One tree: at most 100 words of body is never full text, more is in three of four cases; calibrated by hand."""
    fields = shipped_fields()
    fields["forest"] = {
        "labels": ["full_text", "truncated"],
        "shares": [[0.0, 1.0], [0.75, 0.25]],
        "roots": [0],
        "feature": [FEATURE_OF_WORDS, -1, -1],
        "threshold": [100, 0, 0],
        "left": [1, -1, -1],
        "share": [0.5, 0.0, 0.75],
        "leaf": [-1, 0, 1],
    }
    fields["calibration"] = {"slope": 2.0, "shift": 0.0, "least": 0.01}
    model = parse(json.dumps(fields).encode())
    scores = []
    for words in (100, 101):
        numbers = [0.0] * len(FEATURES)
        numbers[FEATURE_OF_WORDS] = words
        scores.append(model.forest.distribution(model.forest.paths(numbers))["full_text"])
    assert scores == [0.0, 0.75]
    assert model.calibration.apply(0.75) == pytest.approx(0.9)  # odds of 3, squared
    assert model.calibration.apply(0.0) == 0.01


FEATURE_OF_WORDS = list(FEATURES).index("body_words")

ESSAY = "The committee met in spring and nobody had read the papers, so the chairman told them a story instead. "


@pytest.mark.parametrize(
    ("text", "spared"),
    [
        ("\n\n".join([ESSAY * 4] * 6), True),
        ("\n\n".join([ESSAY * 4] * 6) + "\n\nContinue reading", False),
        ("\n\n".join([ESSAY * 4] * 6)[:-30], False),
        (ESSAY * 4, False),
        ("Introduction\n\n" + "\n\n".join([ESSAY * 4] * 6), False),
    ],
    ids=["an essay", "with a mark that it goes on", "cut", "short", "the first section of an article"],
)
def test_prose_that_ends_is_not_rejected_by_the_model(record, text, spared):
    """An essay or a letter has no sections; only what says that something is missing lets the model reject it."""
    assert is_spared(evidence_of(record(text, title=None))) is spared
    if spared:
        verdict = examine(record(text, title=None)).verdict
        assert verdict is None or verdict.is_full_text
