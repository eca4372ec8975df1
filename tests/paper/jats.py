"""A paper as JATS (NISO Z39.96) and as the TEI that GROBID makes of a PDF."""

import re
from xml.sax.saxutils import escape

from tests.paper.paper import Paper, Section

_CITED = re.compile(r"\[(\d{1,3})\]")


def jats(paper: Paper) -> str:
    """With front, body (when there are sections) and back."""
    doi = f'<article-id pub-id-type="doi">{escape(paper.doi)}</article-id>' if paper.doi else ""
    people = "".join(
        f'<contrib contrib-type="author"><name><surname>{escape(name[:80])}</surname></name></contrib>'
        for name in paper.authors
    )
    body = f"<body>{_jats_sections(paper.sections)}</body>" if paper.sections else ""
    references = "".join(
        f'<ref id="B{n}"><label>{n}</label><mixed-citation>{escape(text)}</mixed-citation></ref>'
        for n, text in enumerate(paper.references, 1)
    )
    listed = f"<ref-list><title>References</title>{references}</ref-list>" if references else ""
    back = f"<back>{_jats_sections(paper.back)}{listed}</back>" if paper.back or listed else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing '
        'DTD v1.2 20190208//EN" "JATS-journalpublishing1.dtd">'
        '<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article" dtd-version="1.2">'
        "<front><journal-meta><journal-title-group><journal-title>Journal of Printed Things</journal-title>"
        f"</journal-title-group></journal-meta><article-meta>{doi}<title-group><article-title>{escape(paper.title)}"
        f"</article-title></title-group><contrib-group>{people}</contrib-group><permissions><license xlink:href="
        '"https://creativecommons.org/licenses/by/4.0/"><license-p>Under a licence.</license-p></license></permissions>'
        f"{_jats_abstract(paper)}</article-meta></front>{body}{back}</article>"
    )


def _jats_abstract(paper: Paper) -> str:
    return (
        f"<abstract>{''.join(f'<p>{_cited(text)}</p>' for text in paper.abstract)}</abstract>" if paper.abstract else ""
    )


def _jats_sections(sections: tuple[Section, ...]) -> str:
    return "".join(
        f'<sec id="s{number}">{f"<title>{escape(heading)}</title>" if heading else ""}'
        f"{''.join(f'<p>{_cited(text)}</p>' for text in texts)}</sec>"
        for number, (heading, texts) in enumerate(sections, 1)
    )


def _cited(text: str) -> str:
    return _CITED.sub(r'<xref ref-type="bibr" rid="B\1">[\1]</xref>', escape(text))


def tei(paper: Paper) -> str:
    """The abstract stands in the header, as GROBID puts it; the body may be empty, but is always there."""
    abstract = "".join(f"<p>{escape(text)}</p>" for text in paper.abstract)
    references = "".join(
        f'<biblStruct xml:id="b{n}"><analytic><title level="a">{escape(text)}</title></analytic></biblStruct>'
        for n, text in enumerate(paper.references)
    )
    doi = f'<idno type="DOI">{escape(paper.doi)}</idno>' if paper.doi else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><TEI xml:space="preserve" xmlns="http://www.tei-c.org/ns/1.0"><teiHeader>'
        f'<fileDesc><titleStmt><title level="a" type="main">{escape(paper.title)}</title></titleStmt><sourceDesc>'
        f"<biblStruct><analytic>{''.join(f'<author>{escape(name[:80])}</author>' for name in paper.authors)}</analytic>"
        f"{doi}</biblStruct></sourceDesc></fileDesc><profileDesc><abstract><div>{abstract}</div></abstract></profileDesc>"
        f'</teiHeader><text xml:lang="en"><body>{_tei_divisions(paper.sections)}</body><back>'
        f'{_tei_divisions(paper.back)}<div type="references"><listBibl>{references}</listBibl></div></back>'
        "</text></TEI>"
    )


def _tei_divisions(sections: tuple[Section, ...]) -> str:
    return "".join(
        f"<div>{f'<head>{escape(heading)}</head>' if heading else ''}"
        f"{''.join(f'<p>{escape(text)}</p>' for text in texts)}</div>"
        for heading, texts in sections
    )
