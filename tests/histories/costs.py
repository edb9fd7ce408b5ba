"""What each argument costs to change, told once more and by hand.

The provider has a table of its own, and both plan and deed come from it, so they could be wrong
together. This one was written from the documentation of the arguments and imports nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

Flat = dict[str, Any]
"""The arguments of one deployment by path: ``{"source_config.resource_spec.cpu": 2}``."""

SPEC = "source_config.resource_spec."
NAMESPACE = "source_config.listener_config.k8s_namespace"


class Cost(IntEnum):
    """What a change of an argument does, the gravest last."""

    NOTHING = 0
    IN_PLACE = 1
    REVISION = 2
    REPLACE = 3


_COSTS = {
    Cost.REPLACE: (
        "name",
        "source",
        "workspace_id",
        "source_config.integration_id",
        "source_config.deployment_type",
        "source_config.listener_id",
        "source_config.template_id",
        NAMESPACE,
    ),
    Cost.REVISION: (
        "secrets",
        "triggers",
        "secret_references",
        "revision_source",
        "tracked_packages",
        "route_through_gateway",
        "source_config.install_command",
        "source_config.build_command",
        "source_revision_config.repo_ref",
        "source_revision_config.langgraph_config_path",
        "source_revision_config.image_uri",
        "source_revision_config.source_tarball_path",
    ),
    Cost.IN_PLACE: (
        "display_name",
        "delete_tracing_project",
        "rollout_timeout",
        "source_config.build_on_push",
        "source_config.custom_url",
        "source_config.repo_url",
    ),
}
_COST_OF = {path: cost for cost, paths in _COSTS.items() for path in paths}

UNSENT = frozenset({"triggers", "delete_tracing_project", "rollout_timeout"})
"""Arguments that the control plane never hears of."""

MAKES_REVISION = ("secrets", "secret_references", SPEC, "revision_source", "source_revision_config")
"""What a PATCH makes a revision for; the others of that cost need something to come along."""

SETS = ("secrets", "triggers")
"""Owned as a whole: an entry that is left out is removed."""


class Unknown:
    """A value that is known only during ``up``; it equals nothing."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "?"


UNKNOWN = Unknown()


def cost_of(path: str) -> Cost:
    """What a change of this value costs."""
    if path.startswith(SPEC):
        return Cost.REVISION
    return _COST_OF[next((name for name in SETS if path.startswith(f"{name}.")), path)]


def worst(paths: list[str]) -> Cost:
    """The gravest cost among some changes."""
    return max(map(cost_of, paths), default=Cost.NOTHING)


def changes(known: Flat, wanted: Flat) -> list[str]:
    """The paths whose wanted value is not the known one; what is not wanted is not managed."""
    return [
        found
        for path, value in wanted.items()
        for found in _changes_at(path, known.get(path), value)
    ]


def _changes_at(path: str, before: Any, after: Any) -> list[str]:
    if path in SETS and isinstance(after, dict):
        before = before if isinstance(before, dict) else {}
        names = sorted({*before, *after})
        return [f"{path}.{name}" for name in names if not alike(before.get(name), after.get(name))]
    return [] if alike(before, after) else [path]


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same and known."""
    return not holds_unknown(one) and not holds_unknown(other) and bool(one == other)


def holds_unknown(value: Any) -> bool:
    """Whether anything in it is known only during ``up``."""
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(holds_unknown, value))
    return isinstance(value, Unknown)
