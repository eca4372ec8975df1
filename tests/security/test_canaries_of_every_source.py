"""Keys of every source, rejected and echoed by every vendor: none shows in a log, error, ledger, metric or repr."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from streams.sandbox.emulator import Emulator
from streams.sandbox.emulator.latency import Latency
from tests.security.canaries import shown_in

PROGRAM = """
import asyncio, logging, os, sys
from streams import settings as settings_module
from streams.ai import AllProvidersFailed, UnifiedAIService
from streams.app import ai_config
from streams.observability.logging import configure

async def main():
    settings = settings_module.load()
    configure(sys.argv[1], "debug")
    for handler in logging.getLogger().handlers:
        handler.filters.clear()  # hear all that the libraries say
    asyncio.get_running_loop().set_debug(True)
    ledger = []
    config = ai_config(settings)
    service = UnifiedAIService.from_config(config, on_attempt=ledger.append)
    async with service:
        try:
            await service.generate_completion("Is it the full text?")
        except AllProvidersFailed as error:
            logging.getLogger("other").exception("failed")
            told = [repr(error), str(error), error.__dict__]
        told += [settings, repr(settings), settings.model_dump(), settings.model_dump_json(), config, service.__dict__]
        told += [service.health(), service.get_provider_health(), service.get_provider_metrics(), ledger]
    print(told)
    with open(os.environ["GEMINI_API_KEY_FILE"]) as file:
        keys = [os.environ["GROQ_API_KEY"], file.read().strip(), "canary-" + "key-sealed"]
    for key in keys:
        logging.getLogger("other").warning("control %s of %s", key, [key])
    print(len(ledger), "attempts")

asyncio.run(main())
"""


async def ended(emulator: Emulator, form: str, **settings: str) -> tuple[int | None, str, str]:
    """Exit code, stdout and stderr of the program with these settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AI_", "AWS_"))}
    urls = {f"{name.upper()}_BASE_URL": emulator.base_urls[name] for name in ("groq", "gemini", "openai", "compatible")}
    urls["AZURE_OPENAI_ENDPOINT"] = emulator.base_urls["azure"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, form),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment | urls | settings | {"AI_ALLOW_PRIVATE_ENDPOINTS": "true"},
    )
    stdout, stderr = await process.communicate()
    return process.returncode, stdout.decode(), stderr.decode()


@pytest.mark.parametrize("form", ["console", "json"])
async def test_no_key_shows_anywhere(form: str, tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> None:
    """From a variable, a file and an encrypted value; at debug level, with asyncio's own debug output."""
    file = may_hold_canaries(tmp_path / "key")
    file.write_text("canary-key-of-a-file\n")
    cipher = Fernet.generate_key()
    async with Emulator(latency=Latency(0)) as emulator:
        for name in emulator.providers:
            emulator.script(name, "echo_key")
        code, stdout, stderr = await ended(
            emulator,
            form,
            GROQ_API_KEY="canary-key-of-a-variable",
            GEMINI_API_KEY_FILE=str(file),
            AZURE_OPENAI_API_KEY=f"enc:{Fernet(cipher).encrypt(b'canary-key-sealed').decode()}",
            SECRETS_ENCRYPTION_KEY=cipher.decode(),
            OPENAI_API_KEY="canary-key-of-openai",
            COMPATIBLE_API_KEY="canary-key-of-another",
            COMPATIBLE_MODEL="gpt-4o-mini",
        )
    assert code == 0, "the program failed; its output is not repeated here"
    assert "5 attempts" in stdout
    assert stderr.count("control ***") == 3
    assert (shown_in(stdout), shown_in(stderr)) == (None, None)
    assert cipher.decode() not in stdout + stderr
