"""How much of a hostile document is looked at: every cap in one place, so that reading is bounded."""

MAX_BYTES = 8 * 1024 * 1024
"""Bytes or characters of a document that are read; the rest is cut and noted as `capped`."""

MAX_TEXT_CHARS = 1_000_000
"""Characters of extracted text that are kept (a long book); the rest is cut and noted as `capped`."""

MAX_BLOCKS = 20_000
"""Blocks that are kept; the rest is cut and noted as `capped`."""

MAX_LINE_CHARS = 20_000
"""A longer line is cut into pieces, so that no pattern ever sees more at once."""

MAX_HTML_DEPTH = 400
"""Nesting at which markup is no longer parsed but stripped: the parser's time grows with the square of the depth."""

MAX_HTML_TAG_COST = 500_000_000
"""Sum of the squares of the attributes of all tags from which markup is stripped: so the parser's time grows."""

MAX_HTML_NODES = 400_000
"""Elements and texts of a page that are visited; more are noted as `capped`."""

MAX_XML_DEPTH = 200
"""Nesting at which an XML document counts as broken."""

MAX_PDF_PAGES = 120
"""Pages whose text is read: the first ones and the last `PDF_TAIL_PAGES`; more are noted as `capped`."""

PDF_TAIL_PAGES = 10
"""Of them, pages from the end: how a document ends decides whether it is complete."""

MAX_PDF_SECONDS = 10.0
"""Time after which no further page of a PDF is opened (checked between pages)."""

MAX_PDF_PAGE_CHARS = 50_000
"""Characters read from one page."""

MAX_HIDDEN, MAX_HIDDEN_CHARS = 10, 300
"""Hidden pieces of a document that are noted, comments apart, and the length of each."""

MAX_STYLE_CHARS = 100_000
"""Characters of style sheets in which hidden classes are looked for."""

MAX_METADATA_CHARS = 20_000
"""Characters of one JSON-LD block that are parsed."""

SCAN_CHARS = 200_000
"""Characters in which phrases are looked for: all of an ordinary document, else half from each end."""

MAX_EVIDENCE = 12
"""Quotes that a verdict carries."""

MAX_QUOTE_CHARS = 300
"""Length of one quote."""

MAX_ANSWER_CHARS = 20_000
"""A model's answer beyond this is refused unread."""
