"""The arguments and outputs of the resources, from their source and the table of changes."""

from __future__ import annotations

import inspect
import sys

import langsmith_pulumi as langsmith
from langsmith_pulumi import inputs
from langsmith_pulumi.provider.changes import FIELDS, LISTENER_FIELDS, RESOURCE_SPEC, Field

from .entries import IMPACTS, Entry, render
from .source_code import Member, aliases, class_fields, parameters, summary
from .types import alias_names, in_words

ROOTS = {
    "SourceConfigArgs": "source_config",
    "SourceRevisionConfigArgs": "source_revision_config",
    "ListenerConfigArgs": "source_config.listener_config",
    "SecretReferenceArgs": "secret_references",
    "HealthCheckArgs": "health_check",
    "ComputeConfigArgs": "compute_config",
}
"""The path of each object in the inputs; any other is a part of the resources."""

_TABLES = {"Deployment": FIELDS, "Listener": LISTENER_FIELDS}
_ALSO = {"path": "folder.digest"}
"""The row that holds for an argument beside its own."""


def of_resource(name: str) -> str:
    """Return the arguments of a resource."""
    table = _TABLES[name]
    members = parameters(getattr(langsmith, name).__init__)
    return render(name, [_argument(one, one.name, table) for one in members])


def outputs(name: str) -> str:
    """Return the outputs of a resource."""
    members = class_fields(getattr(langsmith, name))
    return render(f"{name}-output", [Entry(one) for one in members])


def of_inputs() -> str:
    """Return all classes of typed arguments, each with its fields."""
    names = [name for name in inputs.__all__ if name.endswith("Args")]
    return "\n".join(_of_class(name) for name in names)


def values() -> str:
    """Return the types that are no classes, each with its values and its description."""
    modules = {sys.modules[cls.__module__] for cls in vars(inputs).values() if inspect.isclass(cls)}
    found = {one.name: one for module in modules for one in aliases(module)}
    return "\n".join(_of_alias(found[name]) for name in sorted(alias_names()))


def _of_class(name: str) -> str:
    root, cls = ROOTS.get(name, RESOURCE_SPEC), getattr(inputs, name)
    table = (*FIELDS, *LISTENER_FIELDS)
    entries = [_argument(one, f"{root}.{one.name}", table) for one in class_fields(cls)]
    shared = entries[0].rows if all(one.rows == entries[0].rows for one in entries) else ()
    why = "".join(f"*{IMPACTS[row.impact].capitalize()}:* {row.reason}\n\n" for row in shared)
    fields = render(name, entries, with_reasons=not shared)
    return f"### {name}\n\n{summary(cls)}\n\n{why}{fields}"


def _of_alias(alias: Member) -> str:
    assert alias.default is not None
    return f"### {alias.name}\n\n{in_words(alias.default)}\n\n{alias.text}\n"


def _argument(member: Member, path: str, table: tuple[Field, ...]) -> Entry:
    paths = (path, _ALSO.get(path, path))
    rows = [row for row in table if any(f"{one}.".startswith(f"{row.path}.") for one in paths)]
    has_parts = any(row.path.startswith(f"{path}.") for row in table)
    return Entry(member, tuple(rows), is_argument=True, has_parts=has_parts)
