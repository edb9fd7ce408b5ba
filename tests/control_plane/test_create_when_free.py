"""A create waits until a deployment that is in its way is gone, if that one is being deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.conflict_wait import create_when_free
from tests.control_plane.factories import (
    DEPLOYMENT_ID,
    OTHER_ID,
    create_request,
    deployment,
    list_page,
    not_found,
)
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Request, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

PROJECT = "There already exists a project in LangSmith named: support-agent."
AGENT = "A deployment already exists for this agent environment."


class World:
    """A control plane with a deployment whose deletion ends at a time of the clock."""

    def __init__(self, server: FakeServer, clock: FakeClock, gone_at: float, **old: Any) -> None:
        self.old = deployment(**{"status": "AWAITING_DELETE", **old})
        self.refusal = PROJECT
        self.refused_until = self.listed_until = self.gone_at = gone_at
        self.first_answers: list[Response] = []
        self.posts: list[float] = []
        self._clock = clock
        server.respond_using(self.answer)

    def answer(self, request: Request) -> Response:
        now = self._clock.now
        if request.method == "POST":
            self.posts.append(now)
            if self.first_answers:
                return self.first_answers.pop(0)
            refused = Response(409, {"detail": self.refusal})
            return refused if now < self.refused_until else Response(201, deployment(id=OTHER_ID))
        if request.path.endswith(DEPLOYMENT_ID):
            return Response(body=self.old) if now < self.gone_at else not_found()
        return list_page(*([self.old] if now < self.listed_until else []))


class Creating:
    """The call under test, with what it reported."""

    def __init__(self, client: ControlPlaneClient) -> None:
        self.client = client
        self.told: list[str] = []
        self.seen: set[str] = set()

    def __call__(self, timeout: float = 600.0) -> LiveDeployment:
        return create_when_free(
            self.client,
            create_request(),
            timeout=timeout,
            on_conflict=lambda conflict: self.told.append(conflict.deployment_name),
            on_progress=lambda status, _: self.seen.add(status),
        )


@pytest.fixture
def creating(client: ControlPlaneClient) -> Creating:
    return Creating(client)


def test_create_waits_for_the_name(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    world = World(server, clock, gone_at=100)

    assert creating().id == OTHER_ID
    assert creating.told == ["support-agent"]
    assert creating.seen == {"AWAITING_DELETE"}
    assert world.posts[0] == 0
    assert 100 <= world.posts[1] <= 102
    assert len(world.posts) == 2


def test_create_waits_for_the_place_of_an_agent(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    """A deployment of another name may take the place of this agent."""
    World(server, clock, gone_at=100, name="older").refusal = AGENT

    assert creating().id == OTHER_ID
    assert creating.told == ["older"]


def test_create_whose_response_is_lost_waits_too(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    """A deployment that is being deleted is never taken for the new one, nor for another's."""
    World(server, clock, gone_at=100).first_answers = [RESET]

    assert creating().id == OTHER_ID


def test_deployment_that_is_kept_is_not_waited_for(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    World(server, clock, gone_at=100, status="READY")

    with pytest.raises(errors.Conflict, match="exists already"):
        creating()

    assert clock.now == 0


def test_tracing_project_that_stays_is_told(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    """After the deletion the project may still have the name; that does not end by itself."""
    World(server, clock, gone_at=100).refused_until = 10_000

    with pytest.raises(errors.Conflict, match="left behind by a deleted deployment"):
        creating()

    assert clock.now < 103


def test_create_ends_with_its_timeout(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    """The error names the deployment in the way and its status, and what there is to do."""
    World(server, clock, gone_at=10_000)

    with pytest.raises(errors.DeletionTimedOut) as late:
        creating(timeout=90)

    text = str(late.value)
    assert f"'support-agent' ({DEPLOYMENT_ID}), which is being deleted" in text
    assert "is still AWAITING_DELETE after a wait of 1 min 30 s" in text
    assert "Nothing was created. Run `pulumi up` again later" in text
    assert clock.now == pytest.approx(90)


def test_list_that_shows_what_is_gone(
    server: FakeServer, clock: FakeClock, creating: Creating
) -> None:
    """Lists may lag behind: the request is repeated in peace, and until the timeout only."""
    world = World(server, clock, gone_at=0)
    world.refused_until = world.listed_until = 10_000

    with pytest.raises(errors.Conflict, match="is being deleted"):
        creating(timeout=60)

    assert 60 <= clock.now <= 65
    assert len(world.posts) <= 14
