"""Takes one step: the begin record, the provider's call, the record of what came out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from .errors import CutOffError, OfflineError, ProtectedError
from .refresh import refreshed
from .state import Entry, Operation, now, with_outputs
from .steps import Op, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from .plugin import Plugin
    from .snapshot import Snapshot
    from .values import Bag

T = TypeVar("T")


@dataclass(frozen=True)
class Executor:
    """Takes steps; in a dry run nothing is called and outputs are the inputs."""

    snapshot: Snapshot
    plugin: Plugin
    deleted: set[str]
    dry_run: bool

    def take(self, step: Step) -> Step:
        """Take a step; returns it as it came out."""
        if step.op in (Op.CREATE, Op.CREATE_REPLACEMENT) and step.new:
            return replace(step, new=self._create(step.old, step.new))
        if step.op == Op.UPDATE and step.old and step.new:
            return replace(step, new=self._update(step.old, step.new))
        if step.op == Op.SAME and step.old and step.new:
            return replace(step, new=self._keep(step.old, step.new))
        if step.op in (Op.DELETE, Op.DELETE_REPLACED) and step.old:
            self._delete(step.old, replacing=step.op == Op.DELETE_REPLACED)
        if step.op == Op.REFRESH and step.old:
            return refreshed(step, step.old, self.snapshot, self.plugin)
        return step

    def _create(self, old: Entry | None, new: Entry) -> Entry:
        operation = self.snapshot.begin("creating", new)
        id_, outputs = self._called(operation, lambda: self._created(new))
        made = now()
        result = with_outputs(new.but(id=id_, created=made, modified=made), outputs)
        if old and not old.pending_replacement:
            self.snapshot.supersede(operation, old=old, new=result)
        else:
            self.snapshot.succeed(operation, out=old, new=result)
        return result

    def _created(self, new: Entry) -> tuple[str, Bag]:
        if not new.custom:
            return "", {}
        return ("", new.inputs) if self.dry_run else self.plugin.create(new.urn, new.inputs)

    def _update(self, old: Entry, new: Entry) -> Entry:
        new = new.but(id=old.id, created=old.created, modified=old.modified)
        operation = self.snapshot.begin("updating", new)
        outputs = self._called(operation, lambda: self._updated(old, new))
        modified = now() if new.custom else old.modified
        result = with_outputs(new.but(modified=modified), outputs)
        self.snapshot.succeed(operation, out=old, new=result)
        return result

    def _updated(self, old: Entry, new: Entry) -> Bag:
        if not new.custom:
            return {}
        return new.inputs if self.dry_run else self.plugin.update(old, new.urn, new.inputs)

    def _keep(self, old: Entry, new: Entry) -> Entry:
        kept = new.but(id=old.id, created=old.created, modified=old.modified)
        result = with_outputs(kept, old.outputs)
        self.snapshot.keep(old, result)
        return result

    def _delete(self, old: Entry, *, replacing: bool) -> None:
        if old.protect and not replacing:
            raise ProtectedError(old.urn, _protected(old.urn))
        operation = self.snapshot.begin("deleting", old)
        self._called(operation, lambda: self._deleted(old))
        if replacing and not (old.delete or old.pending_replacement):
            # Its successor is yet to come: until then the state says that it is owed.
            self.snapshot.amend(old, operation, pending_replacement=True)
        else:
            self.snapshot.succeed(operation, out=old, new=None)

    def _deleted(self, old: Entry) -> None:
        spared = old.external or old.retain_on_delete or old.deleted_with in self.deleted
        gone = old.is_provider or old.pending_replacement  # an earlier run has deleted it
        if old.custom and not spared and not gone and not self.dry_run:
            self.plugin.delete(old)

    def _called(self, operation: Operation, call: Callable[[], T]) -> T:
        try:
            return call()
        except CutOffError:
            raise  # whether it took effect is not known: the record stays
        except OfflineError:
            self.snapshot.fail(operation)
            raise


def _protected(urn: str) -> str:
    return (
        f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
        "remove the `protect` flag from the resource in your Pulumi program, run `up`, and try "
        "again"
    )
