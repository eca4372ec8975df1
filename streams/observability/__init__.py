"""Logging, metrics, tracing.

Layout
------
logging    structlog to stderr, console or JSON
fields     an event's fields, bounded and on one line
redaction  no secret in any line
encodings  the forms in which a known secret may turn up
crashes    nor in Python's own last words
"""
