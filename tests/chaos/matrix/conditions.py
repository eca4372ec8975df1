"""Moments at which a fault strikes."""

from collections.abc import Callable

from tests.chaos.matrix.run import Run

Condition = Callable[[Run], bool]


def share(part: float) -> Condition:
    """So much of what was sent is committed."""

    def reached(run: Run) -> bool:
        return sum(run.scene.committed().values()) >= part * sum(run.scene.publisher.ends.values())

    return reached


def at_the_provider(count: int = 1) -> Condition:
    """So many requests have arrived and their answers are held back by `delay` or `hang`."""

    def reached(run: Run) -> bool:
        return sum(line["state"] in ("fault:delay", "fault:hang") for line in run.bill()) >= count

    return reached


def halted(run: Run) -> bool:
    """A worker has come to the point at which it goes no further."""
    return (run.scene.folder / "halted").exists()


A_THIRD = share(0.3)
