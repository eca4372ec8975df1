"""`docs/api.md` from the docstrings: `python -m tests.unit.repository.api_page` writes it anew.

It reads the source and runs none of it: a public name is followed from its package's `__all__` to where it is defined.
What is said of a field stands below it, as a text of its own or as its `description`.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "api.md"
PACKAGES = ("streams.verify", "streams.ai", "schemas")
_HEAD = """# Reference

What is public: the names that these packages export. Everything else may change without notice. Made from the
docstrings; `python -m tests.unit.repository.api_page` writes this page anew, and a test holds it equal.

Money is integer nano-USD (1 USD = 1,000,000,000); times are seconds unless a name says otherwise.
"""
Body = list[ast.stmt]


class Field(NamedTuple):
    """A field, constant or member, as it is written and what is said of it."""

    text: str
    about: str


def rendered() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for package in PACKAGES for line in _package(package))])


def _package(package: str) -> Iterator[str]:
    tree = _tree(package)
    yield f"## `{package}`\n"
    yield f"{_first(tree)}\n"
    for name in exported(package):
        module, node, about = _found(package, name)
        yield f"### `{name}`\n"
        yield f"```python\nfrom {package} import {name}{_signature(node, name)}\n```\n"
        if about:
            yield f"{about}\n"
        if isinstance(node, ast.ClassDef):
            yield from _members(node)
        yield f"<sub>[{module}]({_link(module)})</sub>\n"


def exported(package: str) -> list[str]:
    """The names in a package's `__all__`, in its order."""
    for node in _tree(package).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    raise LookupError(package)


def _found(module: str, name: str) -> tuple[str, ast.stmt, str]:
    """Where `name` is defined: module, statement, what is said of it."""
    body = _tree(module).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ImportFrom) and node.module and name in [alias.name for alias in node.names]:
            return _found(node.module, name)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return module, node, ast.get_docstring(node) or ""
        if name in _assigned(node):
            return module, node, _text(after)
    raise LookupError(f"{module}.{name}")


def _signature(node: ast.stmt, name: str) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"\n\n{_def(node)}"
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        return f"\n\n{name} = {ast.unparse(node.value)}"
    bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
    return f"\n\nclass {name}({', '.join(bases)})" if bases else ""


def _members(node: ast.ClassDef) -> Iterator[str]:
    fields = list(_fields(node.body))
    if fields:
        yield "\n".join(f"- `{field.text}`{': ' if field.about else ''}{field.about}" for field in fields) + "\n"
    for method in node.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and _is_public(method):
            marks = [f"@{ast.unparse(decorator)}\n" for decorator in method.decorator_list]
            yield f"```python\n{''.join(marks)}{_def(method, node.name)}\n```\n"
            if about := ast.get_docstring(method):
                yield f"{about}\n"


def _is_public(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A constructor only where it says something."""
    return bool(ast.get_docstring(method)) if method.name == "__init__" else not method.name.startswith("_")


def _fields(body: Body) -> Iterator[Field]:
    for node, after in zip(body, [*body[1:], None], strict=True):
        for name in _assigned(node):
            if name.startswith("_") or name == "model_config":
                continue
            yield _field(name, node, _text(after))


def _field(name: str, node: ast.stmt, about: str) -> Field:
    kind = f": {ast.unparse(node.annotation)}" if isinstance(node, ast.AnnAssign) else ""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("Field", "field"):
        said = {keyword.arg: keyword.value for keyword in value.keywords}
        if "description" in said:
            about = about or str(ast.literal_eval(said["description"]))
        made = said.get("default_factory")
        value = value.args[0] if value.args else made and ast.parse(f"{ast.unparse(made)}()", mode="eval").body
    default = f" = {ast.unparse(value)}" if value is not None else ""
    return Field(f"{name}{kind}{default}", " ".join(about.split()))


def _assigned(node: ast.stmt) -> list[str]:
    targets: Iterable[ast.expr] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _def(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str = "") -> str:
    """The first line, one argument a line where it is long; a constructor by its class's name."""
    word = "async def " if isinstance(node, ast.AsyncFunctionDef) else "def "
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    begin = f"{word}{node.name}"
    if node.name == "__init__":
        begin, returns = owner, ""
    parts = _arguments(node.args)
    line = f"{begin}({', '.join(parts)}){returns}"
    return line if len(line) <= 110 else f"{begin}(\n" + "".join(f"    {part},\n" for part in parts) + f"){returns}"


def _arguments(arguments: ast.arguments) -> list[str]:
    """Each as it is written, `self` left out."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(arguments.defaults)), *arguments.defaults]
    parts = [
        _argument(one, default) for one, default in zip(plain, defaults, strict=True) if one.arg not in ("self", "cls")
    ]
    if arguments.vararg or arguments.kwonlyargs:
        parts.append(f"*{ast.unparse(arguments.vararg)}" if arguments.vararg else "*")
    return parts + [_argument(*one) for one in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default is not None else "")


def _text(node: ast.stmt | None) -> str:
    """A text that stands alone: what is said of the line above it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return "\n".join(line.strip() for line in node.value.value.splitlines())
    return ""


def _first(tree: ast.Module) -> str:
    return (ast.get_docstring(tree) or "").split("\n\n")[0]


def _link(module: str) -> str:
    return f"../{_path(module).relative_to(ROOT).as_posix()}"


def _path(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
