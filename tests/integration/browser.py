"""A headless Chromium, driven over its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/"""

import asyncio
import base64
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp
import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    PROGRAM is None and "CI" not in os.environ, reason="there is no chromium: `make system-deps` installs it"
)
"""In CI its absence is a failure."""
_START_SECONDS = 60.0


class Tab:
    """One page. `complaints` are what its scripts threw and what the browser refused or could not load."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.complaints: list[str] = []

    async def call(self, method: str, **parameters: Any) -> Any:
        """A command's result."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            said = await self._socket.receive_json(timeout=_START_SECONDS)
            if said.get("id") == number:
                assert "error" not in said, (method, said["error"])
                return said["result"]
            self._note(said)

    def _note(self, said: dict[str, Any]) -> None:
        if said["method"] == "Runtime.exceptionThrown":
            self.complaints.append(str(said["params"]["exceptionDetails"]))
        elif said["method"] == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
            self.complaints.append(said["params"]["entry"]["text"])

    async def open(self, url: str, *, width: int, scheme: str) -> None:
        """Show a page, on a screen of this width that prefers `scheme`."""
        await self.call("Runtime.enable")
        await self.call("Log.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await self.call("Page.navigate", url=url)

    async def value(self, expression: str) -> Any:
        """Of an expression in the page."""
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    async def picture(self, width: int) -> bytes:
        """The whole page as PNG."""
        height = await self.value("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])


@asynccontextmanager
async def tab() -> AsyncIterator[Tab]:
    """A browser with one tab; it is gone afterwards."""
    assert PROGRAM is not None, "there is no chromium: `make system-deps` installs it"
    with tempfile.TemporaryDirectory(prefix="fulltext-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            host = await asyncio.wait_for(_host(process), _START_SECONDS)
            reading = asyncio.create_task(_drain(process))
            async with aiohttp.ClientSession() as session:
                async with session.put(f"http://{host}/json/new?about:blank") as made:
                    address = (await made.json())["webSocketDebuggerUrl"]
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    yield Tab(socket)
            reading.cancel()
        finally:
            process.terminate()
            await process.wait()


async def _host(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if found := re.search(rb"DevTools listening on ws://([^/]+)/", line):
            return found[1].decode()
    raise AssertionError("chromium did not start")


async def _drain(process: asyncio.subprocess.Process) -> None:
    """What it complains of must not fill the pipe."""
    assert process.stderr is not None
    while await process.stderr.readline():
        pass
