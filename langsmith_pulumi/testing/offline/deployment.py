"""One operation under way: plans and runs what the program registers, and tells what happens."""

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
from .planner import Planner
from .selection import EVERYTHING, Selection
from .state import Entry, now
from .steps import Op, Step
from .urns import DYNAMIC_PACKAGE, PROVIDER_TYPE_PREFIX, make_urn
from .values import UNKNOWN, Bag, secret_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .goal import Goal
    from .masking import Masker
    from .plugin import Plugin
    from .snapshot import Snapshot


@dataclass(frozen=True)
class Setting:
    """What an operation is about."""

    project: str
    stack: str
    provider_inputs: Bag
    dry_run: bool
    parallel: int
    selected: Selection = EVERYTHING


class UnderWay:
    """Counts what is being done; a context for those who do it."""

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
        """Wait until nothing is being done."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0)


class Deployment:
    """One operation under way; its methods are called from many threads at once."""

    def __init__(
        self, setting: Setting, snapshot: Snapshot, plugin: Plugin, masker: Masker
    ) -> None:
        self.setting = setting
        self.snapshot = snapshot
        self.plugin = plugin
        self.failed = threading.Event()
        self.stopped = threading.Event()
        self.interrupted = threading.Event()
        self.changed = threading.Event()
        self._under_way = UnderWay()
        self._masker = masker
        self._slots = threading.Semaphore(setting.parallel)
        self._provider = ""
        self._stack_outputs: tuple[str, Bag] | None = None
        self.planner = Planner(
            setting.project,
            setting.stack,
            snapshot,
            plugin,
            self.complain,
            setting.dry_run,
            setting.selected,
        )
        self._executor = Executor(snapshot, plugin, self.planner.deleted, setting.dry_run)

    def tell(self, event: Event) -> None:
        """Pass an event on to whoever shows or keeps it."""
        self._masker(event)

    def complain(self, diagnostic: Diagnostic) -> None:
        """Tell of an error that makes the operation fail, whatever else succeeds."""
        self.failed.set()
        self.tell(diagnostic)

    def interrupt(self) -> None:
        """Begin nothing more, and end the provider's calls that are under way."""
        self.interrupted.set()
        self.stop()
        self.plugin.stop()

    def stop(self) -> None:
        """Begin nothing more."""
        self.failed.set()
        self.stopped.set()
        self.changed.set()

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        self._under_way.wait_for_none()

    def register(self, goal: Goal) -> Entry:
        """Bring one resource to its goal; returns its new state, which is durable by then."""
        with self._under_way, self.reporting():
            if self.stopped.is_set():
                raise StoppedError("the operation has failed")
            self._masker.add(secret_texts(goal.inputs))
            return self._run_chain(self.planner.plan(goal, self._default_provider))

    def register_outputs(self, urn: str, outputs: Bag) -> None:
        """Set the outputs of a component; the stack's wait until the program's end is known."""
        entry = self.snapshot.current(urn)
        if entry is None:
            raise StepFailedError("", f"outputs were registered for {urn}, which does not exist")
        if entry.is_stack:
            self._stack_outputs = (urn, outputs)
        else:
            self.snapshot.amend(entry, outputs=outputs)

    def finish_outputs(self, *, succeeded: bool) -> None:
        """Settle the stack's outputs: the new ones, merged over the old ones after a failure."""
        urn, outputs = self._stack_outputs or ("", {})
        entry = self.snapshot.current(urn)
        if entry:
            merged = outputs if succeeded else {**entry.outputs, **outputs}
            self.snapshot.amend(entry, outputs=merged)

    def run_all(self, steps: list[Step], *, go_on: bool = False) -> list[Step]:
        """Take independent steps in parallel; returns those that failed or were not begun.

        After a failure nothing new begins, unless told to go on.
        """
        halt = self.interrupted if go_on else self.stopped
        with ThreadPoolExecutor(self.setting.parallel) as pool:
            outcomes = list(pool.map(lambda step: self._succeeds(step, halt), steps))
        return [step for step, fine in zip(steps, outcomes, strict=True) if not fine]

    @contextlib.contextmanager
    def reporting(self) -> Iterator[None]:
        """Tell of whatever goes wrong inside, and let nothing new begin after it."""
        try:
            yield
        except OfflineError as error:
            if not isinstance(error, ProtectedError):
                self.stop()
            unsaid = not isinstance(error, StoppedError)
            expected = isinstance(error, CutOffError) and self.interrupted.is_set()
            if unsaid and not expected:
                self.complain(Diagnostic(getattr(error, "urn", ""), str(error), ERROR))
            raise

    def _succeeds(self, step: Step, halt: threading.Event) -> bool:
        with contextlib.suppress(OfflineError), self.reporting():
            if halt.is_set():
                raise StoppedError("the operation is over")
            self._run_chain([step])
            return True
        return False

    def _run_chain(self, steps: list[Step]) -> Entry:
        result: Entry | None = None
        for step in steps:
            created = result if step.op == Op.REPLACE else None
            result = self._run(_as_it_came_out(step, created)).new or result
        final = result or steps[-1].old
        if final is None:
            raise AssertionError("a step has an old or a new state")
        return final

    def _run(self, step: Step) -> Step:
        with self._slots:
            self.tell(StepBegan(step))
            try:
                outcome = self._executor.take(step)
            except OfflineError:
                self.tell(StepEnded(step, None))
                raise
            self.tell(StepEnded(step, outcome))
            return outcome

    def _default_provider(self) -> str:
        if not self._provider:
            type_ = f"{PROVIDER_TYPE_PREFIX}{DYNAMIC_PACKAGE}"
            urn = make_urn(self.setting.stack, self.setting.project, "", type_, "default")
            self.planner.registered.add(urn)
            old = self.snapshot.old(urn)
            entry = self._provider_entry(urn, type_, old)
            self.snapshot.keep(old, entry)
            self._provider = f"{urn}::{entry.id}"
        return self._provider

    def _provider_entry(self, urn: str, type_: str, old: Entry | None) -> Entry:
        fresh = UNKNOWN if self.setting.dry_run else str(uuid.uuid4())
        return Entry(
            urn=urn,
            custom=True,
            type=type_,
            id=old.id if old else fresh,
            inputs=self.setting.provider_inputs,
            outputs=self.setting.provider_inputs,
            created=old.created if old else now(),
            modified=old.modified if old else now(),
        )


def _as_it_came_out(step: Step, created: Entry | None) -> Step:
    # A replacement that creates first is told of once its successor is there.
    if created is None or step.old is None:
        return step
    return replace(step, old=step.old.but(delete=True), new=created)
