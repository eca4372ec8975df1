"""The command line: one file per command, found here by name and imported only when it is called.

Data goes to stdout, everything else to stderr. Exit codes: 0 good, 1 failed, 2 wrong use.
"""

import importlib
import sys
from typing import Any

import click

from streams.errors import UserError

COMMANDS: dict[str, str] = {
    "check": "Verify one document without Kafka.",
    "demo": "Show records flowing from Kafka to verdicts, without a key.",
    "doctor": "Look at everything that a worker needs, and say what to do.",
    "emulator": "Serve the four providers' wire formats locally.",
    "eval": "Judge labelled records and say how often that was right.",
    "kafka": "Run a real Apache Kafka in the foreground.",
    "publish": "Send documents to Kafka.",
    "replay": "Send dead letters or records again, none twice.",
    "schemas": "Write the JSON Schema of every topic.",
    "secrets": "Encrypt API keys, and check which are found.",
    "top": "Show what the workers do, in the terminal.",
    "topics": "Create the topics, or show what differs.",
    "verdicts": "Read verdicts.",
    "worker": "Verify records from Kafka.",
}
"""Command -> its line in `--help`. Adding one = a file `streams/cli/<name>.py` with a click command `command`."""


class _Commands(click.Group):
    """Imports a command's module only when it is needed, and prints our own errors as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"streams.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"fulltext: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fulltext-streams", prog_name="fulltext")
def main() -> None:
    """Decide for scraped documents whether they are the full text.

    \b
    Try:  fulltext demo
          fulltext check page.html
    """
