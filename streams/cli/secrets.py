"""`fulltext secrets`: encrypt API keys, rotate what encrypts them, and check which are found."""

import asyncio
import json
import re
import sys
from dataclasses import asdict
from typing import TextIO

import click
from pydantic import SecretStr

from streams.ai.keys.build import cipher_of
from streams.ai.keys.encrypted import Cipher, generate_key
from streams.ai.keys.entries import listed
from streams.ai.keys.material import checked
from streams.app import ai_config
from streams.cli import _key_report
from streams.errors import UserError
from streams.settings import load

_VALUE = re.compile(r"enc:[\w=-]+", re.ASCII)


@click.group("secrets")
def command() -> None:
    """Keep API keys encrypted, and see which keys are found.

    No command takes a key as an argument, where others could see it.

    \b
    Example:  fulltext secrets generate-key > encryption.key
              export SECRETS_ENCRYPTION_KEY_FILE=encryption.key
              fulltext secrets encrypt >> groq.keys
              GROQ_API_KEY_FILE=groq.keys fulltext secrets check
    """


@command.command("generate-key")
def generate() -> None:
    """Print a new key for SECRETS_ENCRYPTION_KEY.

    \b
    Example:  (umask 077; fulltext secrets generate-key > encryption.key)
    """
    click.echo(generate_key())


@command.command()
def encrypt() -> None:
    """Print API keys as `enc:` values, under the first key in SECRETS_ENCRYPTION_KEY.

    Reads them from a hidden prompt, or one on each line from stdin.

    \b
    Example:  fulltext secrets encrypt
              pass show groq | fulltext secrets encrypt >> groq.keys
    """
    cipher = _cipher()
    for key in _given():
        click.echo(cipher.encrypt(key))


@command.command()
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
def rotate(file: TextIO) -> None:
    """Print FILE (- or none: stdin) with every `enc:` value encrypted anew under the first key, the rest as it is.

    To change the key: put a new one in front of the old one in SECRETS_ENCRYPTION_KEY, rotate, then drop the old one.

    \b
    Example:  fulltext secrets rotate groq.keys > groq.keys.new && mv groq.keys.new groq.keys
    """
    cipher = _cipher()
    try:
        text = file.read()
    except UnicodeDecodeError:
        raise UserError(f"{file.name} is not text; give a file with enc: values") from None
    rotated, count = _VALUE.subn(lambda found: cipher.rotate(found[0], file.name), text)
    if not count:
        raise UserError(f"{file.name} holds no enc: value; make one with `fulltext secrets encrypt`")
    click.echo(rotated, nl=False)
    click.echo(f"{count} {'value' if count == 1 else 'values'} encrypted anew", err=True)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object: providers, with sources and fingerprints.")
def check(as_json: bool) -> None:
    """Say for each provider where its keys come from, how many there are, and whether they look right.

    The vendors are not asked; AWS Secrets Manager is. The same key has the same fingerprint on every machine.
    Fails when keys cannot be read, or when there are none at all.

    \b
    Example:  fulltext secrets check
              fulltext secrets check --json
    """
    findings = asyncio.run(_key_report.examine(ai_config(load())))
    if as_json:
        click.echo(json.dumps({"providers": [asdict(finding) for finding in findings]}))
    else:
        for finding in findings:
            for line in _key_report.lines(finding):
                click.echo(line)
    sys.exit(0 if _key_report.good(findings) else 1)


def _cipher() -> Cipher:
    return cipher_of(ai_config(load()))


def _given() -> list[SecretStr]:
    """The keys to encrypt. Raises KeysUnreadable."""
    if sys.stdin.isatty():
        entries = [click.prompt("API key", hide_input=True, err=True).strip()]
    else:
        entries = listed(sys.stdin.read())
    if not entries:
        raise UserError("nothing to encrypt; give one key on each line of stdin")
    return [checked(entry, "the key on stdin") for entry in entries]
