"""Logging as a process sets it up, seen from outside: what it wrote to stdout and stderr."""

import json
import subprocess
import sys
from textwrap import dedent

import pytest

SECRET = "wonderful-material-0123"
SET_UP = """
import logging, sys, threading, warnings
import structlog
from pydantic import SecretStr
from streams.known_secrets import learn
from streams.logs import get_logger
from streams.observability.logging import configure

secret = "wonderful-" + "material-0123"
learn(SecretStr(secret))
log = get_logger("streams.test")
"""


def run(code: str, form: str | None = "json", exit_code: int = 0) -> str:
    """What `code` writes to stderr in a process with logging set up; nothing may come to stdout, nor the secret."""
    set_up = f"configure({form!r}, 'info')\n" if form else ""
    program = SET_UP + set_up + dedent(code)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (exit_code, ""), done.stderr
    assert SECRET not in done.stderr
    return done.stderr


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_way_into_the_log_leads_around_the_redactor(form: str) -> None:
    """Event, field, nested field, exception with its cause, library's record and arguments, warning, stack."""
    told = run(
        """
        log.warning("event " + secret, field=secret, deep={"list": [secret]}, data=secret.encode())
        try:
            try:
                raise KeyError(secret)
            except KeyError as cause:
                raise RuntimeError("for " + secret) from cause
        except RuntimeError:
            log.exception("failed")
            logging.getLogger("aiokafka").exception("failed")
        logging.getLogger("httpx").warning("GET %s", {"url": "https://h/?key=" + secret})
        logging.getLogger("faust").error(secret, stack_info=True)
        warnings.warn("with " + secret)
        """,
        form,
    )
    assert told.count("***") >= 11
    assert "RuntimeError: for ***" in told


def test_pythons_last_words_are_redacted() -> None:
    """An uncaught exception in a thread, in a finalizer, and the one that ends the process."""
    told = run(
        """
        def fall():
            raise ValueError("thread " + secret)
        thread = threading.Thread(target=fall)
        thread.start()
        thread.join()
        class Leaky:
            def __del__(self):
                raise ValueError("finalizer " + secret)
        Leaky()
        raise SystemError("end " + secret)
        """,
        exit_code=1,
    )
    assert [f"ValueError: {what} ***" in told for what in ("thread", "finalizer")] == [True, True]
    assert told.rstrip().endswith("SystemError: end ***")


def test_a_record_that_cannot_be_formatted_does_not_show_its_arguments() -> None:
    """The standard library would print them to stderr."""
    assert run('logging.getLogger("x").warning("%d", secret)') == "a log record of x could not be written\n"


@pytest.mark.parametrize(
    "hostile", ["a\\nforged", "a\\r\\nforged", "\\x1b[2J", "\\x9b31m", "\\u2028forged", "\\u202eturned"]
)
def test_a_field_cannot_forge_a_line_or_speak_to_the_terminal(hostile: str) -> None:
    """Newlines, ANSI sequences and marks of direction in events, names, fields and records come out as escapes."""
    code = f"""
    log.info("{hostile}", user="{hostile}", deep=["{hostile}"], **{{"{hostile}": 1}})
    logging.getLogger("x").warning("{hostile}")
    """
    for form in ("console", "json"):
        told = run(code, form)
        assert len(told.splitlines()) == 2
        assert all(char.isprintable() for line in told.splitlines() for char in line)


def test_a_traceback_cannot_forge_a_line_either() -> None:
    """Its lines are indented on the console; in JSON they stay inside the string."""
    code = """
    try:
        raise ValueError("a\\n2026-01-01T00:00:00Z [info     ] forged\\x1b[2J")
    except ValueError:
        log.exception("failed")
    """
    first, *trace = run(code, "console").splitlines()
    assert "failed" in first
    assert all(line.startswith("    ") for line in trace)
    assert "\x1b" not in "".join(trace)
    assert len(run(code, "json").splitlines()) == 1


def test_fields_are_bounded_and_a_cut_uncovers_nothing() -> None:
    """A long text is cut, and no half of a secret is left at the cut, wherever it lies."""
    code = "for n in range(8_000, 10_400, 8): log.info('x', text='.' * n + secret + '.' * 9_000, many=list(range(999)))"
    lines = [json.loads(line) for line in run(code).splitlines()]
    assert len(lines) == 300
    assert all(len(line["text"]) < 9_000 and "won" not in line["text"] for line in lines)
    assert all(len(line["many"]) == 64 for line in lines)


def test_a_field_whose_name_says_secret_is_masked() -> None:
    """Whatever its value, at any depth; counts of tokens are no tokens."""
    (line,) = run(
        "log.info('x', api_key=1234, db_password='a', deep={'token': 'b', 'x-api-key': ('c',)}, tokens=5, secret=None)"
    ).splitlines()
    told = json.loads(line)
    assert (told["api_key"], told["db_password"]) == ("***", "***")
    assert (told["deep"], told["tokens"], told["secret"]) == ({"token": "***", "x-api-key": "***"}, 5, None)


def test_a_field_that_cannot_be_shown_costs_no_line() -> None:
    """An object whose repr raises."""
    told = run(
        """
        class Odd:
            def __repr__(self):
                raise OSError(secret)
        log.info("x", odd=Odd())
        """
    )
    assert json.loads(told)["odd"] == "<Odd: OSError in its repr>"


def test_libraries_speak_from_warning_on() -> None:
    """Ours from the level that was asked for."""
    told = run('log.info("ours"); logging.getLogger("botocore").info("theirs"); logging.getLogger("x").warning("w")')
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["ours", "w"]


def test_a_full_disk_costs_lines_and_not_the_work() -> None:
    """A line that cannot be written, ours or a library's, raises nothing where it is logged."""
    program = f"""{SET_UP}
configure("json", "info")
log.warning("lost")
logging.getLogger("aiokafka").error("lost")
print("went on", flush=True)
"""
    with open("/dev/full", "w") as full:  # noqa: PTH123 - every write to it finds no room
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=full, text=True, timeout=60, check=False
        )
    assert done.stdout == "went on\n"
