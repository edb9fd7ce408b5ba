"""A change that meets a revision in progress is sent when that one has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.conflict_wait import send_when_idle
from langsmith_pulumi.control_plane.error_mapping import conflict_kind
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from tests.control_plane.factories import (
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    SECOND_REVISION_ID,
    deployment,
    not_found,
    patch,
    revision,
    timestamp,
)
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Request, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision

IN_PROGRESS = Response(409, {"detail": "A revision of this deployment is in progress."})
BODY = DeploymentPatchRequest.model_validate({"source_revision_config": {"repo_ref": "v2"}})


class World:
    """A control plane that refuses changes with 409 until its newest revision has ended."""

    def __init__(self, server: FakeServer, *statuses: str | Response) -> None:
        self.statuses = list(statuses)
        self.patches: list[Response] = []
        """Answers to the next PATCHes, instead of those that the status gives."""
        self.writes = 0
        self.live = deployment(latest_revision_id=FIRST_REVISION_ID)
        server.respond_using(self.answer)

    def answer(self, request: Request) -> Response:
        if request.method != "GET":
            self.writes += 1
            if self.patches:
                return self.patches.pop(0)
            return IN_PROGRESS if self.statuses[0] != "DEPLOYED" else Response(body=self.live)
        status = self.statuses[0]
        if "/revisions/" not in request.path:
            return status if isinstance(status, Response) else Response(body=self.live)
        if len(self.statuses) > 1:
            self.statuses.pop(0)
        return Response(body=revision(str(status)))


class Sending:
    """The call under test, with what it reported."""

    def __init__(self, client: ControlPlaneClient) -> None:
        self.client = client
        self.told: list[str] = []
        self.seen: list[str] = []
        self.received: list[LiveDeployment | None] = []

    def __call__(self, timeout: float = 600.0) -> LiveDeployment:
        return send_when_idle(
            self.client,
            DEPLOYMENT_ID,
            self.send,
            timeout=timeout,
            on_conflict=lambda conflict: self.told.append(conflict.summary()),
            on_progress=self.report,
        )

    def send(self, live: LiveDeployment | None) -> LiveDeployment:
        self.received.append(live)
        return patch(self.client, BODY)

    def report(self, newest: Revision, _: float) -> None:
        self.seen.append(newest.status)


@pytest.fixture
def sending(client: ControlPlaneClient) -> Sending:
    return Sending(client)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A revision of this deployment is in progress.", "revision_in_progress"),
        ("Revision 1 is still deploying", "revision_in_progress"),
        ("Cannot update: a deployment is already in progress", "revision_in_progress"),
        ("Build in progress for revision 1", "revision_in_progress"),
        ("A deployment already exists for this agent environment.", "agent_environment"),
        ("There already exists a project in LangSmith named: x.", "project_exists"),
        ("The name is taken", "other"),
        ("A deletion is in progress", "other"),
        ("Revision 1 has made no progress", "other"),
    ],
)
def test_a_conflict_is_told_by_its_text(text: str, kind: str) -> None:
    """Only a text that speaks of a revision in progress is one that waiting resolves."""
    assert conflict_kind(text) == kind


def test_a_change_waits_for_the_revision_in_progress(
    server: FakeServer, sending: Sending, clock: FakeClock
) -> None:
    """It is sent again when that revision has ended, and told once."""
    world = World(server, "BUILDING", "BUILDING", "DEPLOYING", "DEPLOYED")

    assert sending().id == DEPLOYMENT_ID

    assert world.writes == 2
    assert sending.seen == ["BUILDING", "BUILDING", "DEPLOYING"]
    [told] = sending.told
    assert told.endswith("was answered 409: A revision of this deployment is in progress.")
    assert sending.received[0] is None
    assert sending.received[1] is not None
    assert clock.now > 0


def test_nothing_is_read_where_nothing_is_in_progress(server: FakeServer, sending: Sending) -> None:
    """A change that is accepted costs one request."""
    World(server, "DEPLOYED")

    sending()

    assert [request.method for request in server.requests] == ["PATCH"]
    assert sending.told == []


def test_a_revision_that_fails_ends_the_wait(server: FakeServer, sending: Sending) -> None:
    """The change may be the cure for what has failed."""
    world = World(server, "BUILDING", "BUILD_FAILED")
    world.patches = [IN_PROGRESS, Response(body=world.live)]

    sending()

    assert world.writes == 2


def test_a_service_that_is_late_is_asked_again(server: FakeServer, sending: Sending) -> None:
    """A 409 after the end of the newest revision is waited out as well."""
    world = World(server, "DEPLOYED")
    world.patches = [IN_PROGRESS, IN_PROGRESS, IN_PROGRESS]

    sending()

    assert world.writes == 4


@pytest.mark.parametrize("trouble", [Response(502), RESET, Response(404, "<html>")])
def test_an_outage_does_not_end_the_wait(
    server: FakeServer, sending: Sending, trouble: Response
) -> None:
    """Polls without an answer are repeated."""
    world = World(server, "BUILDING", "BUILDING", trouble)
    reads = 0

    def answer(request: Request) -> Response:
        nonlocal reads
        reads += request.method == "GET"
        if reads > 12:
            world.statuses = ["DEPLOYED"]
        return world.answer(request)

    server.respond_using(answer)
    sending()

    assert sending.seen[:2] == ["BUILDING", "BUILDING"]
    assert world.writes == 2


def test_another_conflict_is_an_error_at_once(
    server: FakeServer, sending: Sending, clock: FakeClock
) -> None:
    """Only a revision in progress passes by itself."""
    world = World(server, "DEPLOYED")
    world.patches = [Response(409, {"detail": "The name is taken."})]

    with pytest.raises(errors.Conflict, match="The name is taken"):
        sending()

    assert (world.writes, clock.now) == (1, 0)


def test_another_conflict_during_the_wait_is_an_error(server: FakeServer, sending: Sending) -> None:
    """The change is not sent for ever."""
    world = World(server, "BUILDING", "DEPLOYED")
    world.patches = [IN_PROGRESS, Response(409, {"detail": "The name is taken."})]

    with pytest.raises(errors.Conflict, match="The name is taken"):
        sending()


def test_the_wait_ends_with_its_timeout(
    server: FakeServer, sending: Sending, clock: FakeClock
) -> None:
    """The error names the revision, says that nothing was changed, and what there is to do."""
    World(server, "DEPLOYING")

    with pytest.raises(errors.Conflict) as late:
        sending(timeout=90)

    text = str(late.value)
    assert f"Revision {FIRST_REVISION_ID} is DEPLOYING after a wait of 1 min 30 s" in text
    assert "Nothing was changed: run `pulumi up` again" in text
    assert "rollout_timeout" in text
    assert "/host/deployments/" in text
    assert clock.now == pytest.approx(90)


def test_a_deployment_that_is_deleted_meanwhile_ends_the_wait(
    server: FakeServer, sending: Sending
) -> None:
    """There is nothing left to change."""
    World(server, "BUILDING", not_found())

    with pytest.raises(errors.DeploymentNotFound):
        sending()


def test_a_deployment_that_is_being_deleted_ends_the_wait(
    server: FakeServer, sending: Sending
) -> None:
    """Its revision would never end."""
    World(server, "BUILDING").live["status"] = "AWAITING_DELETE"

    with pytest.raises(errors.DeploymentGone):
        sending()


def test_a_conflict_with_the_own_lost_change_is_no_second_revision(
    server: FakeServer, sending: Sending, clock: FakeClock
) -> None:
    """The revision in progress may be that of the PATCH whose answer was lost."""
    world = World(server, "BUILDING")
    writes: list[str] = []

    def answer(request: Request) -> Response:
        if request.method == "PATCH":
            writes.append(request.method)
            if len(writes) == 1:
                return RESET
            # The first PATCH is carried out late, just before the second one.
            world.live |= {
                "latest_revision_id": SECOND_REVISION_ID,
                "source_revision_config": {"repo_ref": "v2"},
            }
            return IN_PROGRESS
        if "/revisions/" in request.path:
            identifier = request.path.rpartition("/")[2]
            return Response(
                body=revision("BUILDING", id=identifier, created_at=timestamp(clock.now))
            )
        return Response(body=world.live)

    server.respond_using(answer)

    assert sending().latest_revision_id == SECOND_REVISION_ID
    assert len(writes) == 2
