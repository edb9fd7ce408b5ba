"""From a registration to its steps: find the old state, let the provider check and compare, judge.

One registration is planned at a time, in the order of arrival; carrying the steps out is the
business of `deployment.py` and goes on meanwhile.
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
from .selection import EVERYTHING, Selection
from .steps import Change, Op, Step, Verdict, compared, judge, replacement
from .urns import make_urn, urn_name
from .values import UNKNOWN, Bag, blind

if TYPE_CHECKING:
    from collections.abc import Callable

    from .goal import Goal
    from .plugin import CheckFailure, Plugin
    from .snapshot import Snapshot
    from .state import Entry


@dataclass
class Planner:
    """Plans registrations; remembers what this run has registered, replaced and deleted."""

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
    """What would be made, and is left out of the operation."""
    former: dict[str, str] = field(default_factory=dict)
    """The URN that each renamed resource was found under."""
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._begun_with = {entry.urn for entry in self.snapshot.unsettled if not entry.delete}

    def plan(self, goal: Goal, provider: Callable[[], str]) -> list[Step]:
        """The steps of a registration; `provider` gives the reference of the default provider."""
        with self._turn:
            urn = self._claim(goal)
            old = self._old(urn, goal)
            reference = provider() if goal.custom else ""
            aliases = [old.urn] if old and old.urn != urn else []
            new = goal.entry(urn, provider=reference, aliases=aliases)
            if not self.selected.includes(urn, old.urn if old else ""):
                return [self._left_out(old, new)]
            self._refuse_skipped(new)
            return self._steps(goal, old, new)

    def _left_out(self, old: Entry | None, new: Entry) -> Step:
        """Return the step of a resource that is no target: its provider is not asked."""
        if old is not None:
            return Step(Op.SAME, new.urn, old, old)
        self.skipped.add(new.urn)
        return Step(Op.SKIPPED, new.urn, None, new)

    def _refuse_skipped(self, new: Entry) -> None:
        missing = sorted(self.skipped & set(new.needs))
        if missing:
            raise StepFailedError(
                new.urn,
                f"resource '{new.urn}' depends on '{missing[0]}', which does not exist and is left "
                "out of this operation: add it with --target, or do without --exclude",
            )

    def _claim(self, goal: Goal) -> str:
        if goal.parent and goal.parent not in self.registered:
            raise StepFailedError("", f"could not find parent resource {goal.parent}")
        urn = make_urn(self.stack, self.project, goal.parent, goal.type, goal.name)
        if urn in self.registered:
            raise StepFailedError(
                urn, f"Duplicate resource URN '{urn}'; try giving it a unique name"
            )
        self.registered.add(urn)
        return urn

    def _old(self, urn: str, goal: Goal) -> Entry | None:
        """Find the old state of a resource, under its URN or else under a former one."""
        users = {former: renamed for renamed, former in self.former.items()}
        if urn in users:
            raise StepFailedError(urn, f"Duplicate resource URN '{urn}': {_taken(urn, users[urn])}")
        if old := self.snapshot.old(urn):
            return old
        naming = Naming(self.stack, self.project, goal.parent, goal.type, goal.name)
        formers = naming.former_urns(goal.aliases, self.former)
        former = next((name for name in formers if name in self._begun_with), None)
        if former is None or former == urn:
            return None
        if former in users or former in self.registered:
            taken = _taken(former, users.get(former, former))
            raise StepFailedError(urn, f"Duplicate resource alias '{former}': {taken}")
        self.former[urn] = former
        return self.snapshot.old(former)

    def _steps(self, goal: Goal, old: Entry | None, new: Entry) -> list[Step]:
        deleted = new.urn in self.deleted
        anew = deleted or (old and (old.external or self._is_forced(new.urn, old)))
        known = None if anew else old
        new = self._checked(new, known)
        if old is None:
            return [Step(Op.CREATE, new.urn, None, new)]
        if deleted:
            self.replaced.add(new.urn)
            again = old.but(pending_replacement=True)
            return replacement(again, new, Verdict(Op.REPLACE, delete_first=True))
        if old.external:
            return replacement(old, new, Verdict(Op.REPLACE))
        verdict = judge(
            old, new, self._compare(old, new), delete_before_replace=goal.delete_before_replace
        )
        if verdict.op is Op.REPLACE:
            return self._replace(goal, old, new, verdict)
        return [Step(verdict.op, new.urn, old, new)]

    def _replace(self, goal: Goal, old: Entry, new: Entry, verdict: Verdict) -> list[Step]:
        if old.protect and new.protect:
            self._refuse_protected(new.urn, "")
        self.replaced.add(new.urn)
        # What the provider kept from the old inputs does not outlive the old resource.
        # A forced replacement was checked without them to begin with.
        if not self._is_forced(new.urn, old):
            new = self._checked(new.but(inputs=goal.inputs), None)
        first = self._delete_dependents(old) if verdict.delete_first else []
        if verdict.delete_first:
            self.deleted.add(old.urn)
        return [*first, *replacement(old, new, verdict)]

    def _delete_dependents(self, root: Entry) -> list[Step]:
        doomed = self._replaced_with(root)
        for entry in doomed:
            if entry.protect:
                self._refuse_protected(entry.urn, f" as part of replacing {root.urn}")
        self.deleted |= {entry.urn for entry in doomed}
        # What an earlier run has deleted, and not yet made again, is not deleted twice.
        there = [entry for entry in reversed(doomed) if not entry.pending_replacement]
        return [Step(Op.DELETE_REPLACED, entry.urn, entry, None) for entry in there]

    def _replaced_with(self, root: Entry) -> list[Entry]:
        doomed = {root.urn}
        found: list[Entry] = []
        for entry in self.snapshot.unsettled:
            fixed = entry.urn in self.registered | self.deleted or not entry.custom
            if not fixed and not entry.external and self._falls_with(entry, doomed):
                doomed.add(entry.urn)
                found.append(entry)
        return found

    def _falls_with(self, entry: Entry, doomed: set[str]) -> bool:
        if entry.deleted_with in doomed:
            return True
        touched = {k for k, urns in entry.property_dependencies.items() if doomed & set(urns)}
        if not touched & entry.inputs.keys():
            return False
        inputs = {k: UNKNOWN if k in touched else v for k, v in entry.inputs.items()}
        new = entry.but(inputs=inputs)
        return judge(entry, new, self._asked(entry, new)).op is Op.REPLACE

    def _is_forced(self, urn: str, old: Entry) -> bool:
        """Tell whether the user asked for a replacement, in which the provider has no say."""
        return urn in self.selected.replace or old.taint

    def _compare(self, old: Entry, new: Entry) -> Change:
        if self._is_forced(new.urn, old):
            return Change(changed=True, replaces=("id",))
        if new.deleted_with in self.replaced:
            return Change(changed=True, replaces=("deletedWith",))
        if old.provider != new.provider:
            return Change(changed=True, replaces=("provider",))
        return self._asked(old, new) if new.custom else compared(old.inputs, new.inputs)

    def _asked(self, old: Entry, new: Entry) -> Change:
        change = self.plugin.diff(new.urn, old, new.inputs)
        return compared(old.inputs, new.inputs) if change.changed is None else change

    def _checked(self, new: Entry, old: Entry | None) -> Entry:
        if not new.custom:
            return new
        news = reset(new.inputs, old.inputs, new.ignore_changes) if old else new.inputs
        inputs, failures = self.plugin.check(new.urn, old.inputs if old else {}, news)
        for failure in failures:
            message = f"{new.type} resource '{urn_name(new.urn)}'{_problem(failure, inputs)}"
            self.report(Diagnostic(new.urn, message, ERROR))
        if failures:
            raise StoppedError(f"resource {new.urn} is invalid")
        return new.but(inputs=inputs)

    def _refuse_protected(self, urn: str, because: str) -> None:
        message = (
            f'unable to replace resource "{urn}"{because}\nas it is currently marked for '
            "protection. To unprotect the resource, remove the `protect` flag from the resource "
            "in your Pulumi program and run `up` again"
        )
        if not self.dry_run:
            raise StepFailedError(urn, message)
        self.report(Diagnostic(urn, message, ERROR))


def _taken(former: str, user: str) -> str:
    if user == former:
        return "a resource of the program still has that name; give the alias or the name up"
    return f"{user} has it as an alias already, and only one resource can be found under it"


def _problem(failure: CheckFailure, inputs: Bag) -> str:
    if not failure.property:
        return f" has a problem: {failure.reason}"
    value = inputs.get(failure.property)
    shown = "<nil>" if value is None else blind(value)
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return f": property {failure.property} value {{{text}}} has a problem: {failure.reason}"
