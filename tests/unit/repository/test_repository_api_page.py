"""The reference is made from the code."""

import importlib
import inspect

import pytest

from tests.unit.repository.api_page import PACKAGES, PAGE, exported, rendered


def test_the_page_is_what_the_docstrings_say() -> None:
    """Made again, it is the same; `python -m tests.unit.repository.api_page` writes it."""
    assert PAGE.read_text(encoding="utf-8") == rendered()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_stands_there_once_with_something_said_of_it(package: str) -> None:
    """Each name of `__all__` is importable, and a class or function has a docstring."""
    module = importlib.import_module(package)
    assert exported(package) == list(module.__all__)
    section = rendered().split(f"## `{package}`\n")[1].split("\n## `")[0]
    for name in module.__all__:
        value = getattr(module, name)
        assert section.count(f"### `{name}`\n") == 1
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, f"{package}.{name} has no docstring"
