"""The operations on a stack: preview, up, refresh, destroy, taint, export and outputs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .errors import OfflineError
from .events import ERROR, WARNING, Diagnostic, Event, Listener
from .results import Recorder, Result
from .session import Session, open_session
from .stack_context import Request, StackContext, open_stack, state_file
from .state import entry_document, show_secret
from .steps import Op, Step, delete_steps
from .urns import urn_name
from .values import Properties, redact

if TYPE_CHECKING:
    from .results import Operation
    from .state import Operation as PendingOperation
    from .update import Update


def preview(request: Request, listener: Listener | None = None) -> Result:
    """Return the plan of `up`, without any change, on disk neither."""
    return _run_update(request, listener, dry_run=True)


def up(request: Request, listener: Listener | None = None) -> Result:
    """Make the stack match the program."""
    with state_file(request).locked():
        return _run_update(request, listener, dry_run=False)


def destroy(request: Request, listener: Listener | None = None) -> Result:
    """Delete everything in the stack; the program does not run."""
    with state_file(request).locked():
        context = open_stack(request)
        recorder, combined = _with_recorder(listener)
        with open_session(context, combined, dry_run=False, from_state=True) as session:
            _warn_of_pending(session)
            _delete_leftovers(session.update)
            _report_interruption(session.update)
        return _result("destroy", recorder, session)


def refresh(request: Request, listener: Listener | None = None) -> Result:
    """Make the state match the live resources; the program does not run."""
    with state_file(request).locked():
        context = open_stack(request)
        recorder, combined = _with_recorder(listener)
        with open_session(context, combined, dry_run=False, from_state=True) as session:
            _clear_pending(session)
            entries = session.update.snapshot.remaining
            steps = [Step(Op.REFRESH, e.urn, e, e) for e in entries]
            session.update.run_all(steps, halt=session.update.interrupted)
            _report_interruption(session.update)
        return _result("refresh", recorder, session)


def _run_update(request: Request, listener: Listener | None, *, dry_run: bool) -> Result:
    context = open_stack(request, planning=dry_run)
    _require_known(request.selected.replace, context)
    recorder, combined = _with_recorder(listener)
    with open_session(context, combined, dry_run=dry_run, selected=request.selected) as session:
        update = session.update
        _warn_of_placeholders(session)
        _warn_of_pending(session)
        program = session.run_program()
        if program.wait():
            _delete_leftovers(update)
        update.write_stack_outputs(succeeded=not update.failed.is_set())
        program.end()
        _report_interruption(update)
    return _result("preview" if dry_run else "up", recorder, session)


def _require_known(urns: frozenset[str], context: StackContext) -> None:
    """Raise an error if the state lacks one of the URNs."""
    unknown = sorted(urns - {entry.urn for entry in context.checkpoint.entries})
    if unknown:
        raise OfflineError(
            f"{', '.join(unknown)}: the stack has no resource of this URN to replace. "
            "`langsmith-pulumi offline export` shows all URNs (quote them: they contain `$`)"
        )


def _with_recorder(listener: Listener | None) -> tuple[Recorder, Listener]:
    recorder = Recorder()

    def combined(event: Event) -> None:
        recorder(event)
        if listener:
            listener(event)

    return recorder, combined


def _delete_leftovers(update: Update) -> None:
    selected = update.settings.selected
    leftovers = [one for one in update.snapshot.remaining if selected.includes(one.urn)]
    steps = delete_steps(leftovers)
    update.planner.deleted.update(step.urn for step in steps)
    update.run_deletes(steps)


def _warn_of_placeholders(session: Session) -> None:
    keys = ", ".join(sorted(session.context.config.placeholders))
    if keys:
        _warn(
            session,
            f"placeholders stand for secrets of the configuration that cannot be read here: {keys}",
        )


def _warn_of_pending(session: Session) -> None:
    pending = session.context.checkpoint.pending
    if pending:
        _warn(
            session,
            "an earlier run was interrupted, and these operations may have taken effect:\n"
            f"{_format_operations(pending)}\n"
            "Check whether the resources that were being created exist. Then run `refresh`, which "
            "clears the record.",
        )


def _clear_pending(session: Session) -> None:
    pending = session.context.checkpoint.pending
    if pending:
        session.update.snapshot.clear_pending()
        _warn(
            session,
            "cleared the record of the operations that an earlier run did not finish:\n"
            f"{_format_operations(pending)}\n"
            "A resource that was being created may exist without being in the state.",
        )


def _warn(session: Session, message: str) -> None:
    session.update.emit(Diagnostic("", message, WARNING))


def _report_interruption(update: Update) -> None:
    if update.interrupted.is_set():
        pending = update.snapshot.checkpoint.pending
        during = f" during these operations:\n{_format_operations(pending)}\n" if pending else ". "
        message = (
            f"interrupted{during}The steps before are recorded. Run `up` to continue, or `refresh` "
            "first to read the results of the interrupted operations."
        )
        update.report_error(Diagnostic("", message, ERROR))


def _format_operations(pending: list[PendingOperation]) -> str:
    return "\n".join(
        f"  {operation.kind} {urn_name(operation.entry.urn)} ({operation.entry.urn})"
        for operation in pending
    )


def _result(operation: Operation, recorder: Recorder, session: Session) -> Result:
    update = session.update
    outputs: Properties = next(
        (e.outputs for e in update.snapshot.checkpoint.entries if e.is_stack and not e.delete),
        {},
    )
    return recorder.result(
        operation,
        ok=not update.failed.is_set(),
        outputs=redact(outputs),
        config=session.context.config,
    )


def taint(request: Request, urn: str) -> None:
    """Mark a resource in the state, so that the next `up` replaces it."""
    with state_file(request).locked():
        context = open_stack(request)
        _require_known(frozenset({urn}), context)
        kept = context.checkpoint
        marked = [
            e.copy_with(taint=True) if e.urn == urn and not e.delete else e for e in kept.entries
        ]
        context.save(dataclasses.replace(kept, entries=marked))


def export_stack(request: Request) -> dict[str, object]:
    """Return the state for `pulumi stack import`, with secrets encrypted."""
    context: StackContext = open_stack(request)
    return context.export(context.checkpoint)


def stack_outputs(request: Request) -> Properties:
    """Return the stack's outputs of the state; a secret is a `Secret`."""
    entries = open_stack(request).checkpoint.entries
    return next((entry.outputs for entry in entries if entry.is_stack), {})


def existing_outputs(request: Request) -> Properties:
    """Return the outputs of a stack that has to exist; a secret is a `Secret`."""
    _existing_stack(request)
    return stack_outputs(request)


def _existing_stack(request: Request) -> StackContext:
    context = open_stack(request)
    if not context.file.path.exists():
        raise OfflineError(
            f"the offline engine has no stack '{request.stack}' in {context.file.path.parent}"
        )
    return context


def read_stack(request: Request) -> tuple[dict[str, object], dict[str, str]]:
    """Return the state as `pulumi stack export --show-secrets` does, and the configuration.

    Both contain the secrets in plain text, for a command that compares them with what is live.
    """
    context = _existing_stack(request)
    resources = [entry_document(one, show_secret) for one in context.checkpoint.entries]
    return {"deployment": {"resources": resources}}, dict(context.config.values)
