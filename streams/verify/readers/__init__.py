"""One reader per kind of document: content in, `Document` out; none raises on any input.

Layout
------
html      scraped pages, by selectolax; what is hidden from a reader is left out and noted
hidden    what of a page its reader does not see: elements, classes, comments
metadata  what a page says about itself: citation_* tags, OpenGraph, JSON-LD
pdf       text layers, by pypdfium2; not thread-safe, so one process at a time
jats      JATS and TEI, by lxml without entities or network
pages     running heads and page numbers, taken out of the flow of lines
text      plain text
wrapping  lines wrapped to a width, put together as paragraphs
outline   what is a heading or a reference in text without markup
"""
