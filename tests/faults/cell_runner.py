"""Runs one cell of the matrix: one operation, in which one request fails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.engine import NAME, State

if TYPE_CHECKING:
    from tests.faults.faults import Fault
    from tests.faults.harness import Harness, SavedState
    from tests.faults.preparations import Program
    from tests.faults.requests import Request

ONCE, ALWAYS = 1, -1


@dataclass(frozen=True)
class CellResult:
    """How an operation ended."""

    error: str
    request_count: int
    seconds: float


def run_with_fault(harness: Harness, request: Request, fault: Fault, times: int) -> CellResult:
    """Run the operation while the fault is active, and remove the fault afterwards."""
    fault.inject(harness, request.method, request.path, times=times, skip=request.skip)
    started, sent = harness.clock.now, harness.transport.request_count
    error = run_operation(harness, request)
    result = CellResult(error, harness.transport.request_count - sent, harness.clock.now - started)
    harness.clear_faults()
    return result


def run_operation(harness: Harness, request: Request) -> str:
    engine = harness.engine
    if request.operation == "up":
        return engine.up(program_for(harness, request))
    others = {"refresh": engine.refresh, "destroy": engine.destroy, "rollback": harness.roll_back}
    return others[request.operation]()


def program_for(harness: Harness, request: Request) -> Program:
    return {**request.program, "import_id": harness.id} if request.adopts else request.program


def prepare(harness: Harness, request: Request, saved_states: dict[str, SavedState]) -> None:
    """Restore the state in which the operation starts; the first call creates it."""
    if request.name not in saved_states:
        harness.restore()
        assert request.initial_program is None or harness.engine.up(request.initial_program) == ""
        saved_states[request.name] = harness.save()
    harness.restore(saved_states[request.name])
    request.prepare(harness)


def outcome_code(harness: Harness, request: Request, fault: Fault, result: CellResult) -> str:
    """Return the code of the legend for a result."""
    if request.operation == "refresh" and harness.engine.state.deployment is None:
        return "d"
    if result.error and not (request.error and request.error in result.error):
        return next(
            (code for words, code in _CODES.items() if words in result.error),
            _own_error(fault, result),
        )
    return "+" if request.fulfilled(harness, result.error) else "-"


def _own_error(fault: Fault, result: CellResult) -> str:
    matches = fault.error_contains in result.error and re.search(fault.next_step, result.error)
    return "!" if matches else "unexpected"


_CODES = {
    "The rollout goes on by itself": "t",
    "after its deletion was asked for": "t",
    "deleted by somebody else": "g",
    "could not be found afterwards": "n",
    "could not be seen": "b",
    "which this workspace does not have": "r",
    "ended as BUILD_FAILED": "f",
    "did not answer GET /ok with 2xx": "h",
    "Nothing was built of it": "u",
    "if it was carried out": "v",
    "This service cannot redeploy a revision": "c",
}


def run_again(harness: Harness, request: Request) -> str:
    """Run `up` (or `destroy`) without faults and return how it ended."""
    if request.operation == "destroy":
        error = harness.engine.destroy()
        return error or ("consistent" if is_deleted(harness) else "not deleted")
    if request.operation == "rollback":
        return roll_back_again(harness, request)
    program = program_for(harness, request)
    error = harness.engine.up(program)
    if f'import_="{harness.id}"' not in error:
        return error or ("consistent" if is_consistent(harness, request) else "inconsistent")
    error = harness.engine.up({**program, "import_id": harness.id})
    return error or ("adopted" if is_consistent(harness, request) else "inconsistent")


def roll_back_again(harness: Harness, request: Request) -> str:
    """Repeat the rollback if its redeploy was not carried out, as `revisions` would show."""
    missing = len(harness.simulator.revisions(NAME)) < request.revisions
    error = harness.roll_back() if missing else ""
    return error or ("consistent" if is_consistent(harness, request) else "inconsistent")


def is_consistent(harness: Harness, request: Request) -> bool:
    """Return True if exactly one deployment is up, in the state, and has the expected revisions."""
    live, state = harness.live, harness.engine.state
    return (
        list(harness.simulator.deployments()) == [NAME]
        and state.deployment is not None
        and state.rollout is not None
        and state.deployment.id == live["id"]
        and live["active_revision_id"] == live["latest_revision_id"]
        and len(harness.simulator.revisions(NAME)) == request.revisions
    )


def is_deleted(harness: Harness) -> bool:
    return harness.engine.state == State() and harness.simulator.deployments() == {}


def is_idle(harness: Harness, request: Request) -> bool:
    """Return True if another `up` (or `destroy`) succeeds without sending a request."""
    sent = harness.transport.request_count
    program = program_for(harness, request)
    error = (
        harness.engine.destroy() if request.operation == "destroy" else harness.engine.up(program)
    )
    return (error, harness.transport.request_count) == ("", sent)
