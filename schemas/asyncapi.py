"""The topics as one AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0).

Payloads are the messages' own JSON Schemas; partitions and topic configuration come from whoever makes the topics.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import models_json_schema

from schemas.base import SCHEMA_VERSION
from schemas.channels import CHANNELS, ChannelText
from schemas.export import TOPIC_MESSAGES, mode_of

FILE = "asyncapi.json"
_VERSION = "3.0.0"
_BINDING = "0.5.0"
_LISTS = ("cleanup.policy",)
"""Of the topic configuration, what the Kafka binding wants as a list."""


@dataclass(frozen=True)
class Channel:
    """A topic as it is made; `configs` as Kafka takes them."""

    address: str
    partitions: int
    configs: Mapping[str, str]


def render(channels: Iterable[Channel]) -> str:
    """The document as indented JSON. Raises KeyError for a topic that nothing is told of."""
    told = {channel.address: (channel, CHANNELS[channel.address]) for channel in channels}
    document = {
        "asyncapi": _VERSION,
        "info": {
            "title": "Full-text verifier",
            "version": SCHEMA_VERSION,
            "description": "Decides for every scraped record whether it is the full text, and says why.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "variables": {"bootstrap": {"default": "127.0.0.1:9092", "description": "KAFKA_BOOTSTRAP_SERVERS"}},
            }
        },
        "channels": {address: _channel(channel, text) for address, (channel, text) in told.items()},
        "operations": {
            f"{action}.{address}": {
                "action": action,
                "channel": {"$ref": f"#/channels/{address}"},
                "messages": [{"$ref": f"#/channels/{address}/messages/{_name(address)}"}],
                "summary": text.summary,
            }
            for address, (_, text) in told.items()
            for action in text.actions
        },
        "components": {
            "messages": {_name(address): _message(address, text) for address, (_, text) in told.items()},
            "schemas": _schemas(),
        },
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _channel(channel: Channel, text: ChannelText) -> dict[str, Any]:
    name = _name(channel.address)
    return {
        "address": channel.address,
        "description": f"{text.summary} KAFKA_TOPIC_PREFIX stands before the name where it is set.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {
            "kafka": {
                "topic": channel.address,
                "partitions": channel.partitions,
                "topicConfiguration": {name: _value(name, value) for name, value in channel.configs.items()},
                "bindingVersion": _BINDING,
            }
        },
    }


def _value(name: str, value: str) -> Any:
    if name in _LISTS:
        return value.split(",")
    return int(value) if value.isdigit() else value


def _message(address: str, text: ChannelText) -> dict[str, Any]:
    message = TOPIC_MESSAGES.get(address)
    headers = {name: {"type": "string", "description": what} for name, what in text.headers.items()}
    return {
        "name": _name(address),
        "contentType": "application/json" if message else "application/octet-stream",
        "payload": {"$ref": f"#/components/schemas/{message.__name__}"} if message else {"description": text.payload},
        "bindings": {"kafka": {"key": {"type": "string", "description": text.key}, "bindingVersion": _BINDING}},
        **({"headers": {"type": "object", "properties": headers}} if headers else {}),
    }


def _name(address: str) -> str:
    message = TOPIC_MESSAGES.get(address)
    return message.__name__ if message else "DeadLetter"


def _schemas() -> dict[str, Any]:
    """Every message and its parts, each once, with references that hold inside the document."""
    wanted = [(message, mode_of(message)) for message in TOPIC_MESSAGES.values()]
    _, schemas = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    definitions: dict[str, Any] = schemas["$defs"]
    return definitions
