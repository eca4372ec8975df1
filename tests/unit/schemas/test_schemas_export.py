"""The committed JSON Schemas are the messages."""

import json

import jsonschema
import pytest

from schemas import ProviderUsage, ScrapedContent, export


@pytest.mark.parametrize("topic", export.TOPIC_MESSAGES)
def test_committed_schema_is_the_rendered_one(topic):
    """`make schemas` would change nothing."""
    assert (export.FOLDER / f"{topic}.json").read_text(encoding="utf-8") == export.render(topic)


def test_no_schema_without_a_topic():
    """Each committed file belongs to a topic, and each topic has its file; AsyncAPI has all of them."""
    files = {f"{topic}.json" for topic in export.TOPIC_MESSAGES}
    assert {path.name for path in export.FOLDER.iterdir()} == files | {"asyncapi.json"}


def test_write_gives_one_file_a_topic(tmp_path):
    """`write` makes its folder and one file for every topic."""
    written = export.write(tmp_path / "json")
    assert [path.stem for path in written] == list(export.TOPIC_MESSAGES)
    for path in written:
        assert path.read_text(encoding="utf-8") == export.render(path.stem)


def test_unknown_topic_has_no_schema():
    """A topic that is not ours is a KeyError."""
    with pytest.raises(KeyError):
        export.render("elsewhere")


@pytest.mark.parametrize("topic", export.TOPIC_MESSAGES)
def test_schema_is_valid(topic):
    """Each is a JSON Schema by the meta schema."""
    jsonschema.Draft202012Validator.check_schema(json.loads(export.render(topic)))


@pytest.mark.parametrize("message", [ScrapedContent, ProviderUsage])
def test_every_message_describes_itself(message):
    """A reader of the schema alone finds a description of the message."""
    assert message.model_json_schema()["description"]
