"""Every provider's keys in a file that is replaced again and again, as an operator or a secret store does."""

import asyncio
from pathlib import Path

_NAMES = {
    "groq": "GROQ_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
    "openai": "OPENAI_API_KEY",
}


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
        return tuple(_NAMES)

    @property
    def environment(self) -> dict[str, str]:
        """For the workers: the files, and no keys beside them."""
        files = {f"{variable}_FILE": str(self._folder / name) for name, variable in _NAMES.items()}
        return files | dict.fromkeys(_NAMES.values(), "")

    async def replace(self, every_seconds: float) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            self._write()

    def _write(self) -> None:
        self.replaced += 1
        for name in _NAMES:
            fresh = self._folder / f".{name}"
            fresh.write_text(f"load-{name}-{self.replaced:05}-a\nload-{name}-{self.replaced:05}-b\n", encoding="utf-8")
            fresh.replace(self._folder / name)  # a reader sees the old ones or the new ones
