"""HTTP without a network: what a function answers, in httpx's words, because its requests and responses are handy."""

from collections.abc import Callable

import httpx

from streams.ai.http import Response

Handler = Callable[[httpx.Request], httpx.Response]


class CannedHttp:
    """In place of `HttpClient` behind a provider."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Response:
        """Hand the request over."""
        return self._answer(httpx.Request("POST", url, content=body, headers=headers))

    async def get(self, url: str, headers: dict[str, str]) -> Response:
        """Hand the request over."""
        return self._answer(httpx.Request("GET", url, headers=headers))

    async def aclose(self) -> None:
        """Nothing is open."""

    def _answer(self, request: httpx.Request) -> Response:
        told = self.handler(request)
        return Response(told.status_code, told.headers, told.content)
