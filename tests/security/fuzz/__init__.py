"""Bytes that others chose, against every reader of such bytes.

Layout
------
target      `Target`: a reader, and the exceptions that its docstring draws
documents   what scrapers fetch: records, HTML, PDF, JATS, text, encodings
providers   what providers and the shared cache send: answers, errors, headers
operators   what settings and files hold: keys, `enc:` values, budgets, addresses
topics      what other programs put on our topics: usage, leases, requests, dead letters
targets     all of them, by name
corpus      inputs that were worth keeping, `tests/security/corpus/<target>/`, small files
mutations   a hypothesis strategy: those inputs, cut, crossed and stretched
guided      the long form of one target, in a process of its own: atheris, guided by coverage
campaign    the long form of one target; what is worth keeping goes into the corpus
"""
