"""`fulltext secrets`: keys go in by stdin or a hidden prompt and come out encrypted; check tells all but the keys."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from streams.ai.keys import Cipher
from streams.cli import main
from streams.settings import Settings
from tests.security.canaries import shown_in

KEY = "sk-canary-4711"


@pytest.fixture
def fulltext(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command with nothing but the given settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)

    def run(*arguments: str, given: str | bytes = "", **environment: str) -> Result:
        return CliRunner().invoke(main, ["secrets", *arguments], input=given, env=environment)

    return run


@pytest.fixture
def encryption_key(fulltext: Callable[..., Result]) -> str:
    """A new one, by the command."""
    return fulltext("generate-key").stdout.strip()


def opened(encryption_key: str, value: str) -> str:
    """What an `enc:` value holds."""
    return Cipher(lambda: encryption_key).decrypt(value.strip(), "X").get_secret_value()


def test_encrypts_what_stdin_gives(fulltext: Callable[..., Result], encryption_key: str) -> None:
    """Each line a key, each a value; the values differ even for the same key."""
    done = fulltext("encrypt", given=f"{KEY}\n\n{KEY}\n", SECRETS_ENCRYPTION_KEY=encryption_key)
    first, second = done.stdout.splitlines()
    assert (done.exit_code, done.stderr) == (0, "")
    assert first != second
    assert opened(encryption_key, first) == opened(encryption_key, second) == KEY


def test_encrypts_what_a_hidden_prompt_gives(
    fulltext: Callable[..., Result], encryption_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal it asks, shows nothing of the answer, and stdout holds the value alone."""
    monkeypatch.setattr(click.testing._NamedTextIOWrapper, "isatty", lambda _: True)
    done = fulltext("encrypt", given=f"{KEY}\n", SECRETS_ENCRYPTION_KEY=encryption_key)
    assert done.exit_code == 0
    assert opened(encryption_key, done.stdout) == KEY
    assert "API key" in done.stderr
    assert shown_in(done.output) is None


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ("", 1, "nothing to encrypt"),
        ("sk-canary- 1\n", 2, "the key on stdin: holds a character"),
        ("sk-canary-é\n", 2, "the key on stdin: holds a character"),
    ],
    ids=["nothing", "blank", "accent"],
)
def test_refuses_what_is_no_key(
    fulltext: Callable[..., Result], encryption_key: str, given: str, code: int, says: str
) -> None:
    """One sentence on stderr, without the key."""
    done = fulltext("encrypt", given=given, SECRETS_ENCRYPTION_KEY=encryption_key)
    assert (done.exit_code, done.stdout) == (code, "")
    assert says in done.stderr
    assert shown_in(done.output) is None


@pytest.mark.parametrize("encryption", ["", "canary-key"], ids=["unset", "bad"])
def test_says_what_encryption_needs(fulltext: Callable[..., Result], encryption: str) -> None:
    """Without an encryption key, or with a bad one: wrong use, and how to make one."""
    done = fulltext("encrypt", given=KEY, SECRETS_ENCRYPTION_KEY=encryption)
    assert done.exit_code == 2
    assert "SECRETS_ENCRYPTION_KEY" in done.stderr
    assert "fulltext secrets generate-key" in done.stderr
    assert shown_in(done.output) is None


def test_takes_no_key_as_an_argument(fulltext: Callable[..., Result]) -> None:
    """Arguments are seen by everybody on the machine."""
    assert fulltext("encrypt", "sk-1").exit_code == 2


def test_rotates_every_value_in_a_text(fulltext: Callable[..., Result], encryption_key: str, tmp_path: Path) -> None:
    """The new key opens them alone afterwards; what is around them stays, and stderr counts them."""
    new = fulltext("generate-key").stdout.strip()
    value = fulltext("encrypt", given=KEY, SECRETS_ENCRYPTION_KEY=encryption_key).stdout.strip()
    text = f"# keys\nGROQ_API_KEY={value},{value}\nexport OPENAI_API_KEY='{value}'"
    path = tmp_path / "env"
    path.write_text(text, encoding="utf-8")
    for arguments, given in (((str(path),), ""), ((), text)):
        done = fulltext("rotate", *arguments, given=given, SECRETS_ENCRYPTION_KEY=f"{new},{encryption_key}")
        assert (done.exit_code, done.stderr) == (0, "3 values encrypted anew\n")
        values = done.stdout.replace("'", "").replace(",", "=").replace("\n", "=").split("=enc:")
        assert len(values) == 4
        one, two = done.stdout.splitlines()[1].removeprefix("GROQ_API_KEY=").split(",")
        three = done.stdout.splitlines()[2].removeprefix("export OPENAI_API_KEY='").removesuffix("'")
        assert {opened(new, found) for found in (one, two, three)} == {KEY}
        assert done.stdout.startswith("# keys\n")


