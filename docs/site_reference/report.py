"""The JSON of a report, from its schema."""

from __future__ import annotations

from typing import Any

from langsmith_pulumi.review import schema


def tables() -> str:
    """Return a table of fields for the report and for each object in it."""
    whole = schema()
    objects = whole["$defs"]
    parts = [_table("Report", whole, objects)]
    parts += [_table(name, one, objects) for name, one in objects.items() if "properties" in one]
    return "\n".join(parts)


def _table(name: str, one: dict[str, Any], objects: dict[str, Any]) -> str:
    rows = [_row(field, value, objects) for field, value in one["properties"].items()]
    head = [f"## {name}\n", f"{one.get('description', '')}\n", "| field | type | meaning |"]
    return "\n".join([*head, "| --- | --- | --- |", *rows, ""])


def _row(field: str, value: dict[str, Any], objects: dict[str, Any]) -> str:
    of_its_own = objects.get(_referred(value), {}).get("description", "")
    return f"| `{field}` | {_kind(value)} | {value.get('description', of_its_own)} |"


def _referred(value: dict[str, Any]) -> str:
    return str(value.get("$ref", "")).rpartition("/")[2]


def _kind(value: dict[str, Any]) -> str:
    if "$ref" in value:
        name = _referred(value)
        return f"[`{name}`](#{name.lower()})"
    if "anyOf" in value:
        return " or ".join(_kind(one) for one in value["anyOf"])
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if value.get("type") == "array":
        return f"list of {_kind(value['items'])}"
    return f"`{value['const']}`" if "const" in value else f"`{value.get('type', 'any')}`"
