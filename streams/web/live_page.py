"""The live page: fragments of one HTML document, put together once.

Nothing is fetched from elsewhere, and no script runs that is not hashed in the content security policy.
"""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from streams.web.query import Query
from streams.web.reply import Reply
from streams.web.state import WebState

FRAGMENTS = ("head", "style", "body", "draw", "cards", "sections", "live")
"""In the order in which they stand in the document."""
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def _document() -> str:
    folder = files("streams.web") / "page"
    return "".join((folder / f"{name}.html").read_text(encoding="utf-8") for name in FRAGMENTS)


def policy_of(document: str) -> str:
    """The content security policy under which this document works, and nothing else does."""

    def hashes(tag: str) -> str:
        inline = (text for name, text in _INLINE.findall(document) if name == tag)
        return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline)

    return (
        f"default-src 'none'; script-src {hashes('script')}; style-src {hashes('style')}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


DOCUMENT = _document()
POLICY = policy_of(DOCUMENT)
PAGE = Reply(DOCUMENT.encode(), "text/html; charset=utf-8")
"""It holds no data, so that it can also be what a browser without a token gets: it then asks for the token."""


def page(_: WebState, __: Query) -> Reply:
    """The page; it reads `/stats` and the others itself."""
    return PAGE
