"""The fast server of the CPU rows: bytes recorded from the emulator, sent again.

`python -m tests.bench.router.replay RECORDED`: a JSON object of path prefix -> [seconds, answer as latin-1]; prints its
port and serves until it is ended. A raw protocol: about 0.05 ms of CPU a request, a twentieth of the emulator's.
"""

import asyncio
import json
import re
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
Recorded = dict[str, tuple[float, bytes]]


class _Caller(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = [(path.encode(), seconds, answer) for path, (seconds, answer) in recorded.items()]
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, found, body = self._held.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(body) < (int(length[1]) if length else 0):
            return
        self._held = b""
        path = head.split(b" ", 2)[1]
        _, seconds, answer = next(row for row in self._recorded if path.startswith(row[0]))
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)  # type: ignore[attr-defined]


def record(url: str, model: str, key: str, question: str = "What is this?") -> bytes:
    """The answer of an OpenAI-shaped server, head and body, as it came over the wire."""
    target = urlsplit(url)
    connection = HTTPConnection(target.hostname or "", target.port, timeout=10)
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": question}]})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"{target.path}/chat/completions", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        lines = [
            f"HTTP/1.1 {answer.status} {answer.reason}",
            *(f"{name}: {value}" for name, value in answer.getheaders()),
        ]
    finally:
        connection.close()
    return "\r\n".join([*lines, "", ""]).encode() + text


async def serve(recorded: Recorded) -> None:
    """Until cancelled; the port is printed first."""
    server = await asyncio.get_running_loop().create_server(lambda: _Caller(recorded), "127.0.0.1", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    said = json.loads(sys.argv[1])
    asyncio.run(serve({path: (seconds, answer.encode("latin-1")) for path, (seconds, answer) in said.items()}))
