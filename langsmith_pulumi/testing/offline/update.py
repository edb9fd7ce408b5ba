"""One running operation: plans and executes the steps of registrations, and emits events."""

from __future__ import annotations

import contextlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .errors import CutOffError, OfflineError, ProtectedError, StepFailedError, StoppedError
from .events import ERROR, Diagnostic, Event, StepBegan, StepEnded
from .executor import Executor
from .ordered_runs import run_in_order
from .planner import Planner
from .state import Entry, now
from .steps import Op, Step, order_of_deletes
from .urns import DYNAMIC_PACKAGE, EVERYTHING, PROVIDER_TYPE_PREFIX, Selection, make_urn
from .values import UNKNOWN, Properties, secret_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .events import Redactor
    from .goal import Goal
    from .plugin import Plugin
    from .snapshot import Snapshot


@dataclass(frozen=True)
class UpdateSettings:
    """The settings of an operation."""

    project: str
    stack: str
    provider_inputs: Properties
    dry_run: bool
    parallel: int
    selected: Selection = EVERYTHING


class InFlight:
    """A counter of calls in flight, as a context manager around each call."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait_for_none(self) -> None:
        """Wait until no call is in flight."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0)


class Update:
    """One running operation; its methods are called from many threads at once."""

    def __init__(
        self, settings: UpdateSettings, snapshot: Snapshot, plugin: Plugin, redactor: Redactor
    ) -> None:
        self.settings = settings
        self.snapshot = snapshot
        self.plugin = plugin
        self.failed: threading.Event = threading.Event()
        self.stopped: threading.Event = threading.Event()
        self.interrupted: threading.Event = threading.Event()
        self.changed: threading.Event = threading.Event()
        self._in_flight = InFlight()
        self._redactor = redactor
        self._slots = threading.Semaphore(settings.parallel)
        self._provider = ""
        self._stack_outputs: tuple[str, Properties] | None = None
        self.planner: Planner = Planner(
            settings.project,
            settings.stack,
            snapshot,
            plugin,
            self.report_error,
            settings.dry_run,
            settings.selected,
        )
        self._executor = Executor(snapshot, plugin, self.planner.deleted, settings.dry_run)

    def emit(self, event: Event) -> None:
        """Pass an event on to the listener, with secrets redacted."""
        self._redactor(event)

    def report_error(self, diagnostic: Diagnostic) -> None:
        """Emit an error, and mark the operation as failed."""
        self.failed.set()
        self.emit(diagnostic)

    def interrupt(self) -> None:
        """Start no further steps, and end the provider's calls in flight."""
        self.interrupted.set()
        self.stop()
        self.plugin.stop()

    def stop(self) -> None:
        """Start no further steps."""
        self.failed.set()
        self.stopped.set()
        self.changed.set()

    def wait_until_idle(self) -> None:
        """Wait until no registration is in flight."""
        self._in_flight.wait_for_none()

    def register(self, goal: Goal) -> Entry:
        """Bring a resource to its goal state, and return its new, durable state."""
        with self._in_flight, self.reporting_errors():
            if self.stopped.is_set():
                raise StoppedError("the operation has failed")
            self._redactor.add(secret_texts(goal.inputs))
            return self._run_chain(self.planner.plan(goal, self._default_provider))

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """Set the outputs of a component; those of the stack are kept for its end."""
        entry = self.snapshot.current(urn)
        if entry is None:
            raise StepFailedError("", f"outputs were registered for {urn}, which does not exist")
        if entry.is_stack:
            self._stack_outputs = (urn, outputs)
        else:
            self.snapshot.amend(entry, outputs=outputs)

    def write_stack_outputs(self, *, succeeded: bool) -> None:
        """Write the stack's outputs; after a failure they are merged over the old ones."""
        urn, outputs = self._stack_outputs or ("", {})
        entry = self.snapshot.current(urn)
        if entry:
            merged = outputs if succeeded else {**entry.outputs, **outputs}
            self.snapshot.amend(entry, outputs=merged)

    def run_all(self, steps: list[Step], *, halt: threading.Event) -> None:
        """Run independent steps in parallel; none starts after `halt` is set."""
        with ThreadPoolExecutor(self.settings.parallel) as pool:
            list(pool.map(lambda step: self._succeeds(step, halt), steps))

    def run_deletes(self, steps: list[Step]) -> None:
        """Run deletes in parallel, each as soon as what needs the resource is gone.

        What a resource needs whose delete failed stays; after a failure no further step starts.
        """
        run_in_order(
            order_of_deletes(steps),
            lambda index: self._succeeds(steps[index], self.stopped),
            self.settings.parallel,
        )

    @contextlib.contextmanager
    def reporting_errors(self) -> Iterator[None]:
        """Report an error of the block, stop the operation, and raise the error again."""
        try:
            yield
        except OfflineError as error:
            if not isinstance(error, ProtectedError):
                self.stop()
            is_reported = isinstance(error, StoppedError)
            is_expected = isinstance(error, CutOffError) and self.interrupted.is_set()
            if not is_reported and not is_expected:
                self.report_error(Diagnostic(getattr(error, "urn", ""), str(error), ERROR))
            raise

    def _succeeds(self, step: Step, halt: threading.Event) -> bool:
        with contextlib.suppress(OfflineError), self.reporting_errors():
            if halt.is_set():
                raise StoppedError("the operation is over")
            self._run_chain([step])
            return True
        return False

    def _run_chain(self, steps: list[Step]) -> Entry:
        result: Entry | None = None
        for step in steps:
            created = result if step.op == Op.REPLACE else None
            result = self._run(_with_created(step, created)).new or result
        final = result or steps[-1].old
        if final is None:
            raise AssertionError("a step has an old or a new state")
        return final

    def _run(self, step: Step) -> Step:
        with self._slots:
            self.emit(StepBegan(step))
            try:
                outcome = self._executor.execute(step)
            except OfflineError:
                self.emit(StepEnded(step, None))
                raise
            self.emit(StepEnded(step, outcome))
            return outcome

    def _default_provider(self) -> str:
        if not self._provider:
            type_ = f"{PROVIDER_TYPE_PREFIX}{DYNAMIC_PACKAGE}"
            urn = make_urn(self.settings.stack, self.settings.project, "", type_, "default")
            self.planner.registered.add(urn)
            old = self.snapshot.old(urn)
            entry = self._provider_entry(urn, type_, old)
            self.snapshot.keep(old, entry)
            self._provider = f"{urn}::{entry.id}"
        return self._provider

    def _provider_entry(self, urn: str, type_: str, old: Entry | None) -> Entry:
        new_id = UNKNOWN if self.settings.dry_run else str(uuid.uuid4())
        return Entry(
            urn=urn,
            custom=True,
            type=type_,
            id=old.id if old else new_id,
            inputs=self.settings.provider_inputs,
            outputs=self.settings.provider_inputs,
            created=old.created if old else now(),
            modified=old.modified if old else now(),
        )


def _with_created(step: Step, created: Entry | None) -> Step:
    # A create-before-delete replacement is reported with its new resource, which exists by then.
    if created is None or step.old is None:
        return step
    return replace(step, old=step.old.copy_with(delete=True), new=created)
