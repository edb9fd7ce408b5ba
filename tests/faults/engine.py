"""A minimal engine: `up`, `refresh` and `destroy` of one deployment, in this process.

The real engines are tested in tests/scenarios. A thousand faults have to take seconds, so this one
calls the providers directly, in the engine's order, and stores their results as a state does. Each
operation has a session of its own, as each plugin process has.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import DeploymentProvider, RolloutProvider
from langsmith_pulumi.rollout import revision_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.provider.session import Session

Properties = dict[str, Any]
Provider = DeploymentProvider | RolloutProvider

NAME = "agent"
_STACK_URN = "urn:pulumi:prod::agents::pulumi-python:dynamic/langsmith:"
_URN = f"{_STACK_URN}Deployment::{NAME}"
_ROLLOUT_URN = f"{_STACK_URN}Deployment$pulumi-python:dynamic/langsmith:Rollout::{NAME}"
_ROLLOUT_INPUTS = (
    "workspace_id",
    "source_config",
    "source_revision_config",
    "secret_references",
    "revision_source",
    "tracked_packages",
    "route_through_gateway",
    "triggers",
)
_VARIABLES = {"secrets", "environment_variables"}


@dataclass(frozen=True)
class Resource:
    """A resource in the state."""

    id: str
    inputs: Properties
    outputs: Properties


@dataclass(frozen=True)
class State:
    """A stack with one deployment and its rollout, or less."""

    deployment: Resource | None = None
    rollout: Resource | None = None


CHECK_FAILURE_PREFIX = "pulumi-python:dynamic/langsmith:"
"""How the engine's message about a failed check begins."""


class CheckFailed(Exception):  # noqa: N818 - no error of the package
    """Failures of a check, one per line."""


class InProcessEngine:
    """Runs operations on one stack; each returns the error message, or "" on success."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self.session = session
        self.state = State()

    def up(self, program: Properties) -> str:
        return self._run(lambda deployments, rollouts: self._up(deployments, rollouts, program))

    def refresh(self) -> str:
        return self._run(self._refresh)

    def destroy(self) -> str:
        return self._run(self._destroy)

    def _run(self, act: Callable[[Provider, Provider], None]) -> str:
        session = self.session()
        providers = DeploymentProvider(), RolloutProvider()
        for provider in providers:
            provider._session = session
        try:
            act(*providers)
        except CheckFailed as refused:
            return str(refused)
        except Exception as failure:  # noqa: BLE001 - every failure has to have the one form
            return _error_text(failure)
        return ""

    def _up(self, deployments: Provider, rollouts: Provider, program: Properties) -> None:
        wanted = {"name": NAME, "progress_urn": _URN, **program}
        made = _apply(deployments, self.state.deployment, wanted)
        self.state = replace(self.state, deployment=made)
        rollout = _apply(rollouts, self.state.rollout, _rollout_inputs(program, made))
        self.state = replace(self.state, rollout=rollout)

    def _refresh(self, deployments: Provider, rollouts: Provider) -> None:
        self.state = replace(self.state, deployment=_read(deployments, self.state.deployment))
        self.state = replace(self.state, rollout=_read(rollouts, self.state.rollout))

    def _destroy(self, deployments: Provider, _: Provider) -> None:
        self.state = replace(self.state, rollout=None)
        if self.state.deployment:
            deployments.delete(self.state.deployment.id, self.state.deployment.outputs)
        self.state = State()


def _apply(provider: Provider, before: Resource | None, wanted: Properties) -> Resource:
    checked = provider.check(before.inputs if before else {}, _roundtrip(wanted))
    if checked.failures:
        found = sorted((one.property, one.reason) for one in checked.failures)
        raise CheckFailed("\n".join(_as_pulumi_prints(wanted, *one) for one in found))
    inputs = _roundtrip(checked.inputs)
    if before is None:
        made = provider.create(inputs)
        return Resource(made.id, inputs, _roundtrip(made.outs))
    plan = provider.diff(before.id, before.outputs, inputs)
    assert not plan.replaces
    if not plan.changes:
        return replace(before, inputs=inputs)
    changed = provider.update(before.id, before.outputs, inputs)
    return Resource(before.id, inputs, _roundtrip(changed.outs))


def _as_pulumi_prints(wanted: Properties, path: str, reason: str) -> str:
    kind, name = wanted["progress_urn"].split("::")[-2:]
    value = wanted.get(path, "<nil>")
    shown = value if isinstance(value, str) else json.dumps(value)
    return f"{kind} resource '{name}': property {path} value {{{shown}}} has a problem: {reason}"


def _read(provider: Provider, before: Resource | None) -> Resource | None:
    if before is None:
        return None
    found = provider.read(before.id, before.outputs)
    return (
        Resource(found.id, _roundtrip(found.inputs), _roundtrip(found.outs)) if found.id else None
    )


def _rollout_inputs(program: Properties, deployment: Resource) -> Properties:
    """Return the inputs that `langsmith_pulumi.Rollout` takes from its deployment."""
    outputs = deployment.outputs
    taken = {key: outputs.get(key) for key in _ROLLOUT_INPUTS if key in program}
    declares_variables = not _VARIABLES.isdisjoint(program)
    secret = ("secret_fingerprints",) if declares_variables else ()
    folder = outputs.get("folder")
    return {
        **taken,
        **{key: outputs.get(key) for key in secret},
        "folder": folder and {"digest": folder["digest"]},
        "source_config": revision_part(outputs.get("source_config")),
        "deployment_id": deployment.id,
        "revision_id": outputs.get("requested_revision_id"),
        "timeout": program.get("rollout_timeout"),
        "interrupt_stuck": outputs.get("interrupt_stuck"),
        "health_check": outputs.get("health_check"),
        "progress_urn": _ROLLOUT_URN,
    }


def _roundtrip(properties: Properties | None) -> Properties:
    """Return properties as a state returns them: as JSON, without None."""
    stored: Properties = json.loads(json.dumps(properties or {}))
    return {key: value for key, value in stored.items() if value is not None}


def _error_text(failure: Exception) -> str:
    """Return the message of a failure, which has to be free of causes and tracebacks."""
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit
    if type(failure).__qualname__ != "LangSmith":
        raise failure
    assert (failure.__cause__, failure.__context__) == (None, None)
    return str(failure)
