"""Asking through LiteLLM's Router, tuned as in `make bench-router`; runs under LiteLLM's interpreter."""

from typing import Any

from tests.bench.bare_job import Job
from tests.bench.question import RESPONSE_FORMAT, messages, read
from tests.bench.router.job import Setup
from tests.bench.router.litellm_side import LiteLLMSide
from tests.bench.router.litellm_side import build as build_side


class RouterAsker:
    """Retries, cooldowns, fallbacks and budget are the Router's."""

    def __init__(self, side: LiteLLMSide) -> None:
        self._side = side

    async def ask(self, text: str) -> Any:
        """See `Asker`."""
        try:
            return read(await self._side.complete(messages(text), response_format=RESPONSE_FORMAT))
        except Exception as error:  # noqa: BLE001 - the Router has given up, whatever the reason
            print(f"{type(error).__name__}: {str(error)[:300]}")  # noqa: T201
            return None

    async def aclose(self) -> None:
        """See the side."""
        await self._side.aclose()


def build(job: Job) -> RouterAsker:
    """The first vendor and its fallback. Their models are those of `make bench-router`."""
    first, second = job.vendors
    setup = Setup(first.url, second.url, concurrency=job.in_flight, budget_nano_usd=first.budget_nano_usd)
    return RouterAsker(build_side("litellm tuned", setup))
