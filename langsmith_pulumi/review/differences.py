"""Differences between a deployment's old and new state, by field and by secret.

No value of a secret, no salt and no fingerprint leaves this module: only the name of a secret and
what happens to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import properties
from langsmith_pulumi.provider.changes import (
    FIELDS,
    ChangedField,
    Impact,
    compare,
    unmanaged,
)
from langsmith_pulumi.provider.variables import (
    ENVIRONMENT_VARIABLES,
    FINGERPRINTS,
    SECRETS,
    VARIABLE_MAPS,
    map_of,
    moved_variables,
    variable_map,
)

from .drift import Drift, drift_of, fingerprints_in, last_known
from .leaves import leaves
from .plan import SECRET
from .values import DIFFERENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from langsmith_pulumi.provider.changes import Field
    from langsmith_pulumi.provider.properties import Properties

    from .plan import State


@dataclass(frozen=True)
class FieldChange:
    """One value that changes, by its path; None means "not set"."""

    path: str
    impact: Impact
    before: Any
    after: Any
    drift: bool = False
    """True if the plan shows that the old value was set outside of the program."""


class SecretAction(str, Enum):
    """An action on a secret."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNKNOWN = "value known only during up"


@dataclass(frozen=True)
class SecretChange:
    """One secret that changes: its name, never its value."""

    name: str
    action: SecretAction
    drift: bool = False


@dataclass(frozen=True)
class MovedVariable:
    """A variable that moves with its value between ``secrets`` and ``environment_variables``."""

    name: str
    to: str
    """The name of the new map."""


@dataclass(frozen=True)
class Differences:
    """All differences of one resource."""

    fields: tuple[FieldChange, ...] = ()
    secrets: tuple[SecretChange, ...] = ()
    unmanaged: tuple[str, ...] = ()
    """Paths that the program no longer names; their values stay as they are."""
    moved: tuple[MovedVariable, ...] = ()

    @property
    def all(self) -> tuple[FieldChange | SecretChange, ...]:
        """Return every change of a field or a secret."""
        return (*self.fields, *self.secrets)

    @property
    def is_drift(self) -> bool:
        """Return True if there are changes and all of them correct drift."""
        return bool(self.all) and all(change.drift for change in self.all)

    def merged(self, other: Differences) -> Differences:
        """Return both, each field and secret once."""
        return Differences(
            tuple({field.path: field for field in (*other.fields, *self.fields)}.values()),
            tuple({secret.name: secret for secret in (*other.secrets, *self.secrets)}.values()),
            self.unmanaged,
            self.moved,
        )

    def with_values_of(self, state: State) -> Differences:
        """Return the differences with the variables that a state has in clear among the fields.

        A rollout compares all variables by their fingerprints and knows no values.
        """
        shown = variable_map(state.inputs, ENVIRONMENT_VARIABLES)
        fields = [
            FieldChange(
                f"{ENVIRONMENT_VARIABLES}.{one.name}",
                Impact.REVISION,
                None if one.action is SecretAction.ADDED else DIFFERENT,
                shown[one.name],
                one.drift,
            )
            for one in self.secrets
            if one.name in shown
        ]
        secrets = tuple(one for one in self.secrets if one.name not in shown)
        return replace(self, fields=(*self.fields, *fields), secrets=secrets)

    def include(self, impact: Impact) -> bool:
        """Return True if a visible change costs this; a changed secret makes a revision."""
        secret = bool(self.secrets) and impact is Impact.REVISION
        return secret or any(field.impact is impact for field in self.fields)


def between(
    before: State | None,
    after: State | None,
    before_refresh: State | None = None,
    table: Iterable[Field] = FIELDS,
) -> Differences:
    """Return what an update changes, among the fields of a table.

    ``before_refresh`` is the state before a refresh in the same preview, if there was one: what the
    refresh altered is drift, and so is what an earlier one has named.
    """
    olds, news = last_known(before), after.inputs if after else {}
    drift = drift_of(before, before_refresh, olds)
    return Differences(
        (
            *_fields(olds, news, drift, _without_variables(table)),
            *_variables(olds, news, drift),
        ),
        tuple(_secrets(olds, news, drift)),
        tuple(unmanaged(olds, news)) if table is FIELDS else (),
        _moved(olds, news),
    )


def across_replacement(before: State | None, after: State | None) -> Differences:
    """Return what a replacement changes, with secrets compared by name only.

    The new deployment has a new salt, so its fingerprints cannot be compared with the old ones.
    Where the plan lacks the old state, there are no differences.
    """
    olds, news = last_known(before), after.inputs if after else {}
    if not olds:
        return Differences()
    old_names, new_names = _secret_names(olds), _secret_names(news)
    moved = {one.name for one in _moved(olds, news)}
    shown_before, shown = (variable_map(one, ENVIRONMENT_VARIABLES) for one in (olds, news))
    # One that changes and moves is named once, in the map that it moves to.
    secrets = {
        **dict.fromkeys(new_names - old_names - moved, SecretAction.ADDED),
        **dict.fromkeys(new_names & shown_before.keys() - moved, SecretAction.CHANGED),
        **dict.fromkeys(old_names - new_names - shown.keys() - moved, SecretAction.REMOVED),
    }
    names = sorted({*shown_before, *shown} - moved - new_names)
    variables = [
        _variable(name, olds, news, drift=False)
        for name in names
        if shown_before.get(name) != shown.get(name)
    ]
    return Differences(
        (
            *_fields(olds, news, drift_of(before, None, olds), _without_variables(FIELDS)),
            *variables,
        ),
        tuple(SecretChange(name, action) for name, action in sorted(secrets.items())),
        moved=_moved(olds, news),
    )


