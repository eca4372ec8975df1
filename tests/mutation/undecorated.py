"""The same code in a form in which mutmut sees all of it: it leaves out what is decorated, dataclasses and properties.

`@property def x` becomes `def x`, and `x = property(x)` behind it; a decorated class likewise. A decorator is nothing
but that (https://docs.python.org/3/reference/compound_stmts.html#function-definitions).
"""

import libcst as cst

_KEPT = ("staticmethod", "classmethod")
"""mutmut knows these."""


class _Undecorate(cst.CSTTransformer):
    def leave_FunctionDef(  # noqa: N802 - libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        return _undecorated(updated_node)

    def leave_ClassDef(  # noqa: N802 - libcst's name
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef | cst.FlattenSentinel[cst.BaseStatement]:
        return _undecorated(updated_node)


def _undecorated(node):  # type: ignore[no-untyped-def]  # a function or a class, and what it becomes
    decorators = [one.decorator for one in node.decorators]
    if not decorators or any(isinstance(one, cst.Name) and one.value in _KEPT for one in decorators):
        return node
    value: cst.BaseExpression = node.name
    for decorator in reversed(decorators):
        value = cst.Call(decorator, [cst.Arg(value)])
    assignment = cst.Assign([cst.AssignTarget(node.name)], value)
    return cst.FlattenSentinel([node.with_changes(decorators=[]), cst.SimpleStatementLine([assignment])])


def undecorated(code: str) -> str:
    """The code of a module without decorators, but for static and class methods."""
    return cst.parse_module(code).visit(_Undecorate()).code
