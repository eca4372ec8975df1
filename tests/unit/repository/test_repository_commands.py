"""Each command that a page shows can be given as it stands, and is run by a test, or marked by what it needs."""

import re
from pathlib import Path

import click
import pytest

from streams.cli import main
from tests.unit.repository import shown

RUN_BY = {
    "check": "tests/integration/test_check_command.py",
    "demo": "tests/integration/test_demo_command.py",
    "doctor": "tests/integration/test_doctor_command.py",
    "emulator": "tests/unit/emulator/test_emulator_command.py",
    "eval": "tests/integration/test_eval_command.py",
    "kafka": "tests/integration/test_publish_command.py",
    "publish": "tests/integration/test_publish_command.py",
    "replay": "tests/integration/test_replay_command.py",
    "secrets": "tests/integration/test_secrets_command.py",
    "secrets check": "tests/integration/test_secrets_command.py",
    "secrets rotate": "tests/integration/test_secrets_command.py",
    "top": "tests/unit/cli/test_top.py",
    "topics": "tests/integration/test_publish_command.py",
    "verdicts": "tests/integration/test_publish_command.py",
    "worker": "tests/integration/test_worker_bad_input.py",
}
"""Command -> a test that runs it as a process of its own."""
OPTIONS_RUN_BY = {
    ("demo", "--keep"): "tests/integration/test_live_page.py",
    ("eval", "--tier"): "tests/integration/test_traces_of_commands.py",
    ("verdicts", "--export"): "tests/integration/test_verdicts_export.py",
    ("verdicts", "--output"): "tests/integration/test_verdicts_export.py",
    **{
        ("replay", option): "tests/unit/cli/test_replay_options.py"
        for option in ("--from", "--limit", "--offsets", "--reason", "--since", "--verdict")
    },
}
"""Those that another test has than their command."""
CI = ".ci/run"
TARGETS = {
    "demo": "tests/release.py",
    "setup": CI,
    "system-deps": CI,
    "check": CI,
    "test": CI,
    "format": CI,
    "chaos": "tests/chaos/test_chaos_short.py",
    "soak": "tests/chaos/test_soak_short.py",
    "bench": "tests/bench/test_bench_short.py",
    "bench-reading": "tests/bench/test_reading_short.py",
    "bench-router": "tests/bench/test_router_short.py",
    "injection": "tests/security/test_injection.py",
    "mutation": "tests/mutation/test_mutation_report.py",
    "security": "tests/security/test_fuzzing.py",
    "sbom": "tests/security/test_requirements.py",
    "picture": "tests/integration/test_live_page.py",
    "schemas": "tests/unit/schemas",
    "secrets": "tests/unit/repository/test_repository_up.py",
    "release-check": "tests/release.py",
    "lock": "needs the package index",
    "train": "needs labelled records",
    "up": "needs Docker",
    "down": "needs Docker",
}
"""Target of make -> what runs what it runs, or its short form; or what it needs that no test has."""
SHOWN = [
    (page.name, words) for page in shown.PAGES for words in shown.invocations(page.read_text(encoding="utf-8")) if words
]


def resolved(words: list[str]) -> tuple[str, click.Command, list[str]]:
    """The command's full name, itself, and its arguments; what follows a comment or an arrow is left out."""
    command: click.Command = main
    name: list[str] = []
    end = next((at for at, word in enumerate(words) if word in ("#", "&", ">", "|") or word.startswith("(")), None)
    words = words[:end]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, words
        name.append(words[0])
        command, words = found, words[1:]
    return " ".join(name), command, words


def is_a_line(words: list[str]) -> bool:
    """Not only a name in a sentence: it has arguments that can be read."""
    return len(words) > 1 and not any("…" in word or "..." in word for word in words)


@pytest.mark.parametrize(("page", "words"), SHOWN, ids=[f"{page} {' '.join(words)[:60]}" for page, words in SHOWN])
def test_it_can_be_given_as_it_stands(
    page: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options, their values and arguments are taken by the command itself; files that it names are there."""
    name, command, arguments = resolved(words)
    if isinstance(command, click.Group) or not is_a_line(words) or "--help" in arguments:
        return
    monkeypatch.chdir(tmp_path)
    for argument in arguments:
        if re.fullmatch(r"[\w./-]+\.\w+", argument):
            path = tmp_path / argument
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    plain = [argument.strip("\"'") for argument in re.findall(r"\"[^\"]*\"|'[^']*'|\S+", " ".join(arguments))]
    with command.make_context(name, plain):
        pass


@pytest.mark.parametrize("name", sorted({resolved(words)[0] for _, words in SHOWN}))
def test_it_is_run_by_a_test(name: str) -> None:
    """The command and each option that is shown of it stand, in quotes, in a test that runs them."""
    text = Path(shown.ROOT / RUN_BY[name]).read_text(encoding="utf-8")
    assert all(re.search(rf"[\"' ]{word}[\"' ]", text) for word in name.split()), f"{RUN_BY[name]} does not run {name}"
    options = {
        option
        for _, words in SHOWN
        if resolved(words)[0] == name
        for word in resolved(words)[2]
        for option in re.findall(r"^(--[a-z][a-z-]*)", word)
        if option != "--help"
    }
    for option in options:
        where = OPTIONS_RUN_BY.get((name, option), RUN_BY[name])
        assert f'"{option}' in Path(shown.ROOT / where).read_text(encoding="utf-8"), f"{where} does not give {option}"


def test_targets_are_run_or_say_what_they_need() -> None:
    """Each `make <target>` of the pages; where one needs Docker the page says so."""
    for page in shown.PAGES:
        text = page.read_text(encoding="utf-8")
        targets = {match for line in shown.lines(text) for match in re.findall(r"^(?:\$ )?make ([a-z][a-z-]*)", line)}
        assert targets <= set(TARGETS)
        assert "Docker" in text or "needs Docker" not in {TARGETS[target] for target in targets}
    for what in TARGETS.values():
        assert what.startswith("needs ") or (shown.ROOT / what).exists(), what
