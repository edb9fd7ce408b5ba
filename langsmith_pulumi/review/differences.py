"""What differs between a deployment's old and new state, field by field and secret by secret.

No value of a secret, no salt and no fingerprint leaves this module: of a secret only its name and
what happens to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import bags
from langsmith_pulumi.provider.changes import FIELDS, SECRETS, Change, Changed, compare, let_go

from .leaves import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from langsmith_pulumi.provider.bags import Bag
    from langsmith_pulumi.provider.changes import Field

    from .plan import State

FINGERPRINTS = "secret_fingerprints"


@dataclass(frozen=True)
class FieldChange:
    """One value that changes, by its path; None stands for "not set"."""

    path: str
    change: Change
    before: Any
    after: Any
    drift: bool = False
    """Whether the plan shows that the old value was set behind Pulumi's back."""


class SecretFate(str, Enum):
    """What happens to a secret."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNKNOWN = "value known only during up"


@dataclass(frozen=True)
class SecretChange:
    """One secret that changes: its name, never its value."""

    name: str
    fate: SecretFate
    drift: bool = False


@dataclass(frozen=True)
class Differences:
    """All that differs for one resource."""

    fields: tuple[FieldChange, ...] = ()
    secrets: tuple[SecretChange, ...] = ()
    let_go: tuple[str, ...] = ()
    """Paths that the program names no more; what they hold stays as it is."""

    @property
    def all(self) -> tuple[FieldChange | SecretChange, ...]:
        """Every change of a field or a secret."""
        return (*self.fields, *self.secrets)

    @property
    def is_drift(self) -> bool:
        """Whether there is a change, and all of it puts drift right."""
        return bool(self.all) and all(change.drift for change in self.all)

    def joined(self, other: Differences) -> Differences:
        """Both, each field and secret once."""
        return Differences(
            tuple({field.path: field for field in (*other.fields, *self.fields)}.values()),
            tuple({secret.name: secret for secret in (*other.secrets, *self.secrets)}.values()),
            self.let_go,
        )

    def makes(self, change: Change) -> bool:
        """Whether a visible change is of this kind; a changed secret makes a revision."""
        secret = bool(self.secrets) and change is Change.REVISION
        return secret or any(field.change is change for field in self.fields)


def between(
    before: State | None,
    after: State | None,
    recorded: State | None = None,
    table: Iterable[Field] = FIELDS,
) -> Differences:
    """What an update changes, among the fields of a table.

    ``recorded`` is the state before a refresh in the same preview, where there was one: what the
    refresh altered is drift.
    """
    olds, news = _known_of(before), after.inputs if after else {}
    last = _known_of(recorded) if recorded else olds
    return Differences(
        tuple(_fields(olds, news, last, _without_secrets(table))),
        tuple(_secrets(olds, news, last)),
        tuple(let_go(olds, news)) if table is FIELDS else (),
    )


def across_replacement(before: State | None, after: State | None) -> Differences:
    """What a replacement changes: secrets by name only.

    The new deployment has a new salt, so fingerprints say nothing about values here. Where the plan
    does not hold the old state, nothing can be told.
    """
    olds, news = _known_of(before), after.inputs if after else {}
    if not olds:
        return Differences()
    mine, theirs = _names(olds), _names(news)
    secrets = {
        **dict.fromkeys(theirs - mine, SecretFate.ADDED),
        **dict.fromkeys(mine - theirs, SecretFate.REMOVED),
    }
    return Differences(
        tuple(_fields(olds, news, olds, _without_secrets(FIELDS))),
        tuple(SecretChange(name, fate) for name, fate in sorted(secrets.items())),
    )


def secret_names(state: State) -> set[str]:
    """The names of a state's secrets."""
    return _names(state.inputs)


def _known_of(state: State | None) -> Bag:
    """The old side of a comparison, as the provider's diff sees it.

    That is what the last read or write left in the outputs.
    """
    outputs = (state.outputs or state.inputs) if state else {}
    return {"workspace_id": outputs.get("tenant_id"), **outputs} if outputs else {}


