"""A fault: what breaks, and how it heals. Its fields are data; what lives only in a run, the run keeps."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.chaos.matrix.run import Run


class Fault:
    """None at all: the control. Kinds of faults override what they need."""

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """Before any worker starts; environment for all of them."""
        return {}

    async def strike(self, run: Run) -> None:
        """Break it."""

    def met(self, run: Run) -> bool:
        """Whether it has met anything yet: a fault that met nothing has proved nothing."""
        return True

    async def heal(self, run: Run) -> None:
        """Mend it."""


@dataclass(frozen=True)
class FromTheStart(Fault):
    """Another fault that is there before the first record, for what strikes later to find work in flight."""

    fault: Fault

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """Strike at once."""
        environment = await self.fault.prepare(run)
        await self.fault.strike(run)
        return environment

    async def heal(self, run: Run) -> None:
        """As it does."""
        await self.fault.heal(run)


@dataclass(frozen=True)
class Both(Fault):
    """The first, then the second; healed in this order too."""

    first: Fault
    second: Fault

    async def prepare(self, run: Run) -> Mapping[str, str]:
        """Both."""
        return {**await self.first.prepare(run), **await self.second.prepare(run)}

    async def strike(self, run: Run) -> None:
        """Both."""
        await self.first.strike(run)
        await self.second.strike(run)

    def met(self, run: Run) -> bool:
        """Both."""
        return self.first.met(run) and self.second.met(run)

    async def heal(self, run: Run) -> None:
        """Both."""
        await self.first.heal(run)
        await self.second.heal(run)
