"""Logging, metrics, tracing.

Layout
------
logging   structlog to stderr, console or JSON
"""
