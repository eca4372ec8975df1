"""What happens to keys."""

import asyncio
from collections.abc import Mapping

from tests.chaos.emulator import script
from tests.chaos.key_files import put
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.leaks import KEY_FILES
from tests.chaos.matrix.run import Run
from tests.chaos.matrix.waits import LIMIT_SECONDS
from tests.security.canaries import MARK


class BadKey(Fault):
    """The file of the first provider's key gets one that the provider refuses, and then a good one."""

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """A good one from the start."""
        (run.scene.folder / KEY_FILES).mkdir()
        self._write(run, f"{MARK.decode()}of-the-first-file")
        return {"GROQ_API_KEY_FILE": str(run.scene.folder / KEY_FILES / "groq")}

    async def strike(self, run: Run) -> None:
        """A key that the emulator knows to be wrong, and the worker has it before the other half of the records."""
        self._write(run, "wrong")
        await run.scene.until(lambda: "ai.keys.changed" in run.logs(), LIMIT_SECONDS)

    def met(self, run: Run) -> bool:
        """It was refused."""
        return any(line["status"] == 401 for line in run.bill())

    async def heal(self, run: Run) -> None:
        """A good one, which nobody has seen before."""
        self._write(run, f"{MARK.decode()}of-the-second-file")

    def _write(self, run: Run, key: str) -> None:
        put(run.scene.folder / KEY_FILES / "groq", key)


class StoreDown(Fault):
    """AWS Secrets Manager is gone while the provider refuses the key that came from there; then both are well."""

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """A store with the first key in it."""
        run.stack.callback(run.store.stop)
        await asyncio.to_thread(run.store.start)
        await asyncio.to_thread(run.store.put, f"{MARK.decode()}of-the-first-version")
        return run.store.environment()

    async def strike(self, run: Run) -> None:
        """Nobody answers there, and the key is refused."""
        await asyncio.to_thread(run.store.stop)
        await script(run.scene.emulator_url, {"fault": "unauthorized"}, provider="groq")

    def met(self, run: Run) -> bool:
        """It was refused."""
        return any(line["status"] == 401 for line in run.bill())

    async def heal(self, run: Run) -> None:
        """The store is back with another key."""
        await asyncio.to_thread(run.store.start)
        await asyncio.to_thread(run.store.put, f"{MARK.decode()}of-the-second-version")
        await script(run.scene.emulator_url, provider="groq")
