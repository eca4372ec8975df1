"""The committed AsyncAPI document is the topics and their messages."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from schemas import asyncapi, export
from schemas.channels import CHANNELS
from streams.cli import main
from streams.cli.schemas import channels
from streams.pipeline.dead_letters import BadRecord, _headers
from streams.pipeline.record import Partition, Record
from streams.pipeline.topics import specs
from streams.settings import load
from tests.unit.schemas.test_schemas_messages import SAMPLES

TEXT = (export.FOLDER / asyncapi.FILE).read_text(encoding="utf-8")
DOCUMENT = json.loads(TEXT)


def references(node):
    """Every `$ref` in it."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)


def resolve(reference):
    """What a reference inside the document points to."""
    node = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_committed_document_is_the_rendered_one(monkeypatch):
    """`make schemas` would change nothing, whatever the environment says."""
    monkeypatch.setenv("KAFKA_TOPIC_PREFIX", "elsewhere.")
    monkeypatch.setenv("KAFKA_PARTITIONS", "99")
    assert asyncapi.render(channels()) == TEXT


def test_the_command_writes_it_beside_the_schemas(tmp_path):
    """Each path that it prints is a file with what is committed."""
    done = CliRunner().invoke(main, ["schemas", "--to", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    written = {path.name: path.read_text(encoding="utf-8") for path in map(Path, done.output.split())}
    assert written == {path.name: path.read_text(encoding="utf-8") for path in export.FOLDER.iterdir()}


def test_every_topic_is_a_channel_as_it_is_made():
    """Partitions and configuration are those that `fulltext topics` asks for."""
    assert set(DOCUMENT["channels"]) == set(CHANNELS)
    for spec in specs(load()):
        bound = DOCUMENT["channels"][spec.name]["bindings"]["kafka"]
        assert (bound["topic"], bound["partitions"]) == (spec.name, spec.partitions)
        made = {name: ",".join(v) if isinstance(v, list) else str(v) for name, v in bound["topicConfiguration"].items()}
        assert made == spec.configs


def test_every_reference_holds():
    """Nothing points outside the document or to nothing."""
    found = set(references(DOCUMENT))
    assert len(found) > 40
    assert all(resolve(reference) for reference in found)


def test_it_has_the_structure_of_asyncapi_3():
    """FastStream's model of AsyncAPI 3.0 takes it and keeps every channel, operation and message."""
    server = DOCUMENT["servers"]["kafka"] | {"pathname": ""}  # optional in the specification, not in the model
    read = ApplicationSchema.model_validate({**DOCUMENT, "servers": {"kafka": server}})
    assert set(read.channels) == set(DOCUMENT["channels"])
    assert set(read.operations) == set(DOCUMENT["operations"])
    assert set(read.components.messages) == set(DOCUMENT["components"]["messages"])
    with pytest.raises(ValueError, match="address"):
        ApplicationSchema.model_validate({**DOCUMENT, "channels": {"x": {"address": 5}}})


@pytest.mark.parametrize("topic", export.TOPIC_MESSAGES)
def test_what_is_written_obeys_the_payload_of_its_channel(topic):
    """From the channel to the message to its schema, and a real message validates."""
    (message,) = DOCUMENT["channels"][topic]["messages"].values()
    payload = resolve(message["$ref"])["payload"]
    schema = {**payload, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(json.loads(SAMPLES[topic].model_dump_json()))


def test_the_headers_of_dead_letters_are_those_that_are_sent():
    """Names and order as the worker writes them."""
    record = Record(Partition("t", 0), 1, b"k", b"v")
    sent = [name for name, _ in _headers(record, BadRecord("too_large", "d"))]
    assert list(CHANNELS["scraped-content.dlq"].headers) == sent
