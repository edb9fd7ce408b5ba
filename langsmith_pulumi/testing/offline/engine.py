"""The four operations: preview, up, refresh, destroy."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .deletes import delete_steps, layers, upheld
from .errors import OfflineError
from .events import ERROR, WARNING, Diagnostic, Event, Listener
from .opening import OpenStack, Request, open_stack, state_file
from .results import Recorder, Result
from .session import Session, session
from .steps import Op, Step
from .urns import urn_name
from .values import Bag, blind

if TYPE_CHECKING:
    from .deployment import Deployment
    from .state import Operation


def preview(request: Request, listener: Listener | None = None) -> Result:
    """What `up` would do; changes nothing, on disk neither."""
    return _deploy(request, listener, dry_run=True)


def up(request: Request, listener: Listener | None = None) -> Result:
    """Bring the stack to what the program declares."""
    with state_file(request).locked():
        return _deploy(request, listener, dry_run=False)


def destroy(request: Request, listener: Listener | None = None) -> Result:
    """Delete everything in the stack; the program does not run."""
    with state_file(request).locked():
        opened = open_stack(request)
        recorder, both = _recording(listener)
        with session(opened, both, dry_run=False, from_state=True) as current:
            _warn_of_pending(current)
            _delete_leftovers(current.deployment)
            _tell_of_interruption(current.deployment)
        return _result(recorder, current)


def refresh(request: Request, listener: Listener | None = None) -> Result:
    """Bring the state to what really exists; the program does not run."""
    with state_file(request).locked():
        opened = open_stack(request)
        recorder, both = _recording(listener)
        with session(opened, both, dry_run=False, from_state=True) as current:
            _forget_pending(current)
            entries = current.deployment.snapshot.unsettled
            steps = [Step(Op.REFRESH, e.urn, e, e) for e in entries]
            current.deployment.run_all(steps, go_on=True)
            _tell_of_interruption(current.deployment)
        return _result(recorder, current)


def _deploy(request: Request, listener: Listener | None, *, dry_run: bool) -> Result:
    opened = open_stack(request, planning=dry_run)
    _refuse_unknown(request.selected.replace, opened)
    recorder, both = _recording(listener)
    with session(opened, both, dry_run=dry_run, selected=request.selected) as current:
        deployment = current.deployment
        _warn_of_blindness(current)
        _warn_of_pending(current)
        program = current.run_program()
        if program.wait():
            _delete_leftovers(deployment)
        deployment.finish_outputs(succeeded=not deployment.failed.is_set())
        program.end()
        _tell_of_interruption(deployment)
    return _result(recorder, current)


def _refuse_unknown(urns: frozenset[str], opened: OpenStack) -> None:
    """Raise an error for URNs that the state does not have."""
    unknown = sorted(urns - {entry.urn for entry in opened.checkpoint.entries})
    if unknown:
        raise OfflineError(
            f"{', '.join(unknown)}: the stack has no resource of this URN to replace. "
            "`langsmith-pulumi offline export` shows the URNs of all (quote them: they hold `$`)"
        )


def _recording(listener: Listener | None) -> tuple[Recorder, Listener]:
    recorder = Recorder()

    def both(event: Event) -> None:
        recorder(event)
        if listener:
            listener(event)

    return recorder, both


def _delete_leftovers(deployment: Deployment) -> None:
    selected = deployment.setting.selected
    leftovers = [one for one in deployment.snapshot.unsettled if selected.includes(one.urn)]
    steps = delete_steps(leftovers)
    deployment.planner.deleted.update(step.urn for step in steps)
    failed: list[Step] = []
    for layer in layers(steps):
        spared = upheld(steps, failed)
        failed += deployment.run_all([step for step in layer if step.urn not in spared])


def _warn_of_blindness(current: Session) -> None:
    if current.opened.config.is_blind:
        _warn(
            current,
            "the configuration's secrets cannot be read here; placeholders stand for them",
        )


def _warn_of_pending(current: Session) -> None:
    pending = current.opened.checkpoint.pending
    if pending:
        _warn(
            current,
            f"an earlier run was interrupted, and whether these took effect is not known:\n"
            f"{_listed(pending)}\n"
            "Look whether what was being created exists; after that, `refresh` clears the record.",
        )


def _forget_pending(current: Session) -> None:
    pending = current.opened.checkpoint.pending
    if pending:
        current.deployment.snapshot.forget_pending()
        _warn(
            current,
            f"cleared the record of what an earlier run was interrupted in:\n{_listed(pending)}\n"
            "A resource that was being created may exist without being in the state.",
        )


def _warn(current: Session, message: str) -> None:
    current.deployment.tell(Diagnostic("", message, WARNING))


def _tell_of_interruption(deployment: Deployment) -> None:
    if deployment.interrupted.is_set():
        pending = deployment.snapshot.checkpoint.pending
        left = f" while these were under way:\n{_listed(pending)}\n" if pending else ". "
        message = (
            f"interrupted{left}What was done until then is recorded. Run `up` to go on, or "
            "`refresh` first to see what the interrupted calls came to."
        )
        deployment.complain(Diagnostic("", message, ERROR))


def _listed(pending: list[Operation]) -> str:
    return "\n".join(
        f"  {operation.kind} {urn_name(operation.entry.urn)} ({operation.entry.urn})"
        for operation in pending
    )


def _result(recorder: Recorder, current: Session) -> Result:
    deployment = current.deployment
    outputs: Bag = next(
        (e.outputs for e in deployment.snapshot.checkpoint.entries if e.is_stack and not e.delete),
        {},
    )
    return recorder.result(
        ok=not deployment.failed.is_set(), outputs=blind(outputs), config=current.opened.config
    )


def taint(request: Request, urn: str) -> None:
    """Mark a resource in the state, so that the next update replaces it."""
    with state_file(request).locked():
        opened = open_stack(request)
        _refuse_unknown(frozenset({urn}), opened)
        kept = opened.checkpoint
        marked = [e.but(taint=True) if e.urn == urn and not e.delete else e for e in kept.entries]
        opened.save(dataclasses.replace(kept, entries=marked))


def export_stack(request: Request) -> dict[str, object]:
    """The state in export form, secrets encrypted; `pulumi stack import` takes it."""
    opened: OpenStack = open_stack(request)
    return opened.exported(opened.checkpoint)


def stack_outputs(request: Request) -> Bag:
    """The stack's outputs as the state has them; a secret is a `Secret`."""
    entries = open_stack(request).checkpoint.entries
    return next((entry.outputs for entry in entries if entry.is_stack), {})