def _without_secrets(table: Iterable[Field]) -> list[Field]:
    return [field for field in table if field.path != SECRETS]


def _fields(olds: Bag, news: Bag, recorded: Bag, table: Iterable[Field]) -> Iterator[FieldChange]:
    for path, field in _collapsed(news, compare(olds, news, table)):
        before, after = _value(olds, field, path), _value(news, field, path)
        drift = recorded is not olds and before != _value(recorded, field, path)
        for leaf, old, new in leaves(before, after, path):
            yield FieldChange(leaf, field.change, old, new, drift)


def _value(bag: Bag, field: Field, path: str) -> Any:
    """The value at a path of the table; keys of an object that is compared by key may hold dots."""
    owner, key = bags.get(bag, field.path), path[len(field.path) + 1 :]
    return owner.get(key) if key and isinstance(owner, dict) else bags.get(bag, path)


def _collapsed(news: Bag, changes: Iterable[Changed]) -> Iterator[tuple[str, Field]]:
    """The changed paths; an object that is unknown as a whole once, with its worst cost."""
    seen: set[str] = set()
    for change in changes:
        path = _unknown_ancestor(news, change.path) or change.path
        if path not in seen:
            seen.add(path)
            yield path, change.field


def _unknown_ancestor(bag: Bag, path: str) -> str | None:
    parts = path.split(".")
    prefixes = (".".join(parts[:end]) for end in range(1, len(parts)))
    return next((prefix for prefix in prefixes if bags.is_unknown(bags.get(bag, prefix))), None)


def _secrets(olds: Bag, news: Bag, recorded: Bag) -> Iterator[SecretChange]:
    for name in _changed_secrets(olds, news):
        yield SecretChange(name, _fate(name, olds, news), _is_drift(name, olds, recorded))


def _changed_secrets(olds: Bag, news: Bag) -> list[str]:
    """The names of secrets that differ, by fingerprint or, without any, by name alone."""
    named_only = FINGERPRINTS not in olds and FINGERPRINTS not in news
    if named_only and isinstance(news.get(SECRETS), dict):
        return sorted(_names(olds) ^ _names(news))
    secrets = [field for field in FIELDS if field.path == SECRETS]
    return [change.path.partition(".")[2] for change in compare(olds, news, secrets)]


def _fate(name: str, olds: Bag, news: Bag) -> SecretFate:
    before, after = _names(olds), _names(news)
    if not name or _is_pending(name, news):
        return SecretFate.UNKNOWN
    if name not in before:
        return SecretFate.ADDED
    return SecretFate.CHANGED if name in after else SecretFate.REMOVED


def _is_pending(name: str, news: Bag) -> bool:
    prints = news.get(FINGERPRINTS)
    return isinstance(prints, dict) and bags.is_unknown(prints.get(name))


def _is_drift(name: str, olds: Bag, recorded: Bag) -> bool:
    """Whether a refresh altered the fingerprint, or the last one left other names than were set.

    A refresh reads the live variables into the fingerprints and leaves ``secrets`` as the program
    wrote them, so a variable that was added or removed behind Pulumi's back shows even later.
    """
    prints, last = _prints(olds), _prints(recorded)
    written = olds.get(SECRETS) if FINGERPRINTS in olds else None
    astray = isinstance(written, dict) and (name in written) != (name in prints)
    return astray or prints.get(name) != last.get(name)


def _prints(bag: Bag) -> Bag:
    prints = bag.get(FINGERPRINTS)
    return prints if isinstance(prints, dict) else {}


def _names(bag: Bag) -> set[str]:
    """The names of the secrets: live ones where they were read, else as the program wrote them."""
    for key in (FINGERPRINTS, SECRETS):
        if isinstance(bag.get(key), dict):
            return set(bag[key])
    return set()
