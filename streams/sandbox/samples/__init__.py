"""Scraped pages written for this project, each with the verdict it deserves.

Everything in them is invented: articles, authors, journals, hosts (`.example`) and DOIs (`10.5555/...`).
They are what a newcomer or a test verifies instead of somebody's real pages.

Layout
------
pages/        the pages as a scraper would have stored them (HTML, text, PDF, JATS XML); names say nothing of the label
labels.jsonl  one line per page: file, label, lang, content_type, url, doi, title (of the work wanted), note
catalogue     `Sample` and `load`, which joins the two
"""

from streams.sandbox.samples.catalogue import Kind, Sample, load

__all__ = ["Kind", "Sample", "load"]
