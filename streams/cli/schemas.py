"""`fulltext schemas`: write the JSON Schema of every topic, and all of them as AsyncAPI."""

from pathlib import Path

import click

from schemas import asyncapi, export
from streams.pipeline.topics import specs
from streams.settings import Settings


@click.command("schemas")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=export.FOLDER)
def command(folder: Path) -> None:
    """Write one JSON Schema per topic, and asyncapi.json (AsyncAPI 3.0) with topics, keys and headers.

    \b
    Example:  fulltext schemas --to build/schemas
    """
    for path in export.write(folder):
        click.echo(path)
    path = folder / asyncapi.FILE
    path.write_text(asyncapi.render(channels()), encoding="utf-8")
    click.echo(path)


def channels() -> list[asyncapi.Channel]:
    """The topics with the settings' defaults, whatever the environment says."""
    defaults = Settings.model_construct()
    return [asyncapi.Channel(spec.name, spec.partitions, spec.configs) for spec in specs(defaults)]
