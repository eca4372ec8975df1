"""What a proxy does to the connections that go through it."""

from dataclasses import dataclass

from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.proxy import Mode
from tests.chaos.matrix.run import Run


@dataclass(frozen=True)
class Proxied(Fault):
    """Refused, cut, kept without an answer, or slow. Who derives from it makes the run's proxy in `prepare`."""

    mode: Mode = "pass"
    latency: float = 0.0
    rate: float | None = None

    async def strike(self, run: Run) -> None:
        """From the next piece."""
        assert run.proxy is not None
        run.proxy.latency, run.proxy.rate, run.proxy.mode = self.latency, self.rate, self.mode

    def met(self, run: Run) -> bool:
        """By the proxy's count."""
        return run.proxy is not None and run.proxy.met > 0

    async def heal(self, run: Run) -> None:
        """Everything passes."""
        assert run.proxy is not None
        run.proxy.latency, run.proxy.rate, run.proxy.mode = 0.0, None, "pass"
