"""What a plan says that an adoption changes: the provider has compared it with what is live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import bags
from langsmith_pulumi.provider.changes import FIELDS, Change

from .differences import Differences, FieldChange, SecretChange, SecretFate
from .values import DIFFERENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import State

_FATES = {
    "variables_added": SecretFate.ADDED,
    "variables_changed": SecretFate.CHANGED,
    "variables_removed": SecretFate.REMOVED,
}


@dataclass(frozen=True)
class Adoption:
    """What becomes of a deployment that a program takes over."""

    differences: Differences = field(default_factory=Differences)
    compared: bool = False
    """Whether the live deployment could be read when the plan was made."""
    revision: bool = False
    """Whether a new revision comes of it, as far as that is known."""

    @property
    def may_rebuild(self) -> bool:
        """Whether the agent is rebuilt, or nobody knows."""
        return self.revision or not self.compared

    @property
    def removed(self) -> tuple[str, ...]:
        """The names of the live variables that are removed for good."""
        found = self.differences.secrets
        return tuple(one.name for one in found if one.fate is SecretFate.REMOVED)


def read_adoption(state: State) -> Adoption:
    """Return what a plan says of an adoption; one of an older version says nothing."""
    said = state.inputs.get("adoption")
    if not isinstance(said, dict):
        return Adoption()
    rows = said.get("differences")
    fields = tuple(_fields(rows if isinstance(rows, list) else [], state))
    secrets = tuple(
        SecretChange(name, fate) for key, fate in _FATES.items() for name in _texts(said.get(key))
    )
    return Adoption(
        Differences(fields, secrets), said.get("compared") is True, said.get("revision") is True
    )


def _fields(rows: list[Any], state: State) -> Iterator[FieldChange]:
    for row in rows:
        path = row.get("path") if isinstance(row, dict) else None
        if isinstance(path, str):
            yield FieldChange(
                path, _cost(path), row.get("live", DIFFERENT), bags.get(state.inputs, path)
            )


def _cost(path: str) -> Change:
    covering = (f.change for f in FIELDS if path == f.path or path.startswith(f"{f.path}."))
    return next(covering, Change.REVISION)


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
