"""What lies in `examples/` works as it stands: each is run as its user would run it."""

import asyncio
import json
import re
import sys
import threading
from base64 import b64decode
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from schemas import ScrapedContent
from streams.cli._topic_reader import read_topic
from tests.integration.test_publish_command import env, send_verdicts, settings_of, verdict

__all__ = ["env"]

ROOT = Path(__file__).parents[2]
SITE = {
    "/": (
        200,
        "text/html; charset=utf-8",
        b"<title>Start</title><a href='/paper.pdf'>a</a><a href='/gone'>b</a>",
    ),
    "/paper.pdf": (200, "application/pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"),
    "/gone": (404, "text/html", b"<p>not here</p>"),
}


@asynccontextmanager
async def running(env, *arguments):
    """A command, ended in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=env | {"PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.mark.parametrize("name", ["consume_aiokafka.py", "consume_faststream.py"])
async def test_a_consumer_prints_every_verdict(env, name):
    """Those that were there before it and those that come while it runs."""
    await send_verdicts(env, verdict(1, "paywall"), odd=())
    async with running(env, str(ROOT / "examples" / name)) as process, asyncio.timeout(120):
        await told(process.stdout, b"c1 paywall False 0.9\n")
        await send_verdicts(env, verdict(2, "full_text"), odd=())
        await told(process.stdout, b"c2 full_text True 0.9\n")


async def told(stdout, wanted):
    """Wait for a line; FastStream logs there too."""
    lines = []
    while wanted not in lines:
        lines.append(await stdout.readline())
        assert lines[-1], lines


class Site(BaseHTTPRequestHandler):
    """A site of three pages."""

    def do_GET(self):
        """Answer."""
        status, media, body = SITE.get(self.path, (404, "text/plain", b""))
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Quiet."""


@pytest.fixture
def site():
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_crawl_ends_in_kafka(env, site):
    """Real Scrapy, a real site: page, PDF and error page arrive as records with their status, type and bytes."""
    spider = str(ROOT / "examples" / "scrapy_pipeline.py")
    arguments = ("-m", "scrapy", "runspider", spider, "-a", f"url={site}", "--loglevel", "WARNING")
    async with running(env, *arguments) as process, asyncio.timeout(120):
        assert await process.wait() == 0
    records = {
        record.key.decode(): json.loads(record.value)
        async for record in read_topic(settings_of(env), "scraped-content")
    }
    assert {key.removeprefix(site) for key in records} == {"", "paper.pdf", "gone"}
    for path, (status, media, body) in SITE.items():
        record = records[site + path[1:]]
        ScrapedContent.model_validate(record)
        assert (record["http_status"], record["content_type"]) == (status, media)
        sent = b64decode(record["content_base64"]) if "content_base64" in record else record["content"].encode()
        assert sent == body


def test_the_readme_shows_the_example_as_it_is():
    """The consumer in README.md is the file."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert (ROOT / "examples" / "consume_aiokafka.py").read_text(encoding="utf-8") in shown
