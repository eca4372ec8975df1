"""A paper as a publisher's page: navigation, metadata, inline markup, a banner and a footer around it."""

import re
from html import escape

from tests.paper.paper import Paper

_CITED = re.compile(r"\[(\d{1,3})\]")


def page(paper: Paper) -> str:
    """HTML with `citation_*` tags, whatever it holds: they stand on landing pages too."""
    sections = "".join(
        f"<section><h2>{escape(heading)}</h2>{''.join(f'<p>{_cited(text)}</p>' for text in texts)}</section>"
        for heading, texts in (*paper.sections, *paper.back)
    )
    abstract = "".join(f"<p>{escape(text)}</p>" for text in paper.abstract)
    references = "".join(f"<li>{escape(text)}</li>" for text in paper.references)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<title>{escape(paper.title)} | Journal of Printed Things</title><meta name="citation_title" '
        f'content="{escape(paper.title)}"><meta name="citation_doi" content="{escape(paper.doi or "")}"></head><body>'
        '<nav><a href="/">Home</a><a href="/issues">Issues</a><a href="/login">Sign in</a></nav>'
        '<div class="cookie-banner">We use cookies. <button>Accept all</button></div>'
        f'<main><article><h1>{escape(paper.title)}</h1><p class="authors">{escape("; ".join(paper.authors))}</p>'
        f"<section><h2>Abstract</h2>{abstract}</section>{sections}"
        f"{f'<section><h2>References</h2><ol class=references>{references}</ol></section>' if references else ''}"
        "</article></main><footer>Terms of use. Privacy policy. All rights reserved.</footer></body></html>"
    )


def _cited(text: str) -> str:
    return _CITED.sub(r'<a href="#r\1"><sup>[<i>\1</i>]</sup></a>', escape(text))
