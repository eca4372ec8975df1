"""The long form of one target: `python -m tests.security.fuzz.guided TARGET WORK SECONDS [MERGED]`, in a process.

atheris guides by coverage: https://github.com/google/atheris. An input that raises what is not drawn, takes more than
`INPUT_SECONDS` or `MEMORY_MB` ends the process with another code than 0; the input is left in WORK.
"""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import atheris

INPUT_SECONDS = 20
"""Of a processor: on a busy machine a clock on the wall finds what is none."""
HANGING_SECONDS = 600
"""On the wall: what does not come back to Python at all."""
MEMORY_MB = 1_500

with atheris.instrument_imports(include=["streams", "schemas"]):
    from streams.verify import warm_up
    from tests.security.fuzz.corpus import FOLDER
    from tests.security.fuzz.target import Target
    from tests.security.fuzz.targets import TARGETS


class Slow(BaseException):
    """An input took too long. No Exception, so that no reader takes it for a fault of the input."""


def timed(target: Target) -> Callable[[bytes], None]:
    """The target under a clock of the processor. What it calls raises Slow."""

    def slow(_: int, frame: FrameType | None) -> None:
        raise Slow(f"more than {INPUT_SECONDS} s of a processor")

    def read(data: bytes) -> None:
        signal.setitimer(signal.ITIMER_PROF, INPUT_SECONDS)
        try:
            target(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    signal.signal(signal.SIGPROF, slow)
    return read


def _planted(data: bytes) -> None:
    if len(data) > 3:
        raise KeyError("planted")


CONTROL = Target("control", _planted)
"""With a fault in it: a fuzzer that finds none there finds none anywhere."""


def main(name: str, work: str, seconds: str, merged: str = "") -> None:
    """New inputs that reached new code are left in WORK/new, those that were findings in WORK/found-*.

    MERGED: nothing is made; the fewest of WORK/new that reach what the corpus does not are copied there.
    """
    new = Path(work) / "new"
    new.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-timeout={HANGING_SECONDS}", f"-rss_limit_mb={MEMORY_MB}"]
    options += [f"-artifact_prefix={work}/found-", "-print_final_stats=1", "-verbosity=0"]
    corpus = [str(FOLDER / name)] if name in TARGETS else []
    folders = ["-merge=1", merged, *corpus, str(new)] if merged else [str(new), *corpus]
    fuzz(name, _again(Path(work), name), *options, *folders)


def _again(work: Path, name: str) -> str:
    """A program that libFuzzer starts for a merge, with options of its own: so a crash costs one input, not all."""
    program = work / "again"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.security.fuzz.guided {name} "$@"\n')
    program.chmod(0o700)
    return str(program)


def fuzz(name: str, program: str, *options: str) -> None:
    """Ends the process. The options are libFuzzer's: https://llvm.org/docs/LibFuzzer.html#options"""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    warm_up()  # what is loaded on first use is no input's time
    target = {**TARGETS, CONTROL.name: CONTROL}[name]
    atheris.Setup([program, f"-max_len={target.largest}", *options], timed(target))
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[2].startswith("-"):
        fuzz(sys.argv[1], sys.argv[0], *sys.argv[2:])
    main(*sys.argv[1:])
