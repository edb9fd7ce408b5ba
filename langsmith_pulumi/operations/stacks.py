"""A stack as far as operating commands need it: its settings, and the deployments in its state.

The state is read with its secrets in plain text, because the fingerprints of variables can only be
compared with the salt, which is one, and because a log may repeat any of them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.text import sanitize
from langsmith_pulumi.provider.error_boundary import ProviderError
from langsmith_pulumi.provider.session import CONFIG_NAMESPACE, Session
from langsmith_pulumi.provider.variables import VARIABLE_MAPS

from .connection import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.provider.properties import Properties

_TYPE = "pulumi-python:dynamic/langsmith:Deployment"
_SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105 - a constant of Pulumi's format


@dataclass(frozen=True)
class ManagedDeployment:
    """A deployment in the state of a stack."""

    resource: str
    """The name of the resource in the program."""
    id: str
    inputs: Properties = field(repr=False)
    outputs: Properties = field(repr=False)
    secret_texts: frozenset[str] = field(repr=False)
    """The secrets in it, without those of variables."""

    @property
    def name(self) -> str:
        """Return the name of the deployment."""
        return str(self.outputs.get("name") or self.inputs.get("name") or self.resource)

    @property
    def requested_revision_id(self) -> str | None:
        """Return the revision that the program's last change requested, or None."""
        return self.outputs.get("requested_revision_id")


@dataclass(frozen=True)
class Stack:
    """A stack's name, configuration and deployments."""

    name: str
    config: Mapping[str, str] = field(repr=False)
    deployments: list[ManagedDeployment]

    def client_for(self, name: str) -> ControlPlaneClient:
        """Return the connection to the deployment of this name or id, or to any other one.

        Raise ``OperationError`` if the name is not that of one deployment, or if the stack's
        settings name another control plane or workspace.
        """
        session = self.session()
        found = self._named(name)
        try:
            return session.client_for(found.outputs) if found else session.client()
        except ProviderError as error:
            raise OperationError(str(error)) from None

    def _named(self, name: str) -> ManagedDeployment | None:
        found = [one for one in self.deployments if name in (one.name, one.id)]
        if len(found) > 1:
            raise OperationError(
                f"The stack {self.name!r} has {len(found)} deployments of the name {name!r}, in "
                "several workspaces or control planes. Give the id of one: "
                f"{', '.join(map(_label, found))}."
            )
        resource = next((one for one in self.deployments if name == one.resource), None)
        if resource and not found:
            raise OperationError(
                f"{name!r} is a resource of the stack {self.name!r}, and its deployment has "
                f"another name. Give the deployment's name or id: {_label(resource)}."
            )
        return found[0] if found else None

    def session(self) -> Session:
        """Return connections by the stack's settings, which know the secrets of its state."""
        session = Session(lambda key: self.config.get(f"{CONFIG_NAMESPACE}:{key}"))
        for one in self.deployments:
            values = [value for key in VARIABLE_MAPS for value in _texts(one.inputs.get(key))]
            session.register_secrets([*values, *one.secret_texts])
        return session


def _label(one: ManagedDeployment) -> str:
    where = sanitize(str(one.outputs.get("control_plane_url", "")))
    return f"{one.id} (resource {one.resource!r}, deployment {one.name!r} at {where})"


def parse_stack(name: str, document: Mapping[str, Any], config: Mapping[str, str]) -> Stack:
    """Return the stack of a state that was exported with plain secrets."""
    resources = (document.get("deployment") or {}).get("resources") or []
    ours = [one for one in resources if one.get("type") == _TYPE and not one.get("delete")]
    return Stack(name, config, [_managed(one) for one in ours if one.get("id")])


def _managed(resource: Mapping[str, Any]) -> ManagedDeployment:
    inputs, outputs = resource.get("inputs") or {}, resource.get("outputs") or {}
    other = {key: value for key, value in inputs.items() if key not in VARIABLE_MAPS}
    return ManagedDeployment(
        resource=resource["urn"].rpartition("::")[2],
        id=resource["id"],
        inputs=_plain(inputs),
        outputs=_plain(outputs),
        secret_texts=frozenset(_secret_texts(other)),
    )


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and _SECRET_KEY in value


def _plain(value: Any) -> Any:
    """Return a value of the state with its secrets unwrapped."""
    if _is_secret(value):
        if "plaintext" not in value:
            raise OperationError("The state was exported without its secrets; read it again.")
        return _plain(json.loads(value["plaintext"]))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _secret_texts(value: Any) -> Iterator[str]:
    if _is_secret(value):
        yield from _texts(_plain(value))
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _secret_texts(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def read_stack(name: str | None, cwd: Path) -> Stack:
    """Read a stack of the Pulumi project in a folder; the selected or only one without a name."""
    name = name or _default_stack(cwd)
    document = _pulumi(cwd, "stack", "export", "--show-secrets", "--stack", name)
    config = _pulumi(cwd, "config", "--show-secrets", "--json", "--stack", name)
    values = {key: one["value"] for key, one in config.items() if "value" in one}
    return parse_stack(name, document, values)


def _default_stack(cwd: Path) -> str:
    stacks = _pulumi(cwd, "stack", "ls", "--json")
    chosen = [one["name"] for one in stacks if one.get("current")] or [
        one["name"] for one in stacks
    ]
    if len(chosen) != 1:
        names = ", ".join(sorted(chosen)) or "none"
        raise OperationError(
            f"No stack is selected. Name one with --stack; the project's stacks: {names}."
        )
    return str(chosen[0])


def _pulumi(cwd: Path, *command: str) -> Any:
    """Return the JSON that a command of the Pulumi CLI prints."""
    if shutil.which("pulumi") is None:
        raise OperationError(
            "The stack cannot be read, because the Pulumi CLI is not on PATH. Add --offline for a "
            "stack of the offline engine, or take --workspace, which needs no stack."
        )
    done = subprocess.run(  # noqa: S603 - a fixed command, without a shell
        ["pulumi", *command, "--non-interactive"],  # noqa: S607 - as PATH has it
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    shown = f"`pulumi {' '.join(command[:2])}`"
    if done.returncode != 0:
        raise OperationError(f"{shown} failed: {sanitize(done.stderr.removeprefix('error: '))}")
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise OperationError(f"{shown} did not print JSON.") from None
