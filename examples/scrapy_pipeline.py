"""A Scrapy item pipeline that sends pages to the verifier, and a spider that uses it.

    KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 scrapy runspider scrapy_pipeline.py -a url=https://example.org/

In a project of your own: ITEM_PIPELINES = {"<module>.FulltextPipeline": 300}, and yield `Page.of(response)`.
Needs `pip install scrapy` beside this project.
"""

import os
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import scrapy
from aiokafka import AIOKafkaProducer
from scrapy.http import Response, TextResponse

from schemas import ScrapedContent


@dataclass
class Page:
    """What the pipeline takes: a record, as the verifier wants it."""

    record: ScrapedContent

    @classmethod
    def of(cls, response: Response, title: str | None = None, doi: str | None = None) -> "Page":
        """A page or file, to the byte; `title` and `doi` of the work that was wanted make the verdict better."""
        try:
            body = {"content": response.body.decode("utf-8")}
        except UnicodeDecodeError:
            body = {"content_base64": b64encode(response.body)}
        return cls(
            ScrapedContent(
                url=response.url,
                title=title,
                doi=doi,
                content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
                http_status=response.status,
                fetched_at=datetime.now(UTC),
                **body,
            )
        )


class FulltextPipeline:
    """Sends each Page and waits for Kafka's word: an item that was not acknowledged is an error in Scrapy's stats."""

    def __init__(self) -> None:
        self.topic = os.environ.get("KAFKA_TOPIC_PREFIX", "") + "scraped-content"
        self.producer: AIOKafkaProducer | None = None

    async def open_spider(self) -> None:
        """Connect; a crawl without Kafka ends here."""
        self.producer = AIOKafkaProducer(
            bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            enable_idempotence=True,
            linger_ms=20,
            max_request_size=9 * 1024 * 1024,
        )
        await self.producer.start()

    async def close_spider(self) -> None:
        """Send what is on the way."""
        if self.producer is not None:
            await self.producer.stop()

    async def process_item(self, item: object) -> object:
        """Anything but a Page is passed on as it is."""
        if isinstance(item, Page) and self.producer is not None:
            value = item.record.model_dump_json(exclude_none=True).encode()
            await self.producer.send_and_wait(self.topic, value, (item.record.url or "").encode())
        return item


class PagesSpider(scrapy.Spider):
    """One page and all that it links to on the same site."""

    name = "pages"
    custom_settings = {
        "ITEM_PIPELINES": {FulltextPipeline: 300},
        "HTTPERROR_ALLOW_ALL": True,  # an error page is a verdict too
        "DEPTH_LIMIT": 1,
    }

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The page named by `-a url=...`."""
        yield scrapy.Request(self.url, self.parse)

    def parse(self, response: Response) -> Iterator[Page | scrapy.Request]:
        """Send the page and follow its links."""
        yield Page.of(response)
        if isinstance(response, TextResponse):
            yield from response.follow_all(css="a[href]", callback=self.parse)
