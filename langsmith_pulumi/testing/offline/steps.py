"""The steps that resources need, as pure decisions: nothing is called or changed here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from .paths import contains, parse_path
from .urns import ROOT_STACK_TYPE, is_provider_type, urn_name, urn_type
from .values import Properties, same_value, strip_secrets

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
    """A create that is excluded from the operation; Pulumi has no name for it."""


@dataclass(frozen=True)
class Diff:
    """The diff of a provider; `changed` is None if the provider does not know."""

    changed: bool | None = None
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Step:
    """One operation on one resource: the old state and the new one."""

    op: Op
    urn: str
    old: Entry | None = None
    new: Entry | None = None
    replace_reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the resource's name in the program."""
        return urn_name(self.urn)

    @property
    def type(self) -> str:
        """Return the resource's type."""
        return urn_type(self.urn)

    @property
    def is_stack(self) -> bool:
        """Return True if the resource is the stack itself."""
        return self.type == ROOT_STACK_TYPE

    @property
    def is_provider(self) -> bool:
        """Return True if the resource is a provider, which displays leave out."""
        return is_provider_type(self.type)

    @property
    def provider(self) -> str:
        """Return the reference of the resource's provider."""
        entry = self.new or self.old
        return entry.provider if entry else ""


@dataclass(frozen=True)
class Decision:
    """The operation that a diff requires."""

    op: Op
    reasons: tuple[str, ...] = ()
    delete_first: bool = False


def decide(
    old: Entry, new: Entry, diff: Diff, *, delete_before_replace: bool | None = None
) -> Decision:
    """Decide between same, update and replace, and on the order of a replacement.

    `delete_before_replace` is the resource option, None if the program does not set it; it takes
    precedence over the provider's diff.
    """
    if not diff.changed and not old.pending_replacement:
        return Decision(Op.SAME)
    reasons = (*diff.replaces, *_replace_on_changes(old, new, diff))
    if not reasons and not old.pending_replacement:
        return Decision(Op.UPDATE)
    by_provider = diff.delete_before_replace
    delete_first = by_provider if delete_before_replace is None else delete_before_replace
    return Decision(Op.REPLACE, tuple(dict.fromkeys(reasons)), delete_first)


def changed_keys(old: Properties, new: Properties) -> list[str]:
    """Return the top-level properties that differ."""
    return sorted(
        key
        for key in old.keys() | new.keys()
        if key not in old or key not in new or not same_value(old[key], new[key])
    )


def diff_inputs(old: Properties, new: Properties) -> Diff:
    """Return the diff of two sets of inputs, for when the provider does not know."""
    return Diff(changed=bool(changed_keys(strip_secrets(old), strip_secrets(new))))


def _replace_on_changes(old: Entry, new: Entry, diff: Diff) -> list[str]:
    if not diff.changed or not new.replace_on_changes:
        return []
    paths = [parse_path(text) for text in new.replace_on_changes]
    keys = changed_keys(old.inputs, new.inputs)
    return [key for key in keys if any(contains(path, [key]) for path in paths)]


def replacement_steps(old: Entry, new: Entry, decision: Decision) -> list[Step]:
    """Return the steps of a replacement, without those of dependents."""
    left = old.copy_with(pending_replacement=True) if decision.delete_first else old
    replace = Step(Op.REPLACE, new.urn, left, new, decision.reasons)
    create = Step(Op.CREATE_REPLACEMENT, new.urn, left, new, decision.reasons)
    if not decision.delete_first:
        return [create, replace]
    # An entry with a pending replacement was deleted by an earlier run.
    delete = [] if old.pending_replacement else [Step(Op.DELETE_REPLACED, old.urn, old, None)]
    return [*delete, replace, create]


def is_displayed(step: Step) -> bool:
    """Return True if users see the step: a replacement is one row, and providers have none."""
    hidden = {Op.SAME, Op.SKIPPED, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.REFRESH}
    return step.op not in hidden and not step.is_provider


def delete_steps(leftovers: list[Entry]) -> list[Step]:
    """Return a delete step for each entry that the program no longer declares."""
    return [Step(_delete_op(entry), entry.urn, entry, None) for entry in leftovers]


def _delete_op(entry: Entry) -> Op:
    replaced = entry.delete or entry.pending_replacement
    return Op.DELETE_REPLACED if replaced else Op.DELETE


def order_of_deletes(steps: list[Step]) -> TopologicalSorter[int]:
    """Return the order of deletes, by index; the steps are in the order of the state.

    A delete is ready when the deletes of all entries that need the resource are done. If several
    entries have its URN, the others need those of them that precede them, so there is no circle.
    """
    order: TopologicalSorter[int] = TopologicalSorter()
    before: dict[str, list[int]] = defaultdict(list)
    for index, step in enumerate(steps):
        order.add(index)
        for urn in set(step.old.needs if step.old else ()):
            for needed in before.get(urn, ()):
                order.add(needed, index)
        before[step.urn].append(index)
    order.prepare()
    return order
