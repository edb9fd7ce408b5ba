"""Declares the things and exports of spec.json.

Inside props, `{"ref": ["a", "size"]}` is an output of thing a and `{"hidden": "x"}` a secret.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
from toy_provider import Thing  # type: ignore[import-not-found]  # beside this file

SPEC = json.loads(Path("spec.json").read_text(encoding="utf-8"))
made: dict[str, pulumi.Resource] = {}


class Group(pulumi.ComponentResource):
    """A component, as a parent of things."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__("toy:index:Group", name, props, opts)
        self.register_outputs({"group": name})


def resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"ref"}:
        return getattr(made[value["ref"][0]], value["ref"][1])
    if set(value) == {"hidden"}:
        return pulumi.Output.secret(value["hidden"])
    return {key: resolved(item) for key, item in value.items()}


def alias(former: Any) -> Any:
    """Return the alias of a former name, of `Alias` arguments, or of `{"urn": ...}`."""
    if isinstance(former, str):
        return pulumi.Alias(name=former)
    if "urn" in former:
        return former["urn"]
    parent = former.get("parent", ...)
    return pulumi.Alias(**{**former, "parent": made.get(parent, parent)})


def options(given: dict[str, Any]) -> pulumi.ResourceOptions:
    for key in ("parent", "deleted_with"):
        if key in given:
            given[key] = made[given[key]]
    if "aliases" in given:
        given["aliases"] = [alias(former) for former in given["aliases"]]
    if "depends_on" in given:
        given["depends_on"] = [made[name] for name in given["depends_on"]]
    return pulumi.ResourceOptions(**given)


for item in SPEC["things"]:
    kind = Group if item.get("group") else Thing
    made[item["name"]] = kind(
        item["name"], resolved(item.get("props", {})), options(item.get("opts", {}))
    )
for name, value in SPEC.get("exports", {}).items():
    pulumi.export(name, resolved(value))
for line in SPEC.get("print", []):
    print(line)
if "raise" in SPEC:
    raise RuntimeError(SPEC["raise"])
