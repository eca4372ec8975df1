"""The long form of one target: `python -m tests.security.fuzz.guided TARGET WORK SECONDS [MERGED]`, in a process.

atheris guides by coverage: https://github.com/google/atheris. An input that raises what is not drawn, takes longer
than `INPUT_SECONDS` or more than `MEMORY_MB` ends the process with another code than 0; the input is left in WORK.
"""

import sys
from pathlib import Path

import atheris

INPUT_SECONDS = 20
MEMORY_MB = 1_500

with atheris.instrument_imports(include=["streams", "schemas"]):
    from tests.security.fuzz.corpus import FOLDER
    from tests.security.fuzz.targets import TARGETS


def main(name: str, work: str, seconds: str, merged: str = "") -> None:
    """New inputs that reached new code are left in WORK/new, those that were findings in WORK/found-*.

    MERGED: nothing is made; the fewest of WORK/new that reach what the corpus does not are copied there.
    """
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    target = TARGETS[name]
    new = Path(work) / "new"
    new.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS}", f"-rss_limit_mb={MEMORY_MB}"]
    options += [f"-max_len={target.largest}", f"-artifact_prefix={work}/found-", "-print_final_stats=1", "-verbosity=0"]
    corpus = str(FOLDER / name)
    folders = ["-merge=1", merged, corpus, str(new)] if merged else [str(new), corpus]
    atheris.Setup([sys.argv[0], *options, *folders], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
