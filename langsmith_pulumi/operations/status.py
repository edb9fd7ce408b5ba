"""What runs, and how it compares with what a program asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.errors import ControlPlaneError, DeploymentNotFound
from langsmith_pulumi.control_plane.revision_status import Outcome, outcome_of
from langsmith_pulumi.provider.changes import HEALTH_CHECK
from langsmith_pulumi.provider.drift import drifted_paths
from langsmith_pulumi.provider.error_boundary import ProviderError
from langsmith_pulumi.provider.properties import DRIFTED, READ_ONLY

from .sources import asked_for, built_from

if TYPE_CHECKING:
    from datetime import datetime

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision

    from .stacks import ManagedDeployment, Stack

HIDDEN = "[secret]"
_REVISION_CONFIG = "source_revision_config."
_WORKERS = 8
"""Deployments that are read at the same time."""


@dataclass(frozen=True)
class RevisionState:
    """A revision as it is now."""

    id: str
    status: str
    message: str | None
    """The reason of a failure, if the service gives one."""
    built_from: str | None
    """The commit, image or archive."""
    since: datetime | None
    """When it last changed: of a deployed one, when it was deployed, as a rule."""


@dataclass(frozen=True)
class Wish:
    """What the program asked for, by the state."""

    source: str | None
    """The branch, tag, image or archive; None if a refresh has replaced it in the state."""
    revision_id: str | None
    """The revision that its last change requested."""


@dataclass(frozen=True)
class Health:
    """The answer of an agent."""

    is_good: bool
    answer: str


@dataclass(frozen=True)
class DeploymentStatus:
    """One deployment; what was not asked for, or is not known, is None."""

    name: str
    id: str
    asked: Wish | None = None
    status: str | None = None
    """The status of the deployment, which says little of its revisions."""
    newest: RevisionState | None = None
    active: RevisionState | None = None
    url: str | None = None
    drift: tuple[str, ...] | None = None
    """The managed fields that differ from the state."""
    health: Health | None = None
    problem: str | None = None
    """Why it could not be read."""
    is_missing: bool = False
    """True if the state has it, and the service does not."""

    @property
    def needs_attention(self) -> bool:
        """Return True if it is missing, failed, drifted or unhealthy; not during a rollout."""
        ended_badly = self.newest is not None and outcome_of(self.newest.status) in (
            Outcome.FAILED,
            Outcome.SUPERSEDED,
        )
        is_sick = self.health is not None and not self.health.is_good
        return self.is_missing or ended_badly or bool(self.drift) or is_sick


def workspace_status(client: ControlPlaneClient, *, health: bool) -> list[DeploymentStatus]:
    """Return all deployments of the workspace, without those made for pull requests."""

    def status(live: LiveDeployment) -> DeploymentStatus:
        found = DeploymentStatus(live.name, live.id)
        try:
            found = _live_status(client, live)
            return _with_health(client, found, {}) if health else found
        except ControlPlaneError as error:
            return replace(found, problem=str(error))

    with ThreadPoolExecutor(_WORKERS) as pool:
        return sorted(pool.map(status, client.deployments()), key=lambda one: one.name)


def stack_status(stack: Stack, *, health: bool) -> list[DeploymentStatus]:
    """Return the deployments in a stack's state."""
    session = stack.session()
    if not any(one.inputs.get("control_plane_url") for one in stack.deployments):
        session.client()  # an error of the settings is one for all

    def status(managed: ManagedDeployment) -> DeploymentStatus:
        found = DeploymentStatus(managed.name, managed.id, _wish(managed))
        try:
            client = session.client_for(managed.outputs)
            salt = session.salt_of(managed.outputs)
            found = _managed_status(client, managed, salt)
            return _with_health(client, found, managed.inputs) if health else found
        except DeploymentNotFound:
            return replace(found, is_missing=True)
        except (ControlPlaneError, ProviderError) as error:
            return replace(found, problem=str(error))

    with ThreadPoolExecutor(_WORKERS) as pool:
        found = list(pool.map(status, stack.deployments))
    shown = (_hide(*pair) for pair in zip(found, stack.deployments, strict=True))
    return sorted(shown, key=lambda one: one.name)


def _managed_status(
    client: ControlPlaneClient, managed: ManagedDeployment, salt: str
) -> DeploymentStatus:
    live = client.get(managed.id)
    is_only_read = bool(managed.inputs.get(READ_ONLY))
    paths = [] if is_only_read else drifted_paths(managed.inputs, managed.outputs, live, salt)
    asked = _wish(managed)
    if any(path.startswith(_REVISION_CONFIG) for path in managed.inputs.get(DRIFTED) or {}):
        # A refresh has replaced what the program asked for by what is live, and no `up` followed.
        asked = replace(asked, source=None)
    return replace(_live_status(client, live), asked=asked, drift=tuple(paths))


def _live_status(client: ControlPlaneClient, live: LiveDeployment) -> DeploymentStatus:
    newest, active = live.latest_revision_id, live.active_revision_id
    states = {
        identifier: _revision_state(client.revision(live.id, identifier))
        for identifier in {newest, active}
        if identifier
    }
    return DeploymentStatus(
        name=live.name,
        id=live.id,
        status=live.status,
        newest=states.get(newest or ""),
        active=states.get(active or ""),
        url=live.public_url,
    )


def _revision_state(revision: Revision) -> RevisionState:
    return RevisionState(
        id=revision.id,
        status=revision.status,
        message=revision.status_message,
        built_from=built_from(revision.source_revision_config),
        since=revision.updated_at or revision.created_at,
    )


def _wish(managed: ManagedDeployment) -> Wish:
    config = managed.inputs.get("source_revision_config") or {}
    return Wish(asked_for(config), managed.requested_revision_id)


def _with_health(
    client: ControlPlaneClient, found: DeploymentStatus, inputs: dict[str, Any]
) -> DeploymentStatus:
    """Ask the agent once, at the path and with the headers of the program, if it has any."""
    from langsmith_pulumi.control_plane.health import ask_once
    from langsmith_pulumi.control_plane.models import HealthCheck

    given = inputs.get(HEALTH_CHECK)
    check = HealthCheck.model_validate(given if isinstance(given, dict) else {})
    if not found.url:
        return replace(found, health=Health(is_good=False, answer="no URL to ask"))
    return replace(found, health=Health(*ask_once(client, found.url, check)))


def _hide(found: DeploymentStatus, managed: ManagedDeployment) -> DeploymentStatus:
    """Hide what the program gives as a secret, such as a URL of its own, or an image."""
    secrets = {_comparable(text) for text in managed.secret_texts}

    def hidden(text: str | None) -> str | None:
        return HIDDEN if text and _comparable(text) in secrets else text

    def hidden_revision(one: RevisionState | None) -> RevisionState | None:
        return one and replace(one, built_from=hidden(one.built_from))

    return replace(
        found,
        asked=found.asked and replace(found.asked, source=hidden(found.asked.source)),
        newest=hidden_revision(found.newest),
        active=hidden_revision(found.active),
        url=hidden(found.url),
    )


def _comparable(text: str) -> str:
    """Return a text without what a service may write otherwise, such as a slash at its end."""
    return text.strip().rstrip("/").lower()
