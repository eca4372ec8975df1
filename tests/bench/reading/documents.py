"""Labelled records as they are, and those that are text rendered as PDF, JATS and HTML."""

from dataclasses import dataclass
from pathlib import Path

from schemas import ScrapedContent
from streams.cli._labelled import Labelled, read_labelled
from streams.sandbox.samples.catalogue import load
from streams.verify.vocabulary import vocabulary
from tests.paper import jats, page, pdf
from tests.paper.written import paper_of

_ARTICLES = {"full_text", "truncated", "abstract_only"}
_LEAST_WORDS = 80
_CHROME = 3
"""Phrases of a site's banners and footers: a text that holds so many is a page's, and no journal prints those."""


@dataclass(frozen=True)
class Case:
    """A document to read, and what it is."""

    record: ScrapedContent
    label: str
    kind: str
    """The content type, or the way it was rendered."""

    @property
    def size(self) -> int:
        """Bytes of its content."""
        if self.record.content is not None:
            return len(self.record.content.encode("utf-8", "surrogatepass"))
        return len(self.record.content_base64 or b"")


def as_they_are(data: Path | None) -> list[Case]:
    """The labelled records of a file, or the samples."""
    if data is None:
        return [Case(sample.record, sample.label.value, sample.record.content_type or "unknown") for sample in load()]
    found = [line for line in read_labelled(data) if isinstance(line, Labelled)]
    return [Case(item.record, item.label, item.media_type) for item in found]


def rendered(cases: list[Case]) -> list[Case]:
    """Articles, cut articles and abstracts among them in three other forms; pages with their chrome are left out."""
    out: list[Case] = []
    for case in cases:
        text = case.record.content or ""
        if case.label not in _ARTICLES or not text or text.lstrip().startswith("<"):
            continue
        if len(vocabulary().find(text, ("closing", "consent"))) >= _CHROME:
            continue
        paper = paper_of(case.record, only_abstract=case.label == "abstract_only")
        if paper.body_words + sum(len(text.split()) for text in paper.abstract) < _LEAST_WORDS:
            continue
        known = {"id": case.record.id, "title": case.record.title, "doi": case.record.doi, "url": case.record.url}
        printed = ScrapedContent(content="", **known).model_copy(
            update={"content": None, "content_base64": pdf.render(paper, columns=2)}
        )
        out.append(Case(printed, case.label, "rendered PDF"))
        out.append(Case(ScrapedContent(content=jats.jats(paper), **known), case.label, "rendered JATS"))
        out.append(Case(ScrapedContent(content=page.page(paper), **known), case.label, "rendered HTML"))
    return out
