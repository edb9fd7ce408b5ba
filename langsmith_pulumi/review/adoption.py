"""The provider's comparison of an adopted deployment, as a plan holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import properties
from langsmith_pulumi.provider.changes import FIELDS, Impact
from langsmith_pulumi.provider.variables import ENVIRONMENT_VARIABLES, variable_map

from .differences import Differences, FieldChange, SecretAction, SecretChange
from .values import DIFFERENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import State

_SECRET_ACTIONS = {
    "variables_added": SecretAction.ADDED,
    "variables_changed": SecretAction.CHANGED,
    "variables_removed": SecretAction.REMOVED,
}


@dataclass(frozen=True)
class Adoption:
    """The provider's comparison of the live deployment with the program that adopts it."""

    differences: Differences = field(default_factory=Differences)
    compared: bool = False
    """True if the live deployment could be read when the plan was made."""
    revision: bool = False
    """True if a new revision is made, as far as that is known."""

    @property
    def may_rebuild(self) -> bool:
        """Return True unless it is known that no revision is made."""
        return self.revision or not self.compared

    @property
    def removed(self) -> tuple[str, ...]:
        """Return the live variables that the adoption removes."""
        secrets = self.differences.secrets
        return tuple(one.name for one in secrets if one.action is SecretAction.REMOVED)


def adoption_of(state: State) -> Adoption:
    """Return the comparison in a state; plans of older versions have none."""
    found = state.inputs.get("adoption")
    if not isinstance(found, dict):
        return Adoption()
    rows = found.get("differences")
    fields = tuple(_adopted_fields(rows if isinstance(rows, list) else [], state))
    secrets = tuple(
        SecretChange(name, action)
        for key, action in _SECRET_ACTIONS.items()
        for name in _texts(found.get(key))
    )
    return Adoption(
        Differences(fields, secrets), found.get("compared") is True, found.get("revision") is True
    )


def _adopted_fields(rows: list[Any], state: State) -> Iterator[FieldChange]:
    for row in rows:
        path = row.get("path") if isinstance(row, dict) else None
        if isinstance(path, str):
            yield FieldChange(
                path,
                _cost(path),
                row.get("live", DIFFERENT),
                _wanted(state, path),
            )


def _wanted(state: State, path: str) -> Any:
    """Return the program's value at a path; the name of a variable may hold dots."""
    key, _, name = path.partition(".")
    if key == ENVIRONMENT_VARIABLES and name:
        return variable_map(state.inputs, key).get(name)
    return properties.get_path(state.inputs, path)


def _cost(path: str) -> Impact:
    covering = (f.impact for f in FIELDS if path == f.path or path.startswith(f"{f.path}."))
    return next(covering, Impact.REVISION)


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
