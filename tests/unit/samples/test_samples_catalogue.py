"""The sample pages are what their labels and notes say."""

import re
from collections import Counter

import pypdfium2
import pytest
from lxml import etree

from schemas import Verdict
from streams.sandbox.samples import Sample, load

SAMPLES = load()
WANTED = set(Verdict) - {Verdict.UNDETERMINED}
TELLING = re.compile(
    r"full.?text|partial|abstract|paywall|login|signin|consent|cookie|captcha|challenge|error|404|landing|toc\b|"
    r"references|supp|wrong|garbled|empty|other|javascript",
    re.IGNORECASE,
)


def body(sample: Sample) -> bytes:
    """The stored bytes of a sample."""
    record = sample.record
    return record.content_base64 if record.content_base64 is not None else (record.content or "").encode()


def pdf_text(sample: Sample) -> str:
    """The text layer of a PDF sample."""
    with pypdfium2.PdfDocument(body(sample)) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def named(kind: str, *, with_bytes: bool = True) -> list[Sample]:
    """The samples of a kind."""
    return [sample for sample in SAMPLES if sample.kind == kind and (body(sample) or not with_bytes)]


def test_there_are_at_least_sixty_samples() -> None:
    """A newcomer's demo has at least the promised number of pages."""
    assert len(SAMPLES) >= 60


def test_every_verdict_has_several_samples() -> None:
    """Every verdict that a page can deserve is there at least three times, and no page is undetermined."""
    counts = Counter(sample.label for sample in SAMPLES)
    assert set(counts) == WANTED
    assert {label: n for label, n in counts.items() if n < 3} == {}


def test_the_languages_are_there() -> None:
    """The pages speak at least ten languages, and pages that are no full text speak several too."""
    assert {sample.lang for sample in SAMPLES} >= {"en", "de", "fr", "es", "pt", "it", "zh", "ja", "ru", "ar"}
    assert len({sample.lang for sample in SAMPLES if sample.label is not Verdict.FULL_TEXT}) >= 5


def test_no_two_records_share_a_body() -> None:
    """No page is a copy of another one."""
    assert len({body(sample) for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_record_does_not_tell_its_label(sample: Sample) -> None:
    """Name, id, url and DOI carry no word that gives the verdict away."""
    for value in (sample.name, sample.record.id, sample.record.url, sample.record.doi):
        assert not TELLING.search(value or "")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_nothing_real_is_named(sample: Sample) -> None:
    """Hosts end in .example, DOIs stand under the prefix that is free for tests, and a note explains the label."""
    host = (sample.record.url or "").split("/")[2]
    assert host.endswith(".example")
    assert (sample.record.doi or "10.5555/").startswith("10.5555/")
    assert sample.note
    assert sample.record.title


def test_pdfs_open_and_have_text_unless_scanned() -> None:
    """At least four PDFs open; only a scan has no text layer, and it is labelled empty."""
    pdfs = named("pdf")
    assert len(pdfs) >= 4
    assert all(bool(pdf_text(sample).strip()) == (sample.label is not Verdict.EMPTY) for sample in pdfs)


def test_jats_parses_with_and_without_body() -> None:
    """At least four JATS files; all but the one that is cut off parse, and both with and without a body occur."""
    jats = named("jats")
    assert len(jats) >= 4
    bodies = set()
    for sample in jats:
        try:
            tree = etree.fromstring(body(sample), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            assert sample.label is Verdict.PARTIAL
            continue
        bodies.add(tree.find("body") is not None)
    assert bodies == {True, False}


def test_empty_samples_hold_no_words() -> None:
    """What is labelled empty has no word that a reader could see."""
    for sample in SAMPLES:
        if sample.label is Verdict.EMPTY and sample.kind != "pdf":
            visible = re.sub(r"<script.*?</script>|<[^>]*>", "", body(sample).decode(), flags=re.DOTALL)
            assert not visible.strip()
