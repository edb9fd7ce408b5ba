"""The look-ups and their results, from their signatures and docstrings."""

from __future__ import annotations

import langsmith_pulumi as langsmith

from .entries import Entry, render
from .source_code import class_fields, parameters, returned, section, summary
from .types import in_words


def functions() -> str:
    """Return every look-up with its parameters."""
    names = [name for name in langsmith.__all__ if name.startswith(("get_", "list_"))]
    return "\n".join(_function(name) for name in names if not name.endswith("_output"))


def results() -> str:
    """Return every class of results with its fields."""
    return "\n".join(_result(name) for name in langsmith.__all__ if name.endswith("Result"))


def _function(name: str) -> str:
    function = getattr(langsmith, name)
    errors = "; ".join(section(function, "Raises").values())
    entries = [Entry(one, is_argument=True) for one in parameters(function)]
    kind = in_words(returned(function))
    parts = [
        f"### {name}",
        summary(function),
        f"Returns: {kind}. The variant that takes outputs is `{name}_output`.",
        render(name, entries).rstrip(),
        f"Raises `pulumi.RunError`: {errors}",
    ]
    return "\n\n".join(parts) + "\n"


def _result(name: str) -> str:
    cls = getattr(langsmith, name)
    return f"### {name}\n\n{summary(cls)}\n\n{render(name, map(Entry, class_fields(cls)))}"
