"""`streams.ai` as a library: it does not speak unless the program that uses it wants to hear."""

import ast
import subprocess
import sys
from pathlib import Path

import streams

USE = """
import asyncio, sys
from streams.ai import AIConfig, ProviderConfig, UnifiedAIService
async def main():
    service = UnifiedAIService.from_config(AIConfig((ProviderConfig("groq"), ProviderConfig("openai", "sk-1"))))
    await service.aclose()
"""
SKIPPED = "ai.provider.skipped"


def use(first: str) -> tuple[str, str]:
    """Stdout and stderr of a program that skips a provider, after it did `first`."""
    code = USE.replace('"sk-1"', '__import__("pydantic").SecretStr("sk-1")') + first + "\nasyncio.run(main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr


def test_it_is_silent_by_default() -> None:
    """Nothing on stdout or stderr, as with any library that logs."""
    assert use("") == ("", "")


def test_a_program_with_stdlib_logging_hears_it_there() -> None:
    """At the level it asked for, under our loggers' names."""
    stdout, stderr = use("import logging; logging.basicConfig(level=logging.INFO)")
    assert stdout == ""
    assert SKIPPED in stderr
    assert "streams.ai" in stderr


def test_a_program_with_structlog_hears_it_there() -> None:
    """Its own processors, its own outlet."""
    stdout, stderr = use("import structlog; structlog.configure(processors=[structlog.processors.JSONRenderer()])")
    assert '"event": "ai.provider.skipped"' in stdout
    assert stderr == ""


def test_every_module_takes_its_logger_from_there() -> None:
    """`structlog.get_logger` would print to stdout where nobody has configured structlog."""
    root = Path(streams.__file__).parent
    calls = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("structlog.get_logger", "structlog.getLogger")
    }
    assert calls == set(), "use streams.logs.get_logger"
