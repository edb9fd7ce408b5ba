"""Reading names, annotations and descriptions from the source, in the order they are written."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTRY = re.compile(r"^([\w.]+): ", re.MULTILINE)


@dataclass(frozen=True)
class Member:
    """A field of a class, a parameter of a function, or an alias of a module."""

    name: str
    annotation: ast.expr
    default: ast.expr | None
    text: str
    """The description, on one line if it is one paragraph."""


def class_fields(cls: type) -> list[Member]:
    """Return the annotated fields of a class, each with the text below it."""
    body = _tree(cls).body[0]
    assert isinstance(body, ast.ClassDef)
    return list(_annotated(body.body))


def aliases(module: Any) -> list[Member]:
    """Return the type aliases of a module, each with the text below it."""
    found = _annotated(_tree(module).body)
    return [one for one in found if ast.unparse(one.annotation) == "TypeAlias"]


def parameters(function: Any) -> list[Member]:
    """Return the parameters of a function, each with its text from "Args" of the docstring."""
    definition = _definition(function)
    texts = section(function, "Args")
    given = definition.args
    plain = given.posonlyargs + given.args
    defaults = [None] * (len(plain) - len(given.defaults)) + given.defaults
    pairs = [
        *zip(plain, defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return [
        Member(one.arg, one.annotation or ast.Constant(None), default, texts[one.arg])
        for one, default in pairs
        if one.arg != "self"
    ]


def returned(function: Any) -> ast.expr:
    """Return the annotation of what a function returns."""
    annotation = _definition(function).returns
    assert annotation is not None
    return annotation


def section(function: Any, title: str) -> dict[str, str]:
    """Return the entries of a section of a docstring, by their names."""
    text = inspect.getdoc(function) or ""
    found = re.search(rf"^{title}:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    parts = _ENTRY.split(inspect.cleandoc(found[1])) if found else []
    return {
        name: " ".join(body.split()) for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def summary(documented: Any) -> str:
    """Return a docstring without its sections, each paragraph on a line."""
    text = re.split(r"^\w+:\n    ", inspect.getdoc(documented) or "", flags=re.MULTILINE)[0]
    return _joined(text)


def _definition(function: Any) -> ast.FunctionDef:
    definition = _tree(inspect.unwrap(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return definition


def _tree(defined: Any) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(defined)))


def _annotated(body: list[ast.stmt]) -> Iterator[Member]:
    for part, below in zip(body, [*body[1:], ast.Pass()], strict=True):
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            value = part.value
            annotation = part.annotation
            yield Member(part.target.id, annotation, value, _text_of(below))


def _text_of(statement: ast.stmt) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return _joined(inspect.cleandoc(text))
        case _:
            return ""


def _joined(text: str) -> str:
    """Join the lines of each paragraph, but those of lists and of code."""
    paragraphs = [one for one in text.strip().split("\n\n") if one.strip()]
    return "\n\n".join(
        one if one.startswith(("- ", "    ")) else " ".join(one.split()) for one in paragraphs
    )
