"""The plan of a registration: find the old state, check and diff by the provider, decide.

Registrations are planned one at a time, in the order of arrival, while `update.py` runs the steps
of earlier ones.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .aliases import Naming
from .errors import StepFailedError, StoppedError
from .events import ERROR, Diagnostic
from .paths import reset
from .steps import Decision, Diff, Op, Step, decide, diff_inputs, replacement_steps
from .urns import EVERYTHING, Selection, make_urn, urn_name
from .values import UNKNOWN, Properties, redact

if TYPE_CHECKING:
    from collections.abc import Callable

    from .goal import Goal
    from .plugin import CheckFailure, Plugin
    from .snapshot import Snapshot
    from .state import Entry


@dataclass
class Planner:
    """The planner of registrations, with the URNs that this run has registered and replaced."""

    project: str
    stack: str
    snapshot: Snapshot
    plugin: Plugin
    report: Callable[[Diagnostic], None]
    dry_run: bool
    selected: Selection = EVERYTHING
    registered: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    """New resources that the selection excludes."""
    former: dict[str, str] = field(default_factory=dict)
    """The former URN of each renamed resource."""
    renamed: dict[str, str] = field(default_factory=dict)
    """The same, by former URN."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._initial_urns = {entry.urn for entry in self.snapshot.remaining if not entry.delete}

    def plan(self, goal: Goal, provider: Callable[[], str]) -> list[Step]:
        """Return the steps of a registration; `provider` returns a provider reference."""
        with self._lock:
            urn = self._register(goal)
            old = self._find_old(urn, goal)
            reference = provider() if goal.custom else ""
            aliases = [old.urn] if old and old.urn != urn else []
            new = goal.entry(urn, provider=reference, aliases=aliases)
            if not self.selected.includes(urn, old.urn if old else ""):
                return [self._skip(old, new)]
            self._require_dependencies(new)
            return self._steps(goal, old, new)

    def _skip(self, old: Entry | None, new: Entry) -> Step:
        """Return the step of an excluded resource, without a call of its provider."""
        if old is not None:
            return Step(Op.SAME, new.urn, old, old)
        self.skipped.add(new.urn)
        return Step(Op.SKIPPED, new.urn, None, new)

    def _require_dependencies(self, new: Entry) -> None:
        missing = sorted(self.skipped & set(new.needs))
        if missing:
            raise StepFailedError(
                new.urn,
                f"resource '{new.urn}' depends on '{missing[0]}', which does not exist and is left "
                "out of this operation: add it with --target, or do without --exclude",
            )

    def _register(self, goal: Goal) -> str:
        if goal.parent and goal.parent not in self.registered:
            raise StepFailedError("", f"could not find parent resource {goal.parent}")
        urn = make_urn(self.stack, self.project, goal.parent, goal.type, goal.name)
        if urn in self.registered:
            raise StepFailedError(
                urn, f"Duplicate resource URN '{urn}'; try giving it a unique name"
            )
        self.registered.add(urn)
        return urn

    def _find_old(self, urn: str, goal: Goal) -> Entry | None:
        """Return the old state of a resource, under its URN or a former one, or None."""
        if urn in self.renamed:
            raise StepFailedError(
                urn, f"Duplicate resource URN '{urn}': {_alias_conflict(urn, self.renamed[urn])}"
            )
        if old := self.snapshot.old(urn):
            return old
        naming = Naming(self.stack, self.project, goal.parent, goal.type, goal.name)
        formers = naming.former_urns(goal.aliases, self.former)
        former = next((name for name in formers if name in self._initial_urns), None)
        if former is None or former == urn:
            return None
        if former in self.renamed or former in self.registered:
            taken = _alias_conflict(former, self.renamed.get(former, former))
            raise StepFailedError(urn, f"Duplicate resource alias '{former}': {taken}")
        self.former[urn] = former
        self.renamed[former] = urn
        return self.snapshot.old(former)

    def _steps(self, goal: Goal, old: Entry | None, new: Entry) -> list[Step]:
        deleted = new.urn in self.deleted
        ignores_old = deleted or (old and (old.external or self._is_forced(new.urn, old)))
        known = None if ignores_old else old
        new = self._check(new, known)
        if old is None:
            return [Step(Op.CREATE, new.urn, None, new)]
        if deleted:
            self.replaced.add(new.urn)
            deleted_entry = old.copy_with(pending_replacement=True)
            return replacement_steps(deleted_entry, new, Decision(Op.REPLACE, delete_first=True))
        if old.external:
            return replacement_steps(old, new, Decision(Op.REPLACE))
        decision = decide(
            old, new, self._diff(old, new), delete_before_replace=goal.delete_before_replace
        )
        if decision.op is Op.REPLACE:
            return self._replace(goal, old, new, decision)
        return [Step(decision.op, new.urn, old, new)]

    def _replace(self, goal: Goal, old: Entry, new: Entry, decision: Decision) -> list[Step]:
        if old.protect and new.protect:
            self._report_protected(new.urn, "")
        self.replaced.add(new.urn)
        # A new resource must not inherit values that `check` took from the old inputs.
        # A forced replacement was checked without them already.
        if not self._is_forced(new.urn, old):
            new = self._check(new.copy_with(inputs=goal.inputs), None)
        first = self._delete_dependents(old) if decision.delete_first else []
        if decision.delete_first:
            self.deleted.add(old.urn)
        return [*first, *replacement_steps(old, new, decision)]

    def _delete_dependents(self, root: Entry) -> list[Step]:
        to_delete = self._dependents_to_replace(root)
        for entry in to_delete:
            if entry.protect:
                self._report_protected(entry.urn, f" as part of replacing {root.urn}")
        self.deleted |= {entry.urn for entry in to_delete}
        # Entries with a pending replacement were deleted by an earlier run.
        existing = [entry for entry in reversed(to_delete) if not entry.pending_replacement]
        return [Step(Op.DELETE_REPLACED, entry.urn, entry, None) for entry in existing]

    def _dependents_to_replace(self, root: Entry) -> list[Entry]:
        to_delete = {root.urn}
        found: list[Entry] = []
        for entry in self.snapshot.dependents(root.urn):
            fixed = entry.urn in self.registered or entry.urn in self.deleted or not entry.custom
            if not fixed and not entry.external and self._must_be_replaced(entry, to_delete):
                to_delete.add(entry.urn)
                found.append(entry)
        return found

    def _must_be_replaced(self, entry: Entry, to_delete: set[str]) -> bool:
        if entry.deleted_with in to_delete:
            return True
        unknown_keys = {
            k for k, urns in entry.property_dependencies.items() if to_delete & set(urns)
        }
        if not unknown_keys & entry.inputs.keys():
            return False
        inputs = {k: UNKNOWN if k in unknown_keys else v for k, v in entry.inputs.items()}
        new = entry.copy_with(inputs=inputs)
        return decide(entry, new, self._provider_diff(entry, new)).op is Op.REPLACE

    def _is_forced(self, urn: str, old: Entry) -> bool:
        """Return True if the user forces the replacement, regardless of the provider's diff."""
        return urn in self.selected.replace or old.taint

    def _diff(self, old: Entry, new: Entry) -> Diff:
        if self._is_forced(new.urn, old):
            return Diff(changed=True, replaces=("id",))
        if new.deleted_with in self.replaced:
            return Diff(changed=True, replaces=("deletedWith",))
        if old.provider != new.provider:
            return Diff(changed=True, replaces=("provider",))
        return self._provider_diff(old, new) if new.custom else diff_inputs(old.inputs, new.inputs)

    def _provider_diff(self, old: Entry, new: Entry) -> Diff:
        diff = self.plugin.diff(new.urn, old, new.inputs)
        return diff_inputs(old.inputs, new.inputs) if diff.changed is None else diff

    def _check(self, new: Entry, old: Entry | None) -> Entry:
        if not new.custom:
            return new
        news = reset(new.inputs, old.inputs, new.ignore_changes) if old else new.inputs
        inputs, failures = self.plugin.check(new.urn, old.inputs if old else {}, news)
        for failure in failures:
            message = f"{new.type} resource '{urn_name(new.urn)}'{_format_failure(failure, inputs)}"
            self.report(Diagnostic(new.urn, message, ERROR))
        if failures:
            raise StoppedError(f"resource {new.urn} is invalid")
        return new.copy_with(inputs=inputs)

    def _report_protected(self, urn: str, because: str) -> None:
        message = (
            f'unable to replace resource "{urn}"{because}\nas it is currently marked for '
            "protection. To unprotect the resource, remove the `protect` flag from the resource "
            "in your Pulumi program and run `up` again"
        )
        if not self.dry_run:
            raise StepFailedError(urn, message)
        self.report(Diagnostic(urn, message, ERROR))


def _alias_conflict(former: str, user: str) -> str:
    if user == former:
        return "a resource of the program still has that name; give the alias or the name up"
    return f"{user} has it as an alias already, and only one resource can be found under it"


def _format_failure(failure: CheckFailure, inputs: Properties) -> str:
    if not failure.property:
        return f" has a problem: {failure.reason}"
    value = inputs.get(failure.property)
    shown = "<nil>" if value is None else redact(value)
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return f": property {failure.property} value {{{text}}} has a problem: {failure.reason}"
