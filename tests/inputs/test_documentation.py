"""Tests of the descriptions of the typed arguments, which are read from their source."""

import ast
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from langsmith_pulumi import inputs
from langsmith_pulumi.provider import changes

KINDS = {"replace": "replace", "new revision": "revision", "in place": "in place"}
"""Names of the kinds of change in the descriptions, and in the provider's table."""

ROOTS = {
    "SourceConfigArgs": "source_config",
    "SourceRevisionConfigArgs": "source_revision_config",
    "ListenerConfigArgs": "source_config.listener_config",
    "SecretReferenceArgs": "secret_references",
    "HealthCheckArgs": "health_check",
    "ComputeConfigArgs": "compute_config",
}
"""Path of each object in the inputs; any other is a part of the resources."""


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    doc: str


def _doc_below(statement: ast.stmt) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(inspect.cleandoc(text).split())
        case _:
            return ""


def _fields(cls: ast.ClassDef) -> list[Field]:
    return [
        Field(field.target.id, ast.unparse(field.annotation), _doc_below(below))
        for field, below in zip(cls.body, [*cls.body[1:], ast.Pass()], strict=True)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    ]


def _classes() -> dict[str, ast.ClassDef]:
    files = Path(inputs.__file__).parent.glob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return {
        node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)
    }


CLASSES = _classes()
FIELDS = {name: _fields(cls) for name, cls in CLASSES.items()}
ARGS = [name for name in inputs.__all__ if name.endswith("Args")]
DOCUMENTED = [
    pytest.param(name, field, id=f"{name}.{field.name}") for name in ARGS for field in FIELDS[name]
]


def _optional(name: str) -> set[str]:
    cls = CLASSES[name]
    return {
        field.target.id
        for field in cls.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.value
    }


def test_every_class_is_public() -> None:
    """Every class can be imported from ``langsmith_pulumi.inputs``."""
    assert sorted(inputs.__all__) == inputs.__all__
    assert set(CLASSES) <= set(inputs.__all__)


@pytest.mark.parametrize("name", ARGS)
def test_both_forms_are_equal(name: str) -> None:
    """The class and the dict of an object have the same fields, types and descriptions."""
    optional = _optional(name)
    as_dict = [
        Field(
            field.name,
            field.type if field.name in optional else f"Required[{field.type}]",
            field.doc,
        )
        for field in FIELDS[name]
    ]
    assert FIELDS[f"{name}Dict"] == as_dict
    assert ast.get_docstring(CLASSES[f"{name}Dict"]) == ast.get_docstring(CLASSES[name])


@pytest.mark.parametrize(("name", "field"), DOCUMENTED)
def test_every_description_ends_with_the_kind_of_change(name: str, field: Field) -> None:
    """The kind of change in a description is that of the provider's table."""
    match = re.fullmatch(r"(?P<meaning>.+[.]) Change: (?P<kind>[a-z ]+)[.]", field.doc)
    assert match, field.doc
    path = f"{ROOTS.get(name, changes.RESOURCE_SPEC)}.{field.name}"
    assert {KINDS[match["kind"]]} == {row.impact.value for row in _rows(path)}


ROWS = (*changes.FIELDS, *changes.LISTENER_FIELDS)


def _rows(path: str) -> list[changes.Field]:
    """Return the row that covers a path, or the rows below it."""
    covering = [row for row in ROWS if f"{path}.".startswith(f"{row.path}.")]
    return covering or [row for row in ROWS if row.path.startswith(f"{path}.")]


@pytest.mark.parametrize("name", ["SourceConfigArgs", "SourceRevisionConfigArgs"])
def test_every_row_of_the_table_has_an_argument(name: str) -> None:
    """Each field that the provider compares inside these objects has a typed argument."""
    below, paths = f"{ROOTS[name]}.", [row.path for row in changes.FIELDS]
    compared = {path.split(".")[1] for path in paths if path.startswith(below)}
    assert compared == {field.name for field in FIELDS[name]}
