"""All that can go wrong with a request: how it is brought about, and what the user then reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.testing.simulator import error_responses
from tests.faults import network
from tests.faults.engine import NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.network import Deed
    from tests.faults.world import World

Options = dict[str, Any]

PAGE = "<html><head><title>x</title></head><body><h1>502</h1> upstream is away</body></html>"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, on the network or in the simulator, and what an error then says."""

    name: str
    says: str
    """What came back, in the words of the error."""
    advises: str
    """Part of the next step, as a regular expression: a read may need another than a write."""
    deed: Deed | None = None
    options: Options | Callable[[World], Options] = field(default_factory=dict)
    """As `Simulator.fail` takes them."""

    def strike(self, world: World, method: str, path: str, *, times: int, skip: int) -> None:
        if self.deed:
            found = network.Disturbance(method, path, self.deed, times, skip)
            world.network.disturbances.append(found)
            return
        options = self.options if isinstance(self.options, dict) else self.options(world)
        world.simulator.fail(method, path, times=times, skip=skip, **options)


def answered(status: int, text: str = "", advises: str = "", **options: Any) -> dict[str, Any]:
    """An answer in the service's form."""
    body = {"body": json.dumps({"detail": text})} if text else {}
    return {
        "says": f"answered {status}" + (f": {text}" if text else ""),
        "advises": advises,
        "options": {"kind": "status", "status": status, **body, **options},
    }


def _missing(world: World) -> Options:
    text = json.dumps({"detail": f"Deployment ID {world.id} not found."})
    return {"kind": "status", "status": 404, "body": text}


def _at_a_date(world: World) -> Options:
    date = formatdate(world.simulator.clock() + 20, usegmt=True)
    return {"kind": "status", "status": 429, "headers": {"retry-after": date}}


def _elsewhere(world: World) -> Options:
    there = f"{world.elsewhere.url}/v2/deployments?key=1"
    return {"kind": "status", "status": 307, "headers": {"location": there}}


def _without_id(answer: dict[str, Any]) -> None:
    if answer.pop("id", None) is None:
        answer.pop("resources", None)


def _of_tomorrow(answer: dict[str, Any]) -> None:
    for item in [answer, *answer.get("resources", [])]:
        item |= {"status": "DREAMING", "of_tomorrow": {"kind": 1}}


_NONE = "no error of its own"
_LOST = "`pulumi up --refresh`|[Rr]un the same command again"
_NO_JSON = "answered 200, but its body is no JSON"
_ELSE = "Something else than the control plane may answer"
_LATER = "in a few minutes"
_CORRECT = "Correct what the answer names"
_TAKEN = "another workspace|in the way"
_ADDRESS = "This says nothing about the deployment"
_UNPROCESSABLE = {"detail": [{"loc": ["body", "name"], "msg": "is odd", "type": "odd"}]}

FAULTS = (
    Fault("connection refused", "could not be sent", "It changed nothing", network.refused),
    Fault("reset before the work", "answer was lost", _LOST, options={"kind": "drop_request"}),
    Fault("reset after the work", "answer was lost", _LOST, options={"kind": "drop_response"}),
    Fault("timeout before the work", "nothing came for ", _LOST, network.silence),
    Fault("timeout after the work", "nothing came for ", _LOST, network.silence_after),
    Fault("slow drip", "not complete within ", _LOST, network.drip),
    Fault("answer cut off", "answer was lost", _LOST, options={"kind": "drop_body"}),
    Fault("truncated JSON", "its body is no JSON", _ELSE, options={"kind": "truncated"}),
    Fault("HTML page with 200", _NO_JSON, _ELSE, options={"kind": "garbage", "body": PAGE}),
    Fault("HTML page after the work", _NO_JSON, _ELSE, options={"kind": "garbage", "after": True}),
    Fault("field missing", "but it is no ", _ELSE, network.rewritten(_without_id)),
    Fault("unknown status and field", _NONE, _NONE, network.rewritten(_of_tomorrow)),
    Fault("400", **answered(400, "source_config does not fit", _CORRECT)),
    Fault("401", **answered(401, "Invalid token", "Set a valid one")),
    Fault(
        "403 key of an organization",
        **answered(
            403,
            error_responses.workspace_required().detail,
            "pulumi config set langsmith:workspaceId",
        ),
    ),
    Fault(
        "403 product not enabled",
        **answered(403, error_responses.not_enabled().detail, "An administrator has to enable"),
    ),
    Fault("403", **answered(403, "Forbidden", "Use a key with permission")),
    Fault(
        "404 of the deployment", "answered 404: Deployment ID", "pulumi refresh", options=_missing
    ),
    Fault(
        "404 of something else",
        **answered(404, "Listener ID 7 not found.", "Check the id|newest revision"),
    ),
    Fault("404 of the route", **answered(404, "Not Found", _ADDRESS)),
    Fault(
        "404 page of a proxy",
        "answered 404: 502 upstream is away",
        _ADDRESS,
        options={"kind": "status", "status": 404, "body": PAGE, "content_type": "text/html"},
    ),
    Fault(
        "409 tracing project",
        **answered(409, error_responses.name_taken(NAME).detail, "choose another"),
    ),
    Fault(
        "409 agent environment",
        **answered(409, error_responses.agent_environment_taken().detail, _TAKEN),
    ),
    Fault("408", **answered(408, "Request Timeout", _LATER)),
    Fault("413", **answered(413, "Request Entity Too Large", _CORRECT)),
    Fault(
        "422",
        "answered 422: name: is odd",
        _CORRECT,
        options={"kind": "status", "status": 422, "body": json.dumps(_UNPROCESSABLE)},
    ),
    Fault("429", **answered(429, "Too Many Requests", "Wait a minute")),
    Fault(
        "429, Retry-After in seconds",
        **answered(429, "slow down", "Wait a minute", headers={"retry-after": "20"}),
    ),
    Fault("429, Retry-After as a date", "answered 429", "Wait a minute", options=_at_a_date),
    Fault("500", **answered(500, "Internal Server Error", _LATER)),
    Fault(
        "502",
        "answered 502: 502 upstream is away",
        _LATER,
        options={"kind": "status", "status": 502, "body": PAGE, "content_type": "text/html"},
    ),
    Fault("502 after the work", **answered(502, "Bad Gateway", _LATER, after=True)),
    Fault(
        "503, Retry-After in seconds",
        **answered(503, "maintenance", _LATER, headers={"retry-after": "30"}),
    ),
    Fault("504 after the work", **answered(504, "Gateway Timeout", _LATER, after=True)),
    Fault("redirect to another host", "redirected to", "not followed", options=_elsewhere),
    Fault("answer older than the last write", _NONE, _NONE, options={"kind": "stale"}),
)
"""Rows of the matrix."""

FAULT_OF = {fault.name: fault for fault in FAULTS}
