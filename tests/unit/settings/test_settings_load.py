"""Settings come from the environment and from nowhere else, and never tell a secret."""

import pickle

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from streams.errors import SettingsError
from streams.settings import Settings, load

SECRET = "sk-very-secret-4711"
SECRETS = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    """No setting of the machine reaches these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)


def revealed(settings: Settings, name: str) -> str | None:
    """The secret behind a field."""
    value = getattr(settings, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def test_secrets_are_all_typed_as_secrets():
    """Whatever is called a key or a password is a SecretStr."""
    named = [
        name
        for name in Settings.model_fields
        if name.endswith(("_key", "_password", "_token", "_cache_url", "_webhook_url"))
    ]
    assert named == SECRETS
    assert SECRETS


@pytest.mark.parametrize("name", SECRETS)
def test_secret_from_the_environment(monkeypatch, name):
    """`<NAME>` is read."""
    monkeypatch.setenv(name.upper(), SECRET)
    assert revealed(load(), name) == SECRET


@pytest.mark.parametrize("name", SECRETS)
def test_secret_from_a_file(monkeypatch, tmp_path, name):
    """`<NAME>_FILE` names a file whose stripped content is the secret."""
    (tmp_path / "key").write_text(f"  {SECRET}\n", encoding="utf-8")
    monkeypatch.setenv(f"{name.upper()}_FILE", str(tmp_path / "key"))
    assert revealed(load(), name) == SECRET


def test_environment_beats_file(monkeypatch, tmp_path):
    """Where both are given, the variable itself counts."""
    (tmp_path / "key").write_text("from-file", encoding="utf-8")
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("GROQ_API_KEY", SECRET)
    assert revealed(load(), "groq_api_key") == SECRET


def test_empty_variable_leaves_the_file_in_force(monkeypatch, tmp_path):
    """An empty variable is an unset one, so the file is used."""
    (tmp_path / "key").write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("GROQ_API_KEY", "")
    assert revealed(load(), "groq_api_key") == SECRET


def test_empty_file_is_no_key(monkeypatch, tmp_path):
    """A secret file that holds nothing means that there is no key."""
    (tmp_path / "key").write_text("\n", encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(tmp_path / "key"))
    assert load().openai_api_key is None


def test_unreadable_file_is_named(monkeypatch, tmp_path):
    """A file that is not there: the variable and the path, in one sentence, as wrong use."""
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match=r"GROQ_API_KEY_FILE: cannot read .*missing") as caught:
        load()
    assert caught.value.exit_code == 2


def test_binary_file_is_not_shown(monkeypatch, tmp_path):
    """A file that is no text is refused without its content."""
    (tmp_path / "key").write_bytes(b"\xff\xfe" + SECRET.encode())
    monkeypatch.setenv("GROQ_API_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(SettingsError) as caught:
        load()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_file_form_is_for_secrets_only(monkeypatch, tmp_path):
    """`KAFKA_GROUP_ID_FILE` is no setting."""
    (tmp_path / "id").write_text("other", encoding="utf-8")
    monkeypatch.setenv("KAFKA_GROUP_ID_FILE", str(tmp_path / "id"))
    assert load().kafka_group_id == "fulltext"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_empty_is_unset(monkeypatch, name):
    """An empty variable gives the default, whatever its type."""
    monkeypatch.setenv(name.upper(), "")
    assert getattr(load(), name) == Settings.model_fields[name].default


BAD = {
    "KAFKA_PARTITIONS": "four-4711",
    "KAFKA_TOPIC_PREFIX": "a b/4711",
    "KAFKA_SECURITY_PROTOCOL": "TLS4711",
    "GROQ_TIER": "gold-4711",
    "VERIFY_LOCAL_TIER": "maybe-4711",
    "VERIFY_MAX_IN_FLIGHT": "-4711",
    "VERIFY_WINDOW": "0",
    "DLQ_MAX_RATIO": "4711",
    "AI_ALLOW_PRIVATE_ENDPOINTS": "perhaps-4711",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_value_names_the_variable_and_never_the_value(monkeypatch, name):
    """A bad value: a SettingsError with the variable's name, exit code 2, and nothing of what was given."""
    monkeypatch.setenv(name, BAD[name])
    with pytest.raises(SettingsError) as caught:
        load()
    assert caught.value.setting == name
    assert str(caught.value).startswith(f"{name}: ")
    assert "4711" not in str(caught.value)
    assert caught.value.exit_code == 2


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(value=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=40))
def test_no_value_ever_comes_back_in_an_error(value):
    """Whatever is put into a numeric setting by mistake (a key, say) is not in the error."""
    try:
        load(verify_window=value)
    except SettingsError as error:
        assert value not in str(error)  # noqa: PT017 - numbers are no error
        assert error.__cause__ is None  # noqa: PT017


@pytest.mark.parametrize("name", SECRETS)
def test_secret_is_in_no_form_of_the_settings(monkeypatch, name):
    """repr, str, dump and JSON of the settings hide the secret."""
    monkeypatch.setenv(name.upper(), SECRET)
    settings = load()
    for shown in (
        repr(settings),
        str(settings),
        f"{settings!r}",
        str(settings.model_dump()),
        settings.model_dump_json(),
    ):
        assert SECRET not in shown


def test_settings_are_frozen():
    """Nobody changes a setting on the way."""
    with pytest.raises(ValidationError, match="frozen"):
        load().kafka_group_id = "other"  # type: ignore[misc]


def test_settings_survive_another_process():
    """They can be given to a process pool."""
    settings = load(groq_api_key=SECRET)
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - made one line above


def test_dotenv_file_is_not_read(monkeypatch, tmp_path):
    """A `.env` in the working folder is for docker compose: the program reads the environment only."""
    (tmp_path / ".env").write_text("KAFKA_GROUP_ID=other\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load().kafka_group_id == "fulltext"


@pytest.mark.parametrize(("window", "expected"), [(None, 2048), (300, 300)])
def test_window_follows_the_records_in_flight(window, expected):
    """Unset, the span of offsets is eight times the number in flight."""
    assert load(verify_max_in_flight=256, verify_window=window).window == expected


def test_topic_prefix():
    """The prefix stands before every topic's name."""
    assert load(kafka_topic_prefix="lab.").topic("scraped-content") == "lab.scraped-content"
