"""`fulltext topics`: make the topics, or show what differs."""

import asyncio
import json
from dataclasses import asdict

import click

from streams.pipeline.topics import TopicReport, ensure_topics
from streams.settings import load


@click.command("topics")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: created, existing, differs.")
def command(as_json: bool) -> None:
    """Create the topics that are missing, and show where the others differ from what is wanted.

    Nothing is ever deleted or changed. KAFKA_PARTITIONS, KAFKA_REPLICATION_FACTOR and KAFKA_TOPIC_PREFIX apply.

    \b
    Example:  KAFKA_PARTITIONS=16 fulltext topics
    """
    report = asyncio.run(ensure_topics(load()))
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        _show(report)


def _show(report: TopicReport) -> None:
    for topic in report.created:
        click.echo(f"created  {topic}")
    for topic in report.existing:
        click.echo(f"exists   {topic}")
    for odd in report.differs:
        click.echo(f"differs  {odd.topic}: {odd.setting} is {odd.found}, wanted {odd.wanted}")
    if report.differs:
        click.echo("What differs is left as it is: change it with your cluster's tools if it matters.", err=True)
