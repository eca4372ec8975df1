"""Every provider's keys in a file that is replaced again and again, as an operator or a secret store does."""

import asyncio
from pathlib import Path

VARIABLES = {
    "groq": "GROQ_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
    "openai": "OPENAI_API_KEY",
}
"""Provider -> the setting of its keys."""


def put(path: Path, *keys: str) -> None:
    """One a line, as secrets are mounted: a new file takes the old one's place, so a reader sees either whole."""
    fresh = path.with_name(f".{path.name}")
    fresh.write_text("".join(f"{key}\n" for key in keys), encoding="utf-8")
    fresh.replace(path)


class KeyFiles:
    """Two new keys for each provider at a time, so that no pause of hours takes one out of the run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "keys"
        self._folder.mkdir()
        self.replaced = 0
        self._write()

    @property
    def providers(self) -> tuple[str, ...]:
        """Whose keys these are."""
        return tuple(VARIABLES)

    @property
    def environment(self) -> dict[str, str]:
        """For the workers: the files, and no keys beside them."""
        files = {f"{variable}_FILE": str(self._folder / name) for name, variable in VARIABLES.items()}
        return files | dict.fromkeys(VARIABLES.values(), "")

    async def replace(self, every_seconds: float) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            self._write()

    def _write(self) -> None:
        self.replaced += 1
        for name in VARIABLES:
            put(self._folder / name, *(f"load-{name}-{self.replaced:05}-{which}" for which in "ab"))
