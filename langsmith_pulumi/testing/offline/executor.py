"""The execution of one step: the pending operation, the provider's call, and the new state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from .errors import CutOffError, OfflineError, ProtectedError
from .state import Entry, Operation, now, with_outputs
from .steps import Op, Step, diff_inputs
from .values import same_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from .plugin import Plugin, ReadResponse
    from .snapshot import Snapshot
    from .values import Properties

T = TypeVar("T")


@dataclass(frozen=True)
class Executor:
    """Executes steps; in a dry run it calls nothing, and outputs are the inputs."""

    snapshot: Snapshot
    plugin: Plugin
    deleted: set[str]
    dry_run: bool

    def execute(self, step: Step) -> Step:
        """Execute a step, and return it with its actual result."""
        if step.op in (Op.CREATE, Op.CREATE_REPLACEMENT) and step.new:
            return replace(step, new=self._create(step.old, step.new))
        if step.op == Op.UPDATE and step.old and step.new:
            return replace(step, new=self._update(step.old, step.new))
        if step.op == Op.SAME and step.old and step.new:
            return replace(step, new=self._keep(step.old, step.new))
        if step.op in (Op.DELETE, Op.DELETE_REPLACED) and step.old:
            self._delete(step.old, replacing=step.op == Op.DELETE_REPLACED)
        if step.op == Op.REFRESH and step.old:
            return self._refresh(step, step.old)
        return step

    def _create(self, old: Entry | None, new: Entry) -> Entry:
        operation = self.snapshot.begin("creating", new)
        id_, outputs = self._record_failure(operation, lambda: self._call_create(new))
        created = now()
        result = with_outputs(new.copy_with(id=id_, created=created, modified=created), outputs)
        if old and not old.pending_replacement:
            self.snapshot.supersede(operation, old=old, new=result)
        else:
            self.snapshot.succeed(operation, old=old, new=result)
        return result

    def _call_create(self, new: Entry) -> tuple[str, Properties]:
        if not new.custom:
            return "", {}
        return ("", new.inputs) if self.dry_run else self.plugin.create(new.urn, new.inputs)

    def _update(self, old: Entry, new: Entry) -> Entry:
        new = new.copy_with(id=old.id, created=old.created, modified=old.modified)
        operation = self.snapshot.begin("updating", new)
        outputs = self._record_failure(operation, lambda: self._call_update(old, new))
        modified = now() if new.custom else old.modified
        result = with_outputs(new.copy_with(modified=modified), outputs)
        self.snapshot.succeed(operation, old=old, new=result)
        return result

    def _call_update(self, old: Entry, new: Entry) -> Properties:
        if not new.custom:
            return {}
        return new.inputs if self.dry_run else self.plugin.update(old, new.urn, new.inputs)

    def _keep(self, old: Entry, new: Entry) -> Entry:
        kept = new.copy_with(id=old.id, created=old.created, modified=old.modified)
        result = with_outputs(kept, old.outputs)
        self.snapshot.keep(old, result)
        return result

    def _delete(self, old: Entry, *, replacing: bool) -> None:
        if old.protect and not replacing:
            raise ProtectedError(old.urn, _protected_message(old.urn))
        operation = self.snapshot.begin("deleting", old)
        self._record_failure(operation, lambda: self._call_delete(old))
        if replacing and not (old.delete or old.pending_replacement):
            # Until its replacement is created, the state marks the resource as to be replaced.
            self.snapshot.amend(old, operation, pending_replacement=True)
        else:
            self.snapshot.succeed(operation, old=old, new=None)

    def _call_delete(self, old: Entry) -> None:
        retained = old.external or old.retain_on_delete or old.deleted_with in self.deleted
        # An entry with a pending replacement was deleted by an earlier run.
        nothing_to_delete = old.is_provider or old.pending_replacement
        if old.custom and not retained and not nothing_to_delete and not self.dry_run:
            self.plugin.delete(old)

    def _record_failure(self, operation: Operation, call: Callable[[], T]) -> T:
        try:
            return call()
        except CutOffError:
            raise  # The call may have taken effect, so the operation stays pending.
        except OfflineError:
            self.snapshot.fail(operation)
            raise

    def _refresh(self, step: Step, old: Entry) -> Step:
        if not old.custom or old.is_provider or old.pending_replacement:
            return replace(step, op=Op.SAME)
        response = self.plugin.read(old.urn, old.id, old.inputs, old.outputs)
        if not response.id:
            self.snapshot.drop(old)
            return replace(step, op=Op.DELETE, new=None)
        new = _with_response(old, response)
        changes = {key: getattr(new, key) for key in ("id", "inputs", "outputs", "modified")}
        self.snapshot.amend(old, **changes)
        return replace(step, op=Op.UPDATE if self._has_drift(old, new) else Op.SAME, new=new)

    def _has_drift(self, old: Entry, new: Entry) -> bool:
        # A refresh reports the differences that the next `up` would undo.
        if old.external:
            return not same_value(old.outputs, new.outputs)
        diff = self.plugin.diff(new.urn, new, old.inputs)
        if diff.changed is None:
            diff = diff_inputs(new.inputs, old.inputs)
        return bool(diff.changed)


def _with_response(old: Entry, response: ReadResponse) -> Entry:
    inputs = old.inputs if response.inputs is None else response.inputs
    new = with_outputs(old.copy_with(id=response.id, inputs=inputs), response.outputs)
    is_same = same_value(old.inputs, new.inputs) and same_value(old.outputs, new.outputs)
    return new if is_same else new.copy_with(modified=now())


def _protected_message(urn: str) -> str:
    return (
        f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
        "remove the `protect` flag from the resource in your Pulumi program, run `up`, and try "
        "again"
    )
