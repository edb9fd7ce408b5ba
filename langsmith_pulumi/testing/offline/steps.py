"""Which steps a resource needs: judgement only, nothing is called and nothing is changed here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .paths import contains, parse_path
from .urns import ROOT_STACK_TYPE, is_provider_type, urn_name, urn_type
from .values import Bag, same_value, strip_secrets

if TYPE_CHECKING:
    from .state import Entry


class Op(str, Enum):
    """The kinds of steps, by Pulumi's names."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    REFRESH = "refresh"
    SKIPPED = "skipped"
    """Would be made, and is left out of the operation; Pulumi has no name for it."""


@dataclass(frozen=True)
class Change:
    """What a provider says of the difference between two states; None: it does not say."""

    changed: bool | None = None
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Step:
    """One operation on one resource: the state before and the state it leads to."""

    op: Op
    urn: str
    old: Entry | None = None
    new: Entry | None = None
    replace_reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return urn_name(self.urn)

    @property
    def type(self) -> str:
        """The resource's type."""
        return urn_type(self.urn)

    @property
    def is_stack(self) -> bool:
        """Whether it is about the stack itself."""
        return self.type == ROOT_STACK_TYPE

    @property
    def is_provider(self) -> bool:
        """Whether it is about a provider, which people are not told of."""
        return is_provider_type(self.type)

    @property
    def provider(self) -> str:
        """The reference of the provider that serves the resource."""
        entry = self.new or self.old
        return entry.provider if entry else ""


@dataclass(frozen=True)
class Verdict:
    """What a comparison of old and new comes to."""

    op: Op
    reasons: tuple[str, ...] = ()
    delete_first: bool = False


def judge(
    old: Entry, new: Entry, change: Change, *, delete_before_replace: bool | None = None
) -> Verdict:
    """Same, update or replace; the user's word on the order of a replacement beats the provider's.

    `delete_before_replace` is the resource option, None when the program does not set it.
    """
    if not change.changed and not old.pending_replacement:
        return Verdict(Op.SAME)
    reasons = (*change.replaces, *_replace_on_changes(old, new, change))
    if not reasons and not old.pending_replacement:
        return Verdict(Op.UPDATE)
    asked = change.delete_before_replace
    delete_first = asked if delete_before_replace is None else delete_before_replace
    return Verdict(Op.REPLACE, tuple(dict.fromkeys(reasons)), delete_first)


def changed_keys(old: Bag, new: Bag) -> list[str]:
    """The top-level properties that differ."""
    return sorted(
        key
        for key in old.keys() | new.keys()
        if key not in old or key not in new or not same_value(old[key], new[key])
    )


def compared(old: Bag, new: Bag) -> Change:
    """The change between two sets of inputs, for when no provider judges it."""
    return Change(changed=bool(changed_keys(strip_secrets(old), strip_secrets(new))))


def _replace_on_changes(old: Entry, new: Entry, change: Change) -> list[str]:
    if not change.changed or not new.replace_on_changes:
        return []
    paths = [parse_path(text) for text in new.replace_on_changes]
    keys = changed_keys(old.inputs, new.inputs)
    return [key for key in keys if any(contains(path, [key]) for path in paths)]


def replacement(old: Entry, new: Entry, verdict: Verdict) -> list[Step]:
    """The steps of a replacement, dependents aside."""
    left = old.but(pending_replacement=True) if verdict.delete_first else old
    replace = Step(Op.REPLACE, new.urn, left, new, verdict.reasons)
    create = Step(Op.CREATE_REPLACEMENT, new.urn, left, new, verdict.reasons)
    if not verdict.delete_first:
        return [create, replace]
    gone = old.pending_replacement  # an earlier run has deleted it already
    delete = [] if gone else [Step(Op.DELETE_REPLACED, old.urn, old, None)]
    return [*delete, replace, create]


def is_shown(step: Step) -> bool:
    """Whether people are told of a step: a replacement is one row, providers are none."""
    hidden = {Op.SAME, Op.SKIPPED, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.REFRESH}
    return step.op not in hidden and not step.is_provider
