"""Asking with httpx: a plain list of providers, and a sum of what they cost."""

import asyncio
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport

from tests.bench.bare_job import Job, Vendor
from tests.bench.question import RESPONSE_FORMAT, TIMEOUT_SECONDS, messages, read

_ROUNDS = 4


class HttpAsker:
    """Asks the first, on any fault the next, and from the first again; after four rounds it gives up.

    A vendor whose answers have come to its budget is passed over. The sum is in memory: what a script would do.
    """

    def __init__(self, http: httpx.AsyncClient, vendors: list[Vendor]) -> None:
        self._http = http
        self._vendors = vendors
        self._spent = [0] * len(vendors)

    async def ask(self, text: str) -> Any:
        """See `Asker`."""
        for at, vendor in _ROUNDS * list(enumerate(self._vendors)):
            if vendor.budget_nano_usd is not None and self._spent[at] >= vendor.budget_nano_usd:
                continue
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    response = await self._http.post(f"{vendor.url}/chat/completions", json=_body(vendor, text))
                answer = response.raise_for_status().json()
                self._spent[at] += _price(vendor, answer["usage"])
                return read(answer["choices"][0]["message"]["content"])
            except (TimeoutError, httpx.HTTPError, ValueError, LookupError):
                continue
        return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def build(job: Job) -> HttpAsker:
    """With a connection for every task."""
    limits = httpx.Limits(max_connections=job.in_flight, max_keepalive_connections=job.in_flight)
    headers = {"Authorization": "Bearer unused"}
    transport = AiohttpTransport(limits=limits, trust_env=False) if job.asking == "aiohttp" else None
    # No timeouts of its own: the deadline around a call is the whole of it.
    http = httpx.AsyncClient(transport=transport, limits=limits, headers=headers, timeout=None, trust_env=False)  # noqa: S113
    return HttpAsker(http, list(job.vendors))


def _body(vendor: Vendor, text: str) -> dict[str, Any]:
    return {"model": vendor.model, "messages": messages(text), "response_format": RESPONSE_FORMAT}


def _price(vendor: Vendor, usage: dict[str, Any]) -> int:
    return int(usage["prompt_tokens"] * vendor.input_price + usage["completion_tokens"] * vendor.output_price)
