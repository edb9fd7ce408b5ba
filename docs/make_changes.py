"""Writes changes.md from the table of changes. Run by `make docs`; a test keeps the page fresh."""

from __future__ import annotations

from pathlib import Path

from langsmith_pulumi.control_plane.models import ResourceSpec
from langsmith_pulumi.provider.changes import FIELDS, RESOURCE_SPEC, Field, Impact

PAGE = Path(__file__).parent / "changes.md"

_HEAD = """\
# What each change costs

Made from the table in `langsmith_pulumi/provider/changes.py`, which also makes the plan; do not
edit.

Where public sources contradict each other, the costlier prediction is made. When the service then
does otherwise, `up` waits for what is there and says so.

Fields that a program leaves out are not managed: what the service fills in is no change, and a
field removed from the program keeps its last value: the plan shows an update in place, which sends
nothing and ends its management. `secrets` are one set: a variable left out of it is removed.
"""

_KINDS = {
    Impact.REPLACE: "Replaces the deployment: its database and threads are lost",
    Impact.REVISION: "Makes a new revision: built and deployed again, the old one serves meanwhile",
    Impact.IN_PLACE: "Changes in place: nothing is built, nothing restarts",
}


def page() -> str:
    """The page, as Markdown."""
    return "\n".join([_HEAD, *(_section(kind) for kind in _KINDS)])


def _section(kind: Impact) -> str:
    rows = [_row(field) for field in FIELDS if field.impact is kind]
    return "\n".join([f"## {_KINDS[kind]}\n", "| field | why |", "| --- | --- |", *rows, ""])


def _row(field: Field) -> str:
    return f"| `{field.path}`{_parts(field)} | {field.reason} |"


def _parts(field: Field) -> str:
    if field.path != RESOURCE_SPEC:
        return ""
    return ": " + ", ".join(f"`{name}`" for name in ResourceSpec.model_fields)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
