"""Each request about a listener under each kind of fault: the outcomes are those of deployments.

One fault of each group of the matrix is played, once and always.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.faults.expected_outcomes import FAULT_GROUPS, expected_outcome
from tests.faults.faults import FAULTS_BY_NAME, Fault
from tests.faults.listener_stack import LISTENER_PATH, LISTENERS_PATH, ListenerStack, cluster
from tests.faults.message_checks import NEXT_STEP
from tests.faults.requests import REQUESTS as REQUESTS_OF_DEPLOYMENTS
from tests.support.scenario import leaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness import Harness
    from tests.faults.preparations import Program

ONCE, ALWAYS = 1, -1


def no_setup(_: ListenerStack) -> None:
    """Leave everything as it is."""


def lose_response(stack: ListenerStack) -> None:
    stack.harness.simulator.fail("POST", LISTENERS_PATH, "drop_response")


def make_unmanaged(stack: ListenerStack) -> None:
    assert stack.up(cluster()) == ""
    stack.state = None


@dataclass(frozen=True)
class Request:
    """One request in one operation, and the row of the deployments' matrix that it behaves as."""

    row: str
    method: str
    path: str
    program: Program
    initial_program: Program | None = None
    prepare: Callable[[ListenerStack], None] = no_setup
    operation: str = "up"
    skip: int = 0
    adopts: bool = False
    error: str = ""


REQUESTS = (
    Request("create", "POST", LISTENERS_PATH, cluster()),
    Request("find after lost POST", "GET", LISTENERS_PATH, cluster(), prepare=lose_response),
    Request(
        "explain conflict",
        "GET",
        LISTENERS_PATH,
        cluster(),
        prepare=make_unmanaged,
        error="answered 409",
    ),
    Request(
        "adopt", "GET", LISTENER_PATH, cluster("b"), prepare=make_unmanaged, skip=1, adopts=True
    ),
    Request(
        "update adopted", "PATCH", LISTENER_PATH, cluster("b"), prepare=make_unmanaged, adopts=True
    ),
    Request("refresh", "GET", LISTENER_PATH, cluster(), cluster(), operation="refresh"),
    Request("update in place", "PATCH", LISTENER_PATH, cluster("b"), cluster()),
    Request("delete", "DELETE", LISTENER_PATH, cluster(), cluster(), operation="destroy"),
)


def of_a_listener(fault: Fault, stack: ListenerStack) -> Fault:
    """Return the fault with the 404 of this listener in place of that of a deployment."""
    if fault.name != ITSELF:
        return fault
    body = json.dumps({"detail": f"Listener ID {stack.live['id']} not found."})
    options = {"kind": "status", "status": 404, "body": body}
    return replace(fault, error_contains="answered 404: Listener ID", options=options)


def outcome(stack: ListenerStack, request: Request, fault: Fault, error: str) -> str:
    """Return the code of the matrix for the end of an operation."""
    if request.operation == "refresh" and stack.state is None:
        return "d"
    if not error or (request.error and request.error in error):
        return "+" if not request.error or "import_=" in error else "-"
    known = {"could not be found afterwards": "n", "could not be seen": "b", "does not have": "r"}
    code = next((code for words, code in known.items() if words in error), "")
    return code or ("!" if fault.error_contains in error else error)


def program_of(stack: ListenerStack, request: Request) -> Program:
    return {**request.program, "import_id": stack.live["id"]} if request.adopts else request.program


def operate(stack: ListenerStack, request: Request) -> str:
    if request.operation == "up":
        return stack.up(program_of(stack, request))
    return stack.refresh() if request.operation == "refresh" else stack.destroy()


def recover(stack: ListenerStack, request: Request) -> str:
    """Run what a user runs next, until it succeeds or asks for more than an adoption."""
    if request.operation == "destroy":
        return stack.destroy()
    error = stack.up(program_of(stack, request))
    if f'import_="{stack.live["id"]}"' in error:
        error = stack.up({**request.program, "import_id": stack.live["id"]})
    return error


ITSELF = "404 of the deployment"
ROWS = {request.name: request for request in REQUESTS_OF_DEPLOYMENTS}
CASES = [
    pytest.param(request, FAULTS_BY_NAME[faults[0]], id=f"{request.row}: {group}")
    for request, (group, faults) in product(REQUESTS, FAULT_GROUPS.items())
    if expected_outcome(ROWS[request.row], FAULTS_BY_NAME[faults[0]]) != ".."
    # An untrue "not found" ends a deletion, for a listener is not waited for.
    if (request.operation, faults[0]) != ("destroy", ITSELF)
]


@pytest.mark.parametrize(("request_", "fault"), CASES)
def test_a_listener_recovers_as_a_deployment_does(
    session_harness: Harness, request_: Request, fault: Fault
) -> None:
    """Once and always: the outcome is that of the same request for a deployment."""
    codes = []
    for times in (ONCE, ALWAYS):
        session_harness.restore()
        stack = ListenerStack(session_harness)
        assert request_.initial_program is None or stack.up(request_.initial_program) == ""
        request_.prepare(stack)
        injected = of_a_listener(fault, stack)
        injected.inject(
            session_harness, request_.method, request_.path, times=times, skip=request_.skip
        )
        error = operate(stack, request_)
        codes.append(outcome(stack, request_, injected, error))
        assert not error or ("'blue'" in error and NEXT_STEP.search(error)), error
        assert leaks(error) == []
        session_harness.clear_faults()
        assert recover(stack, request_) == ""
        if request_.operation == "destroy":
            assert session_harness.simulator._workspace.listeners() == []
            continue
        assert stack.state is not None
        wanted = request_.program["compute_config"]["k8s_namespaces"]
        assert stack.live == {"id": stack.state.id, "namespaces": wanted}
        sent = session_harness.transport.request_count
        assert stack.up(program_of(stack, request_)) == ""
        assert session_harness.transport.request_count == sent
    assert "".join(codes) == expected_outcome(ROWS[request_.row], fault)
