"""The connection of look-ups, their errors, and their variants that take inputs."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pulumi

from langsmith_pulumi._interrupts import hide_interrupts
from langsmith_pulumi.control_plane.errors import (
    ControlPlaneError,
    DeploymentNotFound,
    ListenerNotFound,
    RevisionNotFound,
)
from langsmith_pulumi.provider.error_boundary import error_message
from langsmith_pulumi.provider.session import CONFIG_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.settings import Settings

T = TypeVar("T")
Function = TypeVar("Function", bound="Callable[..., Any]")

_ADVICE: dict[type[Exception], str] = {
    DeploymentNotFound: "Check the id; a deployment of another workspace is found with "
    "workspace_id=..., or by the setting langsmith:workspaceId.",
    ListenerNotFound: "Check the id; list_listeners() returns those there are.",
    RevisionNotFound: "Check the id; list_revisions(deployment_id) returns those there are.",
}
"""The next step after an error, where that of a resource would be wrong."""

_clients: dict[Settings, ControlPlaneClient] = {}
_clients_lock = Lock()


@dataclass(frozen=True)
class Place:
    """The workspace and the control plane to ask; None leaves them to the settings."""

    workspace_id: str | None = None
    control_plane_url: str | None = None


def plain(function: Function) -> Function:
    """Refuse outputs as arguments, and name the variant that takes them."""

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if any(map(_has_output, (*args, *kwargs.values()))):
            name = function.__name__
            raise pulumi.RunError(
                f"{name} takes plain values, and an argument is an output: call {name}_output."
            )
        return function(*args, **kwargs)

    return cast("Function", checked)


def look_up(operation: str, place: Place, ask: Callable[[ControlPlaneClient], T]) -> T:
    """Return the answer to a question, or raise ``pulumi.RunError`` with one sentence.

    Pulumi prints the text of this error alone, and the traceback of any other. ``operation`` says
    what is looked up, such as "looking up the deployment 'agent'".
    """
    hide_interrupts()
    try:
        return ask(_client(place))
    except Exception as error:  # noqa: BLE001 - a traceback of a defect could print secrets
        if isinstance(error, ControlPlaneError):
            error.advice = _ADVICE.get(type(error), error.advice)
        message = error_message(error, operation)
    # Raised after the handler, so that no traceback shows the original exception.
    raise pulumi.RunError(message)


def with_inputs(function: Callable[..., T], **inputs: Any) -> pulumi.Output[T]:
    """Call a look-up as soon as its inputs are known.

    While one of them is unknown, nothing is asked and the output is unknown. If one is secret, so
    is the output. A thread makes the requests, for the event loop serves all other resources.
    """
    given = pulumi.Output.all(**inputs)
    return given.apply(lambda known: asyncio.to_thread(function, **known))


def _has_output(value: object) -> bool:
    items = value if isinstance(value, (list, tuple)) else [value]
    return any(isinstance(item, pulumi.Output) for item in items)


def _client(place: Place) -> ControlPlaneClient:
    """Return the connection to a place; those to one control plane share it."""
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.settings import resolve_settings

    config = pulumi.Config(CONFIG_NAMESPACE)
    settings = resolve_settings(config.get, os.environ, place.control_plane_url)
    shared = replace(settings, workspace_id=None)
    with _clients_lock:
        if shared not in _clients:
            _clients[shared] = ControlPlaneClient(shared)
        client = _clients[shared]
    workspace = place.workspace_id or settings.workspace_id
    return client.for_workspace(workspace) if workspace else client
