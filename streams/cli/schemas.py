"""`fulltext schemas`: write the JSON Schema of every topic."""

from pathlib import Path

import click

from schemas import export


@click.command("schemas")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=export.FOLDER)
def command(folder: Path) -> None:
    """Write one JSON Schema per topic.

    \b
    Example:  fulltext schemas --to build/schemas
    """
    for path in export.write(folder):
        click.echo(path)
