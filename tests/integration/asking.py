"""Asking a worker's pages until they say what they must."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp


async def until(session: aiohttp.ClientSession, url: str, good: Callable[[Any], bool]) -> Any:
    """The JSON at `url` once it is good; asks again until then."""
    said: Any = None
    try:
        async with asyncio.timeout(90):
            while True:
                async with session.get(url) as answer:
                    said = await answer.json()
                if good(said):
                    return said
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"{url} says {json.dumps(said)[:3_000]}") from None
