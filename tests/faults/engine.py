"""An engine in a few calls: `up`, `refresh` and `destroy` of one deployment, in this process.

What the real engines do is tested in tests/scenarios. Here a thousand faults have to take seconds,
so the calls that matter to the providers are made directly, in the engine's order, and what they
answer is kept as a state is. Each operation has a session of its own, as each plugin process has.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.deployment import _revision_part
from langsmith_pulumi.provider import DeploymentProvider, RolloutProvider

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.provider.session import Session

Bag = dict[str, Any]
Provider = DeploymentProvider | RolloutProvider

NAME = "agent"
_URN = "urn:pulumi:prod::agents::dynamic/langsmith:{}::agent"
_TAKEN_BY_THE_ROLLOUT = (
    "workspace_id",
    "source_config",
    "source_revision_config",
    "secret_references",
    "revision_source",
    "tracked_packages",
    "route_through_gateway",
    "triggers",
)


@dataclass(frozen=True)
class Resource:
    """What a state holds of a resource."""

    id: str
    inputs: Bag
    outputs: Bag


@dataclass(frozen=True)
class State:
    """A stack that holds one deployment and its rollout, or less."""

    deployment: Resource | None = None
    rollout: Resource | None = None


REFUSED = "property "
"""How the engine begins to tell of a failed check."""


class Refused(Exception):  # noqa: N818 - what the engine makes of failed checks
    """Inputs that the preview refuses, one on each line."""


class Engine:
    """Runs operations on one stack; each returns the error as the user reads it, or nothing."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self.session = session
        self.state = State()

    def up(self, program: Bag) -> str:
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
        except Refused as refused:
            return str(refused)
        except Exception as failure:  # noqa: BLE001 - that all failures look alike is tested here
            return _sentence(failure)
        return ""

    def _up(self, deployments: Provider, rollouts: Provider, program: Bag) -> None:
        wanted = {"name": NAME, "progress_urn": _URN.format("Deployment"), **program}
        made = _applied(deployments, self.state.deployment, wanted)
        self.state = replace(self.state, deployment=made)
        rollout = _applied(rollouts, self.state.rollout, _rollout_inputs(program, made))
        self.state = replace(self.state, rollout=rollout)

    def _refresh(self, deployments: Provider, rollouts: Provider) -> None:
        self.state = replace(self.state, deployment=_read(deployments, self.state.deployment))
        self.state = replace(self.state, rollout=_read(rollouts, self.state.rollout))

    def _destroy(self, deployments: Provider, _: Provider) -> None:
        self.state = replace(self.state, rollout=None)
        if self.state.deployment:
            deployments.delete(self.state.deployment.id, self.state.deployment.outputs)
        self.state = State()


def _applied(provider: Provider, before: Resource | None, wanted: Bag) -> Resource:
    checked = provider.check(before.inputs if before else {}, _stored(wanted))
    if checked.failures:
        found = sorted((one.property, one.reason) for one in checked.failures)
        raise Refused("\n".join(f"{REFUSED}{path} has a problem: {why}" for path, why in found))
    inputs = _stored(checked.inputs)
    if before is None:
        made = provider.create(inputs)
        return Resource(made.id, inputs, _stored(made.outs))
    plan = provider.diff(before.id, before.outputs, inputs)
    assert not plan.replaces
    if not plan.changes:
        return replace(before, inputs=inputs)
    changed = provider.update(before.id, before.outputs, inputs)
    return Resource(before.id, inputs, _stored(changed.outs))


def _read(provider: Provider, before: Resource | None) -> Resource | None:
    if before is None:
        return None
    found = provider.read(before.id, before.outputs)
    return Resource(found.id, _stored(found.inputs), _stored(found.outs)) if found.id else None


def _rollout_inputs(program: Bag, deployment: Resource) -> Bag:
    """What `langsmith_pulumi.Rollout` takes from its deployment's outputs."""
    outputs = deployment.outputs
    taken = {key: outputs.get(key) for key in _TAKEN_BY_THE_ROLLOUT if key in program}
    secret = ("secret_fingerprints",) if "secrets" in program else ()
    return {
        **taken,
        **{key: outputs.get(key) for key in secret},
        "source_config": _revision_part(outputs.get("source_config")),
        "deployment_id": deployment.id,
        "revision_id": outputs.get("requested_revision_id"),
        "timeout": program.get("rollout_timeout"),
        "progress_urn": _URN.format("Rollout"),
    }


def _stored(bag: Bag | None) -> Bag:
    """A bag as it comes back from a state: JSON, and nothing shared with the provider."""
    stored: Bag = json.loads(json.dumps(bag or {}))
    return {key: value for key, value in stored.items() if value is not None}


def _sentence(failure: Exception) -> str:
    """The text of a failure, which has come through the door alone."""
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit
    if type(failure).__qualname__ != "LangSmith":
        raise failure
    assert (failure.__cause__, failure.__context__) == (None, None)
    return str(failure)
