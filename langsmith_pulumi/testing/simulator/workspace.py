"""The deployments and tracing projects of one workspace, and what time it is for each."""

import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar

from langsmith_pulumi.testing.simulator.lifecycle import Pace, advance_in_turn
from langsmith_pulumi.testing.simulator.records import Deployment, Records, Revision
from langsmith_pulumi.testing.simulator.refusals import name_taken, not_found
from langsmith_pulumi.testing.simulator.settings import Settings

Clock = Callable[[], float]
_Thing = TypeVar("_Thing", Deployment, Revision)


class Workspace:
    """Keeps deployments, and brings them up to date whenever somebody looks.

    Nothing happens in the background: each look first moves everything on as far as the clock,
    or the number of reads, allows.
    """

    def __init__(self, settings: Settings, clock: Clock, records: Records) -> None:
        self.settings = settings
        self.clock = clock
        self.records = records

    @property
    def pace(self) -> Pace:
        """How fast things go by the present settings."""
        seconds, deletion = self.settings.revision_seconds, self.settings.deletion_seconds
        return Pace(seconds, seconds if deletion is None else deletion, self.settings.reads)

    def now(self, deployment: Deployment | None = None) -> float:
        """Tell the present tick of a deployment: seconds of the clock, or its reads so far."""
        if self.settings.reads is None:
            return self.clock()
        return deployment.reads if deployment else 0

    def all(self) -> list[Deployment]:
        """Return every deployment, oldest first, brought up to date."""
        for deployment in list(self.records.deployments.values()):
            self._bring_up_to_date(deployment)
        return list(self.records.deployments.values())

    def find(self, deployment_id: str) -> Deployment:
        """Return a deployment by id, or refuse."""
        return _with_id("Deployment", self.all(), deployment_id)

    def find_revision(self, deployment_id: str, revision_id: str) -> tuple[Deployment, Revision]:
        """Return a revision and its deployment, or refuse."""
        deployment = self.find(deployment_id)
        return deployment, _with_id("Revision", deployment.revisions, revision_id)

    def named(self, name: str) -> Deployment:
        """Return the deployment of this name, or refuse."""
        for deployment in self.all():
            if deployment.name == name:
                return deployment
        raise not_found("Deployment", name)

    def read(self, deployment_id: str) -> Deployment:
        """Return a deployment to a reader, which passes for time where reads are counted."""
        self.find(deployment_id).reads += 1
        return self.find(deployment_id)

    def read_revision(self, deployment_id: str, revision_id: str) -> Revision:
        """Return a revision to a reader, which is a read of its deployment."""
        self.read(deployment_id)
        return self.find_revision(deployment_id, revision_id)[1]

    def add(self, deployment: Deployment) -> None:
        """Take a deployment in, with its tracing project, unless the name is taken."""
        self.require_free(deployment.name)
        self.records.projects.add(deployment.name)
        self.records.deployments[deployment.id] = deployment

    def require_free(self, name: str) -> None:
        """Refuse a name that a tracing project holds."""
        self.all()
        if name in self.records.projects:
            raise name_taken(name)

    def remove(self, deployment: Deployment) -> None:
        """Forget a deployment, and its tracing project if that was asked for."""
        del self.records.deployments[deployment.id]
        if deployment.takes_project_along:
            self.records.projects.discard(deployment.name)

    def _bring_up_to_date(self, deployment: Deployment) -> None:
        now = self.now(deployment)
        deployment.course.advance(now)
        if deployment.gone:
            self.remove(deployment)
        elif not deployment.leaving:
            self._advance_revisions(deployment, now)

    def _advance_revisions(self, deployment: Deployment, now: float) -> None:
        before = [revision.status for revision in deployment.revisions]
        advance_in_turn([revision.course for revision in deployment.revisions], now)
        for revision, status in zip(deployment.revisions, before, strict=True):
            if revision.status != status:
                revision.updated_at = self.clock()


def new_id() -> str:
    """Make an id as the service does."""
    return str(uuid.uuid4())


def _with_id(kind: str, things: Sequence[_Thing], identifier: str) -> _Thing:
    for thing in things:
        if thing.id == identifier:
            return thing
    raise not_found(kind, identifier)
