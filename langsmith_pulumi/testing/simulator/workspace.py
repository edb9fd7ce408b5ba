"""The deployments and tracing projects of one workspace, and the current tick of each."""

import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar

from langsmith_pulumi.testing.simulator.error_responses import name_taken, not_found
from langsmith_pulumi.testing.simulator.lifecycle import Timing, advance_revisions
from langsmith_pulumi.testing.simulator.records import (
    DeploymentRecord,
    ListenerRecord,
    Records,
    RevisionRecord,
)
from langsmith_pulumi.testing.simulator.settings import Settings

Clock = Callable[[], float]
_Record = TypeVar("_Record", DeploymentRecord, RevisionRecord, ListenerRecord)


class Workspace:
    """The deployments of a workspace, which advance whenever they are read.

    Nothing happens in the background: each read first advances every deployment as far as the
    clock, or the number of reads, allows.
    """

    def __init__(self, settings: Settings, clock: Clock, records: Records) -> None:
        self.settings = settings
        self.clock = clock
        self.records = records

    @property
    def timing(self) -> Timing:
        """Return the timing of the current settings."""
        seconds, deletion = self.settings.revision_seconds, self.settings.deletion_seconds
        return Timing(seconds, seconds if deletion is None else deletion, self.settings.reads)

    def now(self, deployment: DeploymentRecord | None = None) -> float:
        """Return the current tick of a deployment: seconds of the clock, or its reads so far."""
        if self.settings.reads is None:
            return self.clock()
        return deployment.reads if deployment else 0

    def all(self) -> list[DeploymentRecord]:
        """Advance every deployment, and return them, oldest first."""
        for deployment in list(self.records.deployments.values()):
            self._advance(deployment)
        return list(self.records.deployments.values())

    def find(self, deployment_id: str) -> DeploymentRecord:
        """Return the deployment of this id; raise a 404 if there is none."""
        return _with_id("Deployment", self.all(), deployment_id)

    def find_revision(
        self, deployment_id: str, revision_id: str
    ) -> tuple[DeploymentRecord, RevisionRecord]:
        """Return a revision and its deployment; raise a 404 if there is none."""
        deployment = self.find(deployment_id)
        return deployment, _with_id("Revision", deployment.revisions, revision_id)

    def find_by_name(self, name: str) -> DeploymentRecord:
        """Return the deployment of this name; raise a 404 if there is none."""
        for deployment in self.all():
            if deployment.name == name:
                return deployment
        raise not_found("Deployment", name)

    def previews_of(self, deployment: DeploymentRecord) -> list[DeploymentRecord]:
        """Return the preview builds of a deployment."""
        return [other for other in self.all() if other.preview_of == deployment.id]

    def read(self, deployment_id: str) -> DeploymentRecord:
        """Return a deployment, and count the read, which passes for time in the `reads` mode."""
        self.find(deployment_id).reads += 1
        return self.find(deployment_id)

    def read_revision(self, deployment_id: str, revision_id: str) -> RevisionRecord:
        """Return a revision, and count a read of its deployment."""
        self.read(deployment_id)
        return self.find_revision(deployment_id, revision_id)[1]

    def listeners(self) -> list[ListenerRecord]:
        """Return the listeners: those of the settings, as the API has left them, and its own."""
        given = {
            one.id: ListenerRecord(
                one.id, one.compute_id, list(one.k8s_namespaces), one.version, 0, 0
            )
            for one in self.settings.listeners
        }
        known = given | self.records.listeners
        return [listener for listener in known.values() if not listener.is_deleted]

    def find_listener(self, listener_id: str) -> ListenerRecord:
        """Return the listener of this id; raise a 404 if there is none."""
        return _with_id("Listener", self.listeners(), listener_id)

    def add(self, deployment: DeploymentRecord) -> None:
        """Add a deployment and its tracing project; raise a 409 if the name is taken."""
        self.require_free_name(deployment.name)
        self.records.projects.add(deployment.name)
        self.records.deployments[deployment.id] = deployment

    def require_free_name(self, name: str) -> None:
        """Raise a 409 if a tracing project holds the name."""
        self.all()
        if name in self.records.projects:
            raise name_taken(name)

    def remove(self, deployment: DeploymentRecord) -> None:
        """Remove a deployment, and its tracing project if the deletion included it."""
        self.records.deployments.pop(deployment.id, None)
        if deployment.deletes_tracing_project:
            self.records.projects.discard(deployment.name)

    def _advance(self, deployment: DeploymentRecord) -> None:
        now = self.now(deployment)
        deployment.timeline.advance(now)
        if deployment.is_gone:
            self.remove(deployment)
        elif not deployment.is_deleting:
            self._advance_revisions(deployment, now)

    def _advance_revisions(self, deployment: DeploymentRecord, now: float) -> None:
        before = [revision.status for revision in deployment.revisions]
        advance_revisions([revision.timeline for revision in deployment.revisions], now)
        for revision, status in zip(deployment.revisions, before, strict=True):
            if revision.status != status:
                revision.updated_at = self.clock()


def new_id() -> str:
    """Return a new random id."""
    return str(uuid.uuid4())


def _with_id(kind: str, records: Sequence[_Record], identifier: str) -> _Record:
    for record in records:
        if record.id == identifier:
            return record
    raise not_found(kind, identifier)
