"""The verdicts on the topic, each with the record that it stands in."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import click
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from schemas import FulltextVerdict
from streams.cli._topic_reader import read_topic
from streams.pipeline.topics import VERDICTS
from streams.settings import Settings


async def read_verdicts(
    settings: Settings, *, follow: bool = False, tell: bool = True
) -> AsyncGenerator[tuple[ConsumerRecord, FulltextVerdict], None]:
    """Every readable verdict, copies too; how many records are none is told on stderr at the end, unless not `tell`.

    Raises KafkaUnavailable, NoSuchTopic, SettingsError.
    """
    odd = 0
    async with aclosing(read_topic(settings, VERDICTS, follow=follow)) as records:
        async for record in records:
            try:
                verdict = FulltextVerdict.model_validate_json(record.value or b"")
            except ValidationError:
                odd += 1
                continue
            yield record, verdict
    if odd and tell:
        click.echo(f"{odd} records on {settings.topic(VERDICTS)} are no verdicts and are left out", err=True)
