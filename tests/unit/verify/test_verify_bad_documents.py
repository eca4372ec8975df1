"""Documents that no scraper should send, and some do: bounded in time and memory, a verdict or a reason for none."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from schemas import ScrapedContent, Verdict
from streams.verify import examine, undetermined
from streams.verify.limits import MAX_PDF_PAGES, MAX_TEXT_CHARS
from streams.verify.read import read
from tests.paper import jats, pdf
from tests.paper.setting import Page
from tests.paper.written import invented

CPU_SECONDS, MEMORY_MB = 120, 500
"""Of one process that reads all of them, one after the other; a quiet machine needs about a tenth of the time."""
SWAHILI = (
    "Mto huu unapita katikati ya bonde kubwa na maji yake hutumiwa na wakulima wa vijiji vyote vya karibu kila mwaka. "
)
ARABIC = "يتدفق النهر عبر الوادي الكبير وتستخدم مياهه في ري الحقول القريبة من القرى كل عام حتى نهاية الصيف الطويل. "


@dataclass(frozen=True)
class Case:
    """How to make it, what must be said of it (None: anything but full text), and a reason that must be given."""

    make: Callable[[], str | bytes]
    said: Verdict | None = None
    code: str | None = None


def _many_pages() -> bytes:
    lines = tuple(("text", f"Line {n} of a page that says nothing of note about any glacier.") for n in range(30))
    return pdf.assemble([pdf._stream(Page((lines,), "", f"{n}")) for n in range(2_000)])


def _arabic_article() -> str:
    parts = ["المقدمة", "المنهجية", "النتائج", "المناقشة"]
    return "\n\n".join(["ذوبان الجليد", "الملخص", ARABIC * 3, *(f"{name}\n\n{ARABIC * 12}" for name in parts)])


def _mixed() -> bytes:
    text = "Die Gletscher über den Tälern schmelzen früher als geglaubt, und das Wasser fließt schneller zu Tal. "
    return (text * 20).encode() + (text * 20).encode("latin-1") + (text * 5).encode("utf-16-le") + b"\xff\xfe\x00"


_BOMB = (
    "<!DOCTYPE article [<!ENTITY a '" + "a" * 10_000 + "'>]><article article-type='x'><body><p>"
    + "&a;" * 10_000 + "</p></body></article>"
)  # fmt: skip
_OUTSIDE = (
    "<!DOCTYPE article [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><article article-type='x'><body><p>&x; "
    + "Some words of a body. " * 40 + "</p></body></article>"
)  # fmt: skip

CASES = {
    "a line of 50 MB": Case(lambda: "word " * 10_000_000, code="CAPPED"),
    "60,000 nested tags": Case(lambda: "<html><body>" + "<div>" * 60_000 + "words at the bottom"),
    "null bytes in every word": Case(lambda: "s\x00ome w\x00ords of a te\x00xt that is short. " * 40),
    "encodings mixed": Case(_mixed),
    "a PDF of 2,000 pages": Case(_many_pages, code="CAPPED"),
    "a PDF of 10,000 empty pages": Case(lambda: pdf.assemble([b""] * 10_000), Verdict.EMPTY, "PDF_NO_TEXT"),
    "a PDF cut in half": Case(lambda: pdf.render(invented())[:9_000]),
    "an XML bomb": Case(lambda: _BOMB),
    "an entity from outside": Case(lambda: _OUTSIDE),
    "JATS cut in a tag": Case(lambda: jats.jats(invented())[:12_345]),
    "only a script": Case(
        lambda: f"<html><head><script>{'var a = 1;' * 20_000}</script></head><body></body></html>",
        Verdict.EMPTY,
        "EMPTY",
    ),
    "only white space": Case(lambda: " \n\t\u200b\u200f" * 50_000, Verdict.EMPTY, "EMPTY"),
    "right to left": Case(_arabic_article),
    "direction overrides": Case(lambda: "\u202e" + "sdrow emos fo txet a si siht " * 50 + "\u202c"),
    "vertical text": Case(lambda: "\n".join("冰川融水在山谷中流动并最终汇入大海" * 60)),
    "vertical text in a PDF": Case(lambda: pdf.of_lines(list("meltwater in valleys of ice " * 2))),
    "a language without tables": Case(lambda: "\n\n".join([SWAHILI * 6] * 12), Verdict.UNDETERMINED),
}


def record_of(name: str) -> ScrapedContent:
    """The document as it comes from the topic."""
    content = CASES[name].make()
    field = "content" if isinstance(content, str) else "content_base64"
    return ScrapedContent(content="").model_copy(update={"content": None, field: content})


@pytest.mark.parametrize("name", CASES)
def test_a_verdict_or_a_reason(name):
    """Never `full_text`, never an exception; what is not decided ends as `undetermined` with its reason."""
    case = CASES[name]
    examination = pickle.loads(pickle.dumps(examine(record_of(name))))  # noqa: S301  # our own
    verdict = examination.verdict or undetermined(examination, "ALL_ATTEMPTS_FAILED")
    assert verdict.verdict is not Verdict.FULL_TEXT
    assert case.said in {None, verdict.verdict}
    assert verdict.reasons
    assert case.code is None or case.code in {reason.code for reason in verdict.reasons}


def test_what_is_read_of_them_is_bounded():
    """Entities stay unexpanded, files unread, a long PDF's first and last pages are enough."""
    assert len(read(record_of("an XML bomb")).text) < 1_000
    with open("/etc/hostname", encoding="utf-8") as file:  # noqa: PTH123
        assert file.read().strip() not in read(record_of("an entity from outside")).text
    assert len(read(record_of("a line of 50 MB")).text) <= MAX_TEXT_CHARS
    pages = read(record_of("a PDF of 2,000 pages")).text.count("Line 0 of a page")
    assert pages <= MAX_PDF_PAGES


def test_right_to_left_is_read_like_any_other():
    """Language, sections and prose of an Arabic article are found."""
    draft = examine(record_of("right to left")).draft
    assert draft.stats.lang == "ar"
    assert draft.completeness.sections_seen == ("abstract", "introduction", "methods", "results", "discussion")
    assert draft.stats.body_words > 600


_CHILD = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
from streams.verify import examine, warm_up
from tests.unit.verify.test_verify_bad_documents import CASES, record_of
warm_up()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in CASES:
    examine(record_of(name))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_all_of_them_fit_into_bounded_time_and_memory():
    """One process reads them all within its CPU time, and grows by less than ten times the largest of them."""
    done = subprocess.run([sys.executable, "-c", _CHILD], capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) < MEMORY_MB
