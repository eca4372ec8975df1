"""Articles as PDF, JATS, TEI and HTML: the ways of reading that plain-text records do not exercise.

Layout
------
paper    an article as title, abstract, sections and references; whole, cut or without its body
written  a paper out of the blocks of a record, and one that is invented
setting  lines of a printed page: columns, hyphens at their ends, running heads
pdf      a small PDF writer
jats     JATS (NISO Z39.96), and the TEI that GROBID makes
page     a publisher's page in HTML
"""
