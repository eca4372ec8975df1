"""`fulltext doctor`: look at everything that a worker needs, and say what to do."""

import asyncio
import json
import sys
from dataclasses import asdict

import click

from streams.cli.doctoring.checks import examine
from streams.cli.doctoring.finding import Finding, Subject
from streams.errors import SettingsError
from streams.settings import load

_MARKS = {"good": ("ok", "green"), "note": ("--", "yellow"), "act": ("!!", "red")}


@click.command("doctor")
@click.option("--live", is_flag=True, help="Also ask each provider for its list of models, which costs nothing.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object: findings by check, and how many must be mended."
)
def command(live: bool, as_json: bool) -> None:
    """Look at settings, keys, prices, models, versions, Redis, Kafka, topics, lag and the clock, and say what to do.

    Changes nothing; to compare clocks it makes a topic and deletes it again, and what it writes to Redis is gone after
    a second. Exit 1 when something must be done.

    \b
    Example:  fulltext doctor
              fulltext doctor --live --json
    """
    found = _examine(live)
    must = sum(one.level == "act" for findings in found.values() for one in findings)
    if as_json:
        told = {name: [asdict(one) for one in findings] for name, findings in found.items()}
        click.echo(json.dumps({"to_do": must, "findings": told}, indent=2))
    else:
        for name, findings in found.items():
            for finding in findings:
                _show(name, finding)
        click.echo("nothing must be done" if not must else f"{must} to be mended: the lines with !!")
    if must:
        sys.exit(1)


def _examine(live: bool) -> dict[str, list[Finding]]:
    try:
        settings = load()
    except SettingsError as error:  # nothing else can be looked at
        return {"settings": [Finding("act", str(error), error.setting, "see .env.example")]}
    return asyncio.run(examine(Subject(settings, live)))


def _show(name: str, finding: Finding) -> None:
    mark, colour = _MARKS[finding.level]
    variable = f"  [{finding.setting}]" if finding.setting and finding.setting not in finding.message else ""
    click.echo(f"{click.style(mark, fg=colour)} {name:<10} {finding.message}{variable}")
    if finding.remedy:
        click.echo(f"{'':<14}-> {finding.remedy}")
