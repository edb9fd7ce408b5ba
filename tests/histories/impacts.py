"""The impact of changing each argument, written a second time, by hand.

The provider's own table decides both plan and update, so an error in it would show in neither. This
one was written from the documentation of the arguments and imports nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

Flat = dict[str, Any]
"""The arguments of one deployment by path: ``{"source_config.resource_spec.cpu": 2}``."""

SPEC = "source_config.resource_spec."
NAMESPACE = "source_config.listener_config.k8s_namespace"


class Impact(IntEnum):
    """What a change of an argument does, the most severe last."""

    NOTHING = 0
    IN_PLACE = 1
    REVISION = 2
    REPLACE = 3


_IMPACTS = {
    Impact.REPLACE: (
        "name",
        "source",
        "workspace_id",
        "source_config.integration_id",
        "source_config.deployment_type",
        "source_config.listener_id",
        "source_config.template_id",
        NAMESPACE,
    ),
    Impact.REVISION: (
        "secrets",
        "environment_variables",
        "triggers",
        "folder",
        "secret_references",
        "revision_source",
        "tracked_packages",
        "route_through_gateway",
        "compute_size",
        "source_config.install_command",
        "source_config.build_command",
        "source_revision_config.repo_ref",
        "source_revision_config.langgraph_config_path",
        "source_revision_config.image_uri",
        "source_revision_config.source_tarball_path",
    ),
    Impact.IN_PLACE: (
        "display_name",
        "delete_tracing_project",
        "rollout_timeout",
        "interrupt_stuck",
        "health_check",
        "path",
        "source_config.build_on_push",
        "source_config.custom_url",
        "source_config.repo_url",
    ),
}
_IMPACT_OF = {path: impact for impact, paths in _IMPACTS.items() for path in paths}

UNSENT = frozenset(
    {
        "triggers",
        "delete_tracing_project",
        "rollout_timeout",
        "interrupt_stuck",
        "health_check",
        "path",
    }
)
"""Arguments that are never sent to the control plane."""

SIZE = "compute_size"
"""Sent by a request of its own, which makes a revision, and not shown by the service."""

VARIABLE_MAPS = ("secrets", "environment_variables")
"""Two maps of a program that are one set of the service."""

BY_OTHERS = "variables by others"
"""The live variables that a refresh has found and the program did not name."""

MAKES_REVISION = (
    *VARIABLE_MAPS,
    "secret_references",
    SPEC,
    "revision_source",
    "source_revision_config",
)
"""Arguments for which a PATCH makes a revision; others with that impact need one of these."""

MAPS = (*VARIABLE_MAPS, "triggers")
"""Managed as a whole: an entry that is left out is removed."""


class Unknown:
    """A value that is known only during ``up``; it equals nothing."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "?"


UNKNOWN = Unknown()


def impact_of(path: str) -> Impact:
    """Return the impact of changing the value at this path."""
    if path.startswith(SPEC):
        return Impact.REVISION
    return _IMPACT_OF[next((name for name in MAPS if path.startswith(f"{name}.")), path)]


def highest_impact(paths: list[str]) -> Impact:
    """Return the most severe impact of some changes."""
    return max(map(impact_of, paths), default=Impact.NOTHING)


def changed_paths(known: Flat, wanted: Flat) -> list[str]:
    """Return the paths whose wanted value differs from the known one."""
    others = [
        found
        for path, value in wanted.items()
        if path not in VARIABLE_MAPS
        for found in _changed_at(path, known.get(path), value)
    ]
    return [*others, *_changed_variables(known, wanted)]


def variables_of(flat: Flat) -> Flat:
    """Return the variables of all maps as one set; a name without a value is not in it."""
    maps = [flat.get(key) or {} for key in (*VARIABLE_MAPS, BY_OTHERS)]
    return {name: value for one in maps for name, value in one.items() if value is not None}


def declares_variables(flat: Flat) -> bool:
    """Return True if a program names the variables, and so owns them all."""
    return any(key in flat for key in VARIABLE_MAPS)


def moved_variables(known: Flat, wanted: Flat) -> list[str]:
    """Return the names that move from one map to the other with their value."""
    before, after = variables_of(known), variables_of(wanted)
    return sorted(
        name
        for key, other in (VARIABLE_MAPS, VARIABLE_MAPS[::-1])
        for name in (wanted.get(key) or {}).keys() & (known.get(other) or {}).keys()
        if name not in (known.get(key) or {}) and is_equal(before.get(name), after.get(name))
    )


def _changed_variables(known: Flat, wanted: Flat) -> list[str]:
    if not declares_variables(wanted):
        return []
    before, after = variables_of(known), variables_of(wanted)
    return [
        f"{_map_of(name, wanted, known)}.{name}"
        for name in sorted({*before, *after})
        if not is_equal(before.get(name), after.get(name))
    ]


def _map_of(name: str, *flats: Flat) -> str:
    """Return the map that first names a variable; one that none names counts as a secret."""
    named = (key for flat in flats for key in VARIABLE_MAPS if name in (flat.get(key) or {}))
    return next(named, "secrets")


def _changed_at(path: str, before: Any, after: Any) -> list[str]:
    if path in MAPS and isinstance(after, dict):
        before = before if isinstance(before, dict) else {}
        names = sorted({*before, *after})
        return [
            f"{path}.{name}" for name in names if not is_equal(before.get(name), after.get(name))
        ]
    return [] if is_equal(before, after) else [path]


def is_equal(one: Any, other: Any) -> bool:
    """Return True if two values are known and equal."""
    return not contains_unknown(one) and not contains_unknown(other) and bool(one == other)


def contains_unknown(value: Any) -> bool:
    """Return True if any part of a value is known only during ``up``."""
    if isinstance(value, dict):
        return any(map(contains_unknown, value.values()))
    if isinstance(value, list):
        return any(map(contains_unknown, value))
    return isinstance(value, Unknown)
