"""Types of arguments in words, with links to those that the reference describes."""

from __future__ import annotations

import ast
import inspect
from functools import cache

from langsmith_pulumi import inputs

_PAGES = {"Args": "inputs.md", "Result": "lookups.md"}


def in_words(annotation: ast.expr) -> str:
    """Return a type as Markdown, without ``Input``, ``Output`` and the dict forms of classes."""
    match annotation:
        case ast.BinOp(op=ast.BitOr()):
            return " or ".join(in_words(one) for one in _alternatives(annotation))
        case ast.Subscript(value=value, slice=inner):
            return _of_generic(_name(value), inner)
        case _:
            return _linked(_name(annotation))


def without_none(annotation: ast.expr) -> ast.expr:
    """Return the annotation of an optional argument without its ``| None``."""
    match annotation:
        case ast.BinOp(op=ast.BitOr(), left=left, right=ast.Constant(value=None)):
            return left
        case _:
            return annotation


@cache
def alias_names() -> frozenset[str]:
    """Return the names in ``inputs`` that are no classes."""
    return frozenset(name for name in inputs.__all__ if not inspect.isclass(getattr(inputs, name)))


def _name(annotation: ast.expr) -> str:
    return ast.unparse(annotation).rpartition(".")[2]


def _alternatives(union: ast.expr) -> list[ast.expr]:
    if isinstance(union, ast.BinOp):
        return _alternatives(union.left) + _alternatives(union.right)
    return [] if _name(union).endswith("Dict") else [union]


def _of_generic(name: str, inner: ast.expr) -> str:
    words = [in_words(part) for part in (inner.elts if isinstance(inner, ast.Tuple) else [inner])]
    if name in ("Mapping", "dict"):
        return f"map from {words[0]} to {words[1]}"
    if name in ("Sequence", "list"):
        return f"list of {words[0]}"
    return " or ".join(words)


def _linked(name: str) -> str:
    for ending, page in _PAGES.items():
        if name.endswith(ending):
            return f"[`{name}`]({page}#{name.lower()})"
    if name in alias_names():
        return f"[`{name}`](inputs.md#{name.lower()})"
    return "any value" if name == "Any" else f"`{name}`"
