"""What kind of page is it? A simple reader that sees only what the request shows of the document.

Layout
------
request    the user message -> `Page`: requested title, excerpt, how much of the document is shown
phrases    words and phrases by kind and language (`phrases.toml`)
shape      what the lines look like: prose, references, links, how the text ends
verdicts   the decision
reply      the decision as values for the properties of a schema
"""

from streams.sandbox.emulator.judge.reply import read_request

__all__ = ["read_request"]