def secret_names(state: State) -> set[str]:
    """Return the names of a state's secrets."""
    return _secret_names(state.inputs)


def _without_variables(table: Iterable[Field]) -> list[Field]:
    return [field for field in table if field.path not in VARIABLE_MAPS]


def _moved(olds: Properties, news: Properties) -> tuple[MovedVariable, ...]:
    """Return the variables that move with their value; the others are changes."""
    changed = {change.path for change in compare(olds, news, _VARIABLE_FIELDS)}
    return tuple(
        MovedVariable(name, key)
        for name, key in moved_variables(olds, news).items()
        if f"{key}.{name}" not in changed
    )


_VARIABLE_FIELDS = [field for field in FIELDS if field.path in VARIABLE_MAPS]


def _variables(olds: Properties, news: Properties, drift: Drift) -> Iterator[FieldChange]:
    """Yield the changes of the variables that the program gives in clear."""
    if properties.is_unknown(news.get(ENVIRONMENT_VARIABLES)):
        before = DIFFERENT if variable_map(olds, ENVIRONMENT_VARIABLES) else None
        after = news[ENVIRONMENT_VARIABLES]
        yield FieldChange(ENVIRONMENT_VARIABLES, Impact.REVISION, before, after)
        return
    fields = [field for field in _VARIABLE_FIELDS if field.path == ENVIRONMENT_VARIABLES]
    for change in compare(olds, news, fields):
        name = change.path.partition(".")[2]
        if name:
            yield _variable(name, olds, news, drift=drift.of_variable(name))


def _variable(name: str, olds: Properties, news: Properties, *, drift: bool) -> FieldChange:
    """Return the change of one variable; a value that was a secret stays hidden."""
    before: Any = variable_map(olds, ENVIRONMENT_VARIABLES).get(name)
    if before is None and name in _names(olds):
        before = SECRET if name in variable_map(olds, SECRETS) else DIFFERENT
    after: Any = variable_map(news, ENVIRONMENT_VARIABLES).get(name)
    return FieldChange(f"{ENVIRONMENT_VARIABLES}.{name}", Impact.REVISION, before, after, drift)


def _fields(
    olds: Properties, news: Properties, drift: Drift, table: Iterable[Field]
) -> Iterator[FieldChange]:
    for path, field in _collapsed(news, compare(olds, news, table)):
        before, after = _value(olds, field, path), _value(news, field, path)
        drifted = drift.of_value(path, before, _value(drift.recorded, field, path))
        for leaf, old, new in leaves(before, after, path):
            yield FieldChange(leaf, field.impact, old, new, drifted)


def _value(inputs: Properties, field: Field, path: str) -> Any:
    """Return the value at a path; keys of an object that is compared by key may hold dots."""
    owner, key = properties.get_path(inputs, field.path), path[len(field.path) + 1 :]
    return owner.get(key) if key and isinstance(owner, dict) else properties.get_path(inputs, path)


def _collapsed(news: Properties, changes: Iterable[ChangedField]) -> Iterator[tuple[str, Field]]:
    """Yield the changed paths; an object that is unknown as a whole once, at its highest cost."""
    seen: set[str] = set()
    for change in changes:
        path = _unknown_ancestor(news, change.path) or change.path
        if path not in seen:
            seen.add(path)
            yield path, change.field


def _unknown_ancestor(inputs: Properties, path: str) -> str | None:
    parts = path.split(".")
    prefixes = (".".join(parts[:end]) for end in range(1, len(parts)))
    return next(
        (p for p in prefixes if properties.is_unknown(properties.get_path(inputs, p))), None
    )


def _secrets(olds: Properties, news: Properties, drift: Drift) -> Iterator[SecretChange]:
    for name in _changed_secrets(olds, news):
        yield SecretChange(name, _action(name, olds, news), drift.of_variable(name))


def _changed_secrets(olds: Properties, news: Properties) -> list[str]:
    """Return the names of secrets that differ, by fingerprint or, without any, by name alone."""
    by_name_only = FINGERPRINTS not in olds and FINGERPRINTS not in news
    if by_name_only and isinstance(news.get(SECRETS), dict):
        names = _names(olds) ^ _names(news)
        return sorted(name for name in names if map_of(name, olds, news) == SECRETS)
    secrets = [field for field in FIELDS if field.path == SECRETS]
    return [change.path.partition(".")[2] for change in compare(olds, news, secrets)]


def _action(name: str, olds: Properties, news: Properties) -> SecretAction:
    before, after = _names(olds), _names(news)
    if not name or properties.is_unknown(fingerprints_in(news).get(name)):
        return SecretAction.UNKNOWN
    if name not in before:
        return SecretAction.ADDED
    return SecretAction.CHANGED if name in after else SecretAction.REMOVED


def _names(inputs: Properties) -> set[str]:
    """Return the names of the variables: the live ones if known, else those of the program."""
    if isinstance(inputs.get(FINGERPRINTS), dict):
        return set(inputs[FINGERPRINTS])
    return {name for key in VARIABLE_MAPS for name in variable_map(inputs, key)}


def _secret_names(inputs: Properties) -> set[str]:
    return _names(inputs) - variable_map(inputs, ENVIRONMENT_VARIABLES).keys()
