"""The cache of answers, as it is told."""

from pydantic import Field

from schemas.base import Message
from streams.ai import CacheFigures
from streams.web.state import Providers


class CacheAnswer(Message):
    """The cache of answers of this worker, since its start."""

    hits: int = Field(description="Answers that were not paid again, those of another caller's call included.")
    misses: int
    saved_nano_usd: int


def cache_of(service: Providers | None) -> CacheAnswer:
    """As it is told."""
    figures = service.cache_figures() if service else CacheFigures()
    return CacheAnswer(hits=figures.hits + figures.shared, misses=figures.misses, saved_nano_usd=figures.saved_nano_usd)
