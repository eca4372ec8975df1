"""What lives during one run of a row."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chaos.matrix.broker import Stage
from tests.chaos.matrix.pages import Pages
from tests.chaos.matrix.proxy import FaultProxy
from tests.chaos.matrix.secret_store import SecretStore
from tests.chaos.scene import Scene


@dataclass
class Run:
    """For faults, conditions and expectations."""

    scene: Scene
    stage: Stage
    rng: Random
    stack: AsyncExitStack
    """Closed at the end of the run."""
    environment: dict[str, str] = field(default_factory=dict)
    """Of the workers, beside the setting."""
    proxy: FaultProxy | None = None
    """Where a fault put one."""
    store: SecretStore = field(default_factory=SecretStore)
    said: Pages = field(default_factory=Pages)
    pages: dict[str, bytes] = field(default_factory=dict)
    """What the workers' pages said when all was done, by page and worker."""
    early_exits: int = 0
    """Workers that could not start at first, before there was any fault."""
    stops: list[tuple[int | None, float]] = field(default_factory=list)
    """Exit code and seconds of each stop with SIGTERM."""

    def bill(self) -> list[dict[str, Any]]:
        """The emulator's lines so far."""
        path = self.scene.folder / "bill.jsonl"
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    def logs(self) -> str:
        """What all workers said so far."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.scene.folder.glob("worker-*.log")))
