"""The faults of the matrix: how each is injected, and which error it leads to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.testing.simulator import error_responses
from tests.faults import faulty_transport
from tests.faults.engine import NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.faulty_transport import Handler
    from tests.faults.harness import Harness

Options = dict[str, Any]

PAGE = "<html><head><title>x</title></head><body><h1>502</h1> upstream is away</body></html>"


@dataclass(frozen=True)
class Fault:
    """A fault of the network or the service, and the error that reports it."""

    name: str
    error_contains: str
    """Text that the error contains."""
    next_step: str
    """Pattern of the advice in the error; reads and writes may advise differently."""
    handler: Handler | None = None
    options: Options | Callable[[Harness], Options] = field(default_factory=dict)
    """Arguments of `Simulator.fail`."""

    def inject(self, harness: Harness, method: str, path: str, *, times: int, skip: int) -> None:
        """Add this fault to the transport or to the simulator."""
        if self.handler:
            fault = faulty_transport.TransportFault(method, path, self.handler, times, skip)
            harness.transport.faults.append(fault)
            return
        options = self.options if isinstance(self.options, dict) else self.options(harness)
        harness.simulator.fail(method, path, times=times, skip=skip, **options)


def status_fault(
    status: int, text: str = "", next_step: str = "", **options: Any
) -> dict[str, Any]:
    """Return the fields of a fault that is a response with this status."""
    body = {"body": json.dumps({"detail": text})} if text else {}
    return {
        "error_contains": f"answered {status}" + (f": {text}" if text else ""),
        "next_step": next_step,
        "options": {"kind": "status", "status": status, **body, **options},
    }


def _not_found(harness: Harness) -> Options:
    text = json.dumps({"detail": f"Deployment ID {harness.id} not found."})
    return {"kind": "status", "status": 404, "body": text}


def _retry_after_date(harness: Harness) -> Options:
    date = formatdate(harness.simulator.clock() + 20, usegmt=True)
    return {"kind": "status", "status": 429, "headers": {"retry-after": date}}


def _redirect(harness: Harness) -> Options:
    location = f"{harness.other_host.url}/v2/deployments?key=1"
    return {"kind": "status", "status": 307, "headers": {"location": location}}


def _remove_id(answer: dict[str, Any]) -> None:
    for key in ("id", "resources", "upload_url"):
        if answer.pop(key, None) is not None:
            return


def _add_unknown_values(answer: dict[str, Any]) -> None:
    for item in [answer, *answer.get("resources", [])]:
        item |= {"status": "DREAMING", "of_tomorrow": {"kind": 1}}


_NO_ERROR = "no error of its own"
_RUN_AGAIN = "`pulumi up --refresh`|[Rr]un the same command again"
_NO_JSON = "answered 200, but its body is no JSON"
_NOT_CONTROL_PLANE = "Something else than the control plane may answer"
_LATER = "in a few minutes"
_CORRECT = "Correct what the answer names"
_TAKEN = "another workspace|in the way"
_ADDRESS = "This says nothing about the deployment|take compute_size and database_size out"
_UNPROCESSABLE = {"detail": [{"loc": ["body", "name"], "msg": "is odd", "type": "odd"}]}

FAULTS = (
    Fault(
        "connection refused",
        "could not be sent",
        "It changed nothing",
        faulty_transport.refuse_connection,
    ),
    Fault(
        "reset before execution", "answer was lost", _RUN_AGAIN, options={"kind": "drop_request"}
    ),
    Fault(
        "reset after execution", "answer was lost", _RUN_AGAIN, options={"kind": "drop_response"}
    ),
    Fault("timeout before execution", "nothing came for ", _RUN_AGAIN, faulty_transport.time_out),
    Fault(
        "timeout after execution",
        "nothing came for ",
        _RUN_AGAIN,
        faulty_transport.time_out_after_request,
    ),
    Fault("slow response", "not complete within ", _RUN_AGAIN, faulty_transport.respond_slowly),
    Fault("response cut off", "answer was lost", _RUN_AGAIN, options={"kind": "drop_body"}),
    Fault(
        "truncated JSON", "its body is no JSON", _NOT_CONTROL_PLANE, options={"kind": "truncated"}
    ),
    Fault(
        "HTML page with 200",
        _NO_JSON,
        _NOT_CONTROL_PLANE,
        options={"kind": "garbage", "body": PAGE},
    ),
    Fault(
        "HTML page after execution",
        _NO_JSON,
        _NOT_CONTROL_PLANE,
        options={"kind": "garbage", "after": True},
    ),
    Fault(
        "field missing",
        "but it is no ",
        _NOT_CONTROL_PLANE,
        faulty_transport.rewrite_response(_remove_id),
    ),
    Fault(
        "unknown status and field",
        _NO_ERROR,
        _NO_ERROR,
        faulty_transport.rewrite_response(_add_unknown_values),
    ),
    Fault("400", **status_fault(400, "source_config does not fit", _CORRECT)),
    Fault("401", **status_fault(401, "Invalid token", "Set a valid one")),
    Fault(
        "403 key of an organization",
        **status_fault(
            403,
            error_responses.workspace_required().detail,
            "pulumi config set langsmith:workspaceId",
        ),
    ),
    Fault(
        "403 product not enabled",
        **status_fault(403, error_responses.not_enabled().detail, "An administrator has to enable"),
    ),
    Fault("403", **status_fault(403, "Forbidden", "Use a key with permission")),
    Fault(
        "404 of the deployment", "answered 404: Deployment ID", "pulumi refresh", options=_not_found
    ),
    Fault(
        "404 of something else",
        **status_fault(404, "Listener ID 7 not found.", "Check the id|newest revision"),
    ),
    Fault("404 of the route", **status_fault(404, "Not Found", _ADDRESS)),
    Fault(
        "404 page of a proxy",
        "answered 404: 502 upstream is away",
        _ADDRESS,
        options={"kind": "status", "status": 404, "body": PAGE, "content_type": "text/html"},
    ),
    Fault(
        "409 tracing project",
        **status_fault(409, error_responses.name_taken(NAME).detail, "choose another"),
    ),
    Fault(
        "409 agent environment",
        **status_fault(409, error_responses.agent_environment_taken().detail, _TAKEN),
    ),
    Fault("408", **status_fault(408, "Request Timeout", _LATER)),
    Fault("413", **status_fault(413, "Request Entity Too Large", _CORRECT)),
    Fault(
        "422",
        "answered 422: name: is odd",
        _CORRECT,
        options={"kind": "status", "status": 422, "body": json.dumps(_UNPROCESSABLE)},
    ),
    Fault("429", **status_fault(429, "Too Many Requests", "Wait a minute")),
    Fault(
        "429, Retry-After in seconds",
        **status_fault(429, "slow down", "Wait a minute", headers={"retry-after": "20"}),
    ),
    Fault("429, Retry-After as a date", "answered 429", "Wait a minute", options=_retry_after_date),
    Fault("500", **status_fault(500, "Internal Server Error", _LATER)),
    Fault(
        "502",
        "answered 502: 502 upstream is away",
        _LATER,
        options={"kind": "status", "status": 502, "body": PAGE, "content_type": "text/html"},
    ),
    Fault("502 after execution", **status_fault(502, "Bad Gateway", _LATER, after=True)),
    Fault(
        "503, Retry-After in seconds",
        **status_fault(503, "maintenance", _LATER, headers={"retry-after": "30"}),
    ),
    Fault("504 after execution", **status_fault(504, "Gateway Timeout", _LATER, after=True)),
    Fault("redirect to another host", "redirected to", "not followed", options=_redirect),
    Fault("response older than the last write", _NO_ERROR, _NO_ERROR, options={"kind": "stale"}),
)
"""The faults of the matrix, in order."""

FAULTS_BY_NAME = {fault.name: fault for fault in FAULTS}
