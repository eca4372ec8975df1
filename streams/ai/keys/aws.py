"""Keys in AWS Secrets Manager: `aws-sm:<secret id or ARN>[#<JSON field>]`, with the credentials AWS tools use.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html. One call every 5 minutes costs
about 0.04 USD a month, and a rejected key makes one more.
"""

import asyncio
import importlib
import logging
import os
from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr

from streams.ai.keys.encrypted import Cipher
from streams.ai.keys.entries import AWS, keys_in
from streams.ai.keys.material import KeysUnreadable
from streams.clock import Clock

_TTL_SECONDS = 300.0
_RETRY_SECONDS = 15.0
"""After a read that failed."""
_DEADLINE_SECONDS = 10.0


class AwsKeys:
    """The current version of one secret: a key, several on lines, or a JSON object with a field that holds them."""

    def __init__(self, variable: str, entry: str, cipher: Cipher, clock: Clock) -> None:
        """`variable` holds `entry`. Raises KeysUnreadable without the extra `aws`, or for an entry without an id."""
        self.label = f"{variable} ({entry})"
        self._variable = variable
        self._secret, _, self._field = entry.removeprefix(AWS).partition("#")
        if not self._secret:
            raise KeysUnreadable(variable, f"{AWS} needs the id of a secret: {AWS}<secret id>[#<JSON field>]")
        self._cipher = cipher
        self._clock = clock
        self._session = _session(variable)
        self._due = 0.0

    def changed(self) -> bool:
        """Is it time to look again?"""
        return self._clock.monotonic() >= self._due

    async def read(self) -> tuple[SecretStr, ...]:
        """The keys in the secret. Raises KeysUnreadable."""
        self._due = self._clock.monotonic() + _RETRY_SECONDS
        keys = keys_in(self._chosen(await self._fetch()), self._variable, self._cipher)
        self._due = self._clock.monotonic() + _TTL_SECONDS
        return keys

    async def _fetch(self) -> str:
        exceptions = importlib.import_module("botocore.exceptions")
        config = importlib.import_module("aiobotocore.config").AioConfig(
            connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2}
        )
        try:
            async with (
                asyncio.timeout(_DEADLINE_SECONDS),
                self._session.create_client("secretsmanager", region_name=self._region(), config=config) as client,
            ):
                answer = await client.get_secret_value(SecretId=self._secret)
        except exceptions.ClientError as error:
            raise self._refused(str(error.response.get("Error", {}).get("Code", "ClientError"))) from None
        except (exceptions.BotoCoreError, aiohttp.ClientError, OSError, ValueError) as error:  # OSError: timeouts too
            raise self._refused(type(error).__name__) from None
        return str(answer.get("SecretString") or "")

    def _region(self) -> str | None:
        """The ARN's, else AWS_REGION, which botocore does not read; None: whatever botocore finds."""
        parts = self._secret.split(":")
        return parts[3] if parts[0] == "arn" and len(parts) > 3 else os.environ.get("AWS_REGION")

    def _chosen(self, text: str) -> str:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = None
        if not self._field:
            if isinstance(value, dict):
                raise KeysUnreadable(self._variable, f"the secret is JSON; name the field: {AWS}{self._secret}#<field>")
            return text
        found = value.get(self._field) if isinstance(value, dict) else None
        keys: list[Any] = found if isinstance(found, list) else [found]
        if not all(isinstance(key, str) for key in keys):
            raise KeysUnreadable(
                self._variable, f"the secret is no JSON object with {self._field!r} as a text or a list of texts"
            )
        return "\n".join(keys)

    def _refused(self, code: str) -> KeysUnreadable:
        return KeysUnreadable(
            self._variable,
            f"cannot read {self._secret} from AWS Secrets Manager ({code}); check AWS_REGION and the AWS credentials",
        )


def _session(variable: str) -> Any:
    try:
        session = importlib.import_module("aiobotocore.session").get_session()
    except ImportError:
        raise KeysUnreadable(variable, f"{AWS} needs an extra: pip install 'fulltext-streams[aws]'") from None
    for name in ("aiobotocore", "botocore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # at level debug they log whole answers, secrets included
    return session
