"""Write changes.md from the table of changes. Run by `make docs`; a test compares the page."""

from __future__ import annotations

from pathlib import Path

from langsmith_pulumi.control_plane.models import ResourceSpec
from langsmith_pulumi.provider.changes import (
    FIELDS,
    LISTENER_FIELDS,
    RESOURCE_SPEC,
    Field,
    Impact,
)

PAGE = Path(__file__).parent / "changes.md"

_HEAD = """\
# What each change costs

Generated from the table in `langsmith_pulumi/provider/changes.py`, which also makes the plan. Do
not edit this page.

Where public sources contradict each other, the costlier change is predicted. If the service then
does less, `up` waits for the revision that exists and says so.

Fields that a program leaves out are not managed: a default of the service is no change. A field
that is removed from the program keeps its last value: the plan shows an update in place, which
sends no request and ends the management of the field. `secrets` and
`environment_variables` are one set: a variable that neither names is removed, and one that moves
between them with its value changes the state alone.
"""

_KINDS = {
    Impact.REPLACE: "Replaces the deployment: its database and threads are lost",
    Impact.REVISION: "Makes a new revision: built and deployed again while the old one serves",
    Impact.IN_PLACE: "Changes in place: nothing is built and nothing restarts",
}


_OF_A_LISTENER = {
    Impact.REPLACE: "Replaces the listener, and the deployments that take its id",
    Impact.IN_PLACE: "Changes the listener in place",
}


def page() -> str:
    """Return the page as Markdown."""
    sections = [_section(title, kind, FIELDS) for kind, title in _KINDS.items()]
    sections += [_section(title, kind, LISTENER_FIELDS) for kind, title in _OF_A_LISTENER.items()]
    return "\n".join([_HEAD, *sections])


def _section(title: str, kind: Impact, fields: tuple[Field, ...]) -> str:
    rows = [_row(field) for field in fields if field.impact is kind]
    return "\n".join([f"## {title}\n", "| field | why |", "| --- | --- |", *rows, ""])


def _row(field: Field) -> str:
    return f"| `{field.path}`{_parts(field)} | {field.reason} |"


def _parts(field: Field) -> str:
    if field.path != RESOURCE_SPEC:
        return ""
    return ": " + ", ".join(f"`{name}`" for name in ResourceSpec.model_fields)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