def test_rotates_all_or_nothing(fulltext: Callable[..., Result], encryption_key: str) -> None:
    """A value that no key opens, or none at all, or no text: nothing on stdout that could overwrite the good file."""
    value = fulltext("encrypt", given=KEY, SECRETS_ENCRYPTION_KEY=encryption_key).stdout.strip()
    other = fulltext("generate-key").stdout.strip()
    for given, code, says in (
        (f"{value}\nenc:abc\n", 2, "does not open"),
        ("GROQ_API_KEY=\n", 1, "holds no enc: value"),
        (b"\xff\xfe", 1, "is not text"),
    ):
        done = fulltext("rotate", given=given, SECRETS_ENCRYPTION_KEY=f"{other},{encryption_key}")
        assert (done.exit_code, done.stdout) == (code, "")
        assert says in done.stderr


def test_check_tells_sources_and_fingerprints(
    fulltext: Callable[..., Result], encryption_key: str, tmp_path: Path, may_hold_canaries: Callable[[Path], Path]
) -> None:
    """For people and as JSON: where, how many, which, plausible or not; never the key."""
    value = Cipher(lambda: encryption_key).encrypt(SecretStr(f"gsk_{'a1' * 26}"))
    path = may_hold_canaries(tmp_path) / "keys"
    path.write_text(f"{value}\n{KEY}\n", encoding="utf-8")
    environment = {
        "SECRETS_ENCRYPTION_KEY": encryption_key,
        "GROQ_API_KEY_FILE": str(path),
        "OPENAI_API_KEY": f"{KEY},{value}",
    }
    told, as_json = fulltext("check", **environment), fulltext("check", "--json", **environment)
    assert (told.exit_code, as_json.exit_code) == (0, 0)
    assert f"groq        GROQ_API_KEY_FILE ({path}): 2 keys" in told.stdout
    assert "gemini      no key; set GEMINI_API_KEY" in told.stdout
    found = {one["provider"]: one["sources"] for one in json.loads(as_json.stdout)["providers"]}
    (groq,) = found["groq"]
    assert [key["plausible"] for key in groq["keys"]] == [True, False]
    assert [source["source"] for source in found["openai"]] == ["OPENAI_API_KEY", "OPENAI_API_KEY (encrypted)"]
    assert groq["keys"][1]["fingerprint"] == found["openai"][0]["keys"][0]["fingerprint"]
    assert shown_in(told.output + as_json.output) is None


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "groq        no key; set GROQ_API_KEY or GROQ_API_KEY_FILE"),
        ({"GROQ_API_KEY": "a", "OPENAI_API_KEY": "sk-canary- 1"}, "openai      OPENAI_API_KEY: holds a character"),
        ({"GROQ_API_KEY": "enc:x"}, "groq        SECRETS_ENCRYPTION_KEY: is not set"),
    ],
    ids=["none", "bad", "locked"],
)
def test_check_fails_when_keys_cannot_be_had(
    fulltext: Callable[..., Result], environment: dict[str, str], says: str
) -> None:
    """None anywhere, one that cannot be sent, one that cannot be opened: exit code 1, all providers told."""
    done = fulltext("check", **environment)
    assert done.exit_code == 1
    assert says in done.stdout
    assert "azure       no key" in done.stdout
    assert shown_in(done.output) is None


def test_check_is_content_with_a_server_that_needs_no_key(fulltext: Callable[..., Result]) -> None:
    """A self-hosted model alone is fine."""
    done = fulltext("check", COMPATIBLE_BASE_URL="http://127.0.0.1:11434/v1", COMPATIBLE_MODEL="llama")
    assert done.exit_code == 0
    assert "compatible  no key; none is needed" in done.stdout


@pytest.mark.parametrize("name", ["", "encrypt", "rotate", "check", "generate-key"])
def test_help_has_an_example(fulltext: Callable[..., Result], name: str) -> None:
    """Each command shows how it is used."""
    assert "Example:" in fulltext(*[name][: bool(name)], "--help").stdout


def test_as_a_process(encryption_key: str) -> None:
    """From a pipe to a value, as a shell would do it; exit code 2 for a wrong command."""
    run = [sys.executable, "-m", "streams", "secrets"]
    environment = {**os.environ, "SECRETS_ENCRYPTION_KEY": encryption_key}
    done = subprocess.run([*run, "encrypt"], input=KEY, capture_output=True, text=True, check=True, env=environment)
    assert opened(encryption_key, done.stdout) == KEY
    assert subprocess.run([*run, "decrypt"], capture_output=True, check=False, env=environment).returncode == 2
