"""What is mutated, and the tests that have to notice: the narrow ones of each module, for each mutant is a run."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WANTED = 0.85
"""Share of a module's mutants that tests must notice."""
EXAMPLES = "tests/mutation/examples.py"
_PLUGIN = EXAMPLES.removesuffix(".py").replace("/", ".")
_PYTEST = ("-p", "no:randomly", "-p", "no:cacheprovider", "--timeout=0", "--tb=no")
_HYPOTHESIS = ("-p", _PLUGIN, "--hypothesis-profile=mutation")


@dataclass(frozen=True)
class Group:
    """Files that are mutated, and files of their tests; paths below the root."""

    files: tuple[str, ...]
    tests: tuple[str, ...]

    def configuration(self) -> str:
        """As mutmut reads it from `setup.cfg`."""
        lists = {
            "source_paths": ("schemas", "streams"),
            "only_mutate": self.files,
            "pytest_add_cli_args_test_selection": self.tests,
            "pytest_add_cli_args": (*_PYTEST, *_HYPOTHESIS),
            "use_git_change_detection": ("false",),  # a copy that no longer stands for the code is made anew
        }
        return "[mutmut]\n" + "".join(f"{name} =\n    " + "\n    ".join(lists[name]) + "\n" for name in lists)


GROUPS: dict[str, Group] = {
    "window": Group(
        ("streams/pipeline/window.py", "streams/pipeline/lanes.py"),
        ("tests/unit/pipeline/test_pipeline_window.py", "tests/unit/pipeline/test_pipeline_lanes.py"),
    ),
    "answer": Group(
        ("streams/verify/answer.py", "streams/verify/quotes.py", "streams/verify/trust.py"),
        ("tests/unit/verify/test_verify_answer.py", "tests/unit/verify/test_verify_limits_of_trust.py"),
    ),
    "guard": Group(
        ("streams/ai/guard.py", "streams/ai/streak.py", "streams/ai/window.py"),
        (
            "tests/unit/ai/test_guard.py",
            "tests/unit/ai/test_guard_cold_start.py",
            "tests/unit/ai/test_guard_faults.py",
            "tests/unit/ai/test_streak.py",
            "tests/unit/ai/test_vote_window.py",
        ),
    ),
    "budget": Group(
        (
            "streams/ai/budget/account.py",
            "streams/ai/budget/accounts.py",
            "streams/ai/budget/reservations.py",
            "streams/ai/budget/memory.py",
        ),
        (
            "tests/unit/ai/budget/test_budget_accounts.py",
            "tests/unit/ai/budget/test_budget_memory.py",
            "tests/unit/ai/budget/test_budget_memory_journal.py",
            "tests/unit/ai/budget/test_budget_alerts.py",
        ),  # not those of any history and of the file: they take seconds, and what only they notice wants a narrow test
    ),
}
