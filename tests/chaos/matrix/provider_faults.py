"""What the emulated providers do, and what happens on the way to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos.emulator import script
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.proxied import Proxied
from tests.chaos.matrix.proxy import FaultProxy
from tests.chaos.matrix.run import Run

Description = Mapping[str, Any]


@dataclass(frozen=True)
class Scripted(Fault):
    """Faults of the emulator, for one provider or `all`; it has met something after `needed` requests of them."""

    faults: tuple[Description, ...]
    provider: str = "groq"
    needed: int = 1

    async def strike(self, run: Run) -> None:
        """In force from the next request."""
        await script(run.scene.emulator_url, *(dict(one) for one in self.faults), provider=self.provider)

    def met(self, run: Run) -> bool:
        """By the bill."""
        states = {f"fault:{one['fault']}" for one in self.faults}
        return sum(line["state"] in states for line in run.bill()) >= self.needed

    async def heal(self, run: Run) -> None:
        """Well again."""
        await script(run.scene.emulator_url, provider=self.provider)


def scripted(name: str, provider: str = "groq", needed: int = 1, **parameters: Any) -> Scripted:
    """One fault."""
    return Scripted(({"fault": name, **parameters},), provider, needed)


class OnTheWay(Proxied):
    """A proxy before the first provider."""

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """The workers' base URL is the proxy's."""
        port = run.scene.emulator_url.rpartition(":")[2]
        run.proxy = await run.stack.enter_async_context(FaultProxy(int(port)))
        return {"GROQ_BASE_URL": f"http://127.0.0.1:{run.proxy.port}/groq/openai/v1"}
