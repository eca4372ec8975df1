"""Logging, metrics, tracing.

Layout
------
logging    structlog to stderr, console or JSON
fields     an event's fields, bounded and on one line
redaction  no secret in any line
encodings  the forms in which a known secret may turn up
repeats    a library that says the same again is heard once in a while
unfailing  a line that cannot be written ends nothing
crashes    nor in Python's own last words
observed   a command's logs and traces, as the settings say
metrics    every metric, with its kind and meaning
tracing    traces to an OTLP collector, where one is named
spans      OpenTelemetry's spans from what the rooms tell (extra `otel`)
span_names what they and their attributes are called
"""
