"""A revision that holds the requested one in the queue is interrupted, on request only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.stuck import STUCK_SECONDS
from langsmith_pulumi.control_plane.waiting import RolloutResult, wait_for_rollout
from tests.control_plane.factories import (
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    SECOND_REVISION_ID,
    deployment,
    list_page,
    revision,
    timestamp,
)
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Request, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient

FIRST, SECOND = FIRST_REVISION_ID, SECOND_REVISION_ID
THIRD = "33333333-3333-4333-8333-333333333333"
NEWER, OLDER = "interrupt", "interruption"
NO_ROUTE = Response(404, {"detail": "Not Found"})


class World:
    """Revisions that run one after the other, each until it is interrupted."""

    def __init__(self, server: FakeServer, clock: FakeClock, **statuses: str) -> None:
        self.revisions = [
            revision(status, id=identifier, created_at=timestamp(-age), updated_at=timestamp(-age))
            for age, (identifier, status) in enumerate(statuses.items())
        ]
        """The newest first."""
        self.active: str | None = None
        self.replies: dict[str, Response] = {NEWER: Response(202), OLDER: Response(202)}
        self.interrupted: list[str] = []
        """The requests, as the revision's id and the last part of the route."""
        self.at: list[float] = []
        self._clock = clock
        server.respond_using(self.answer)

    def answer(self, request: Request) -> Response:
        last = request.path.rpartition("/")[2]
        if request.method == "POST":
            return self._interrupt(request, last)
        if last == "revisions":
            return list_page(*self.revisions)
        if "/revisions/" in request.path:
            return Response(body=self._revision(last))
        newest = self.revisions[0]["id"]
        return Response(body=deployment(latest_revision_id=newest, active_revision_id=self.active))

    def _revision(self, identifier: str) -> dict[str, Any]:
        return next(one for one in self.revisions if one["id"] == identifier)

    def _interrupt(self, request: Request, route: str) -> Response:
        identifier = request.path.split("/")[-2]
        self.interrupted.append(f"{identifier} {route}")
        self.at.append(self._clock.now)
        reply = self.replies[route]
        if reply.status < 300 and not reply.resets:
            self._revision(identifier)["status"] = "INTERRUPTED"
            queued = [one for one in self.revisions if one["status"] == "QUEUED"]
            if queued and not self._is_held():
                queued[-1]["status"] = "DEPLOYED"
                self.active = queued[-1]["id"]
        return reply

    def _is_held(self) -> bool:
        return any(one["status"] == "DEPLOYING" for one in self.revisions)


class Wait:
    def __init__(self, client: ControlPlaneClient) -> None:
        self.client = client
        self.told: list[str] = []

    def __call__(
        self,
        *,
        timeout: float = 1.3 * STUCK_SECONDS,
        requested: str | None = SECOND,
        on: bool = True,
    ) -> RolloutResult:
        return wait_for_rollout(
            self.client,
            DEPLOYMENT_ID,
            timeout=timeout,
            on_progress=lambda *_: None,
            revision_id=requested,
            on_interrupt=self.told.append if on else None,
        )


@pytest.fixture
def wait(client: ControlPlaneClient) -> Wait:
    return Wait(client)


def test_a_stuck_revision_is_interrupted(server: FakeServer, clock: FakeClock, wait: Wait) -> None:
    """It has held the requested one for fifteen minutes; that is told, and the wait goes on."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})

    assert wait().deployment.active_revision_id == SECOND

    assert world.interrupted == [f"{FIRST} {NEWER}"]
    assert STUCK_SECONDS <= world.at[0] <= STUCK_SECONDS + 70
    [told] = wait.told
    assert f"revision {FIRST} is DEPLOYING and has held revision {SECOND} in QUEUED for" in told
    assert "it was interrupted" in told


def test_nothing_is_interrupted_without_being_asked(
    server: FakeServer, clock: FakeClock, wait: Wait
) -> None:
    """The option is off by default, and the revisions are not even listed."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})

    with pytest.raises(errors.RolloutTimedOut):
        wait(on=False)

    assert world.interrupted == []
    assert not any(line.endswith("/revisions") for line in server.request_lines)


@pytest.mark.parametrize("status", [404, 405])
def test_the_older_route_is_tried_where_the_newer_is_missing(
    server: FakeServer, clock: FakeClock, wait: Wait, status: int
) -> None:
    """The reference and a vendor's script spell the route differently."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "BUILDING"})
    world.replies[NEWER] = Response(status, NO_ROUTE.body)
    world.replies[OLDER] = Response(204)

    wait()

    assert world.interrupted == [f"{FIRST} {NEWER}", f"{FIRST} {OLDER}"]


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ({NEWER: NO_ROUTE, OLDER: NO_ROUTE}, "could not be"),
        ({NEWER: Response(403, {"detail": "no"})}, "could not be"),
        ({NEWER: Response(500)}, "may have been"),
        ({NEWER: RESET}, "may have been"),
    ],
    ids=["no route", "forbidden", "failed", "lost"],
)
def test_a_revision_is_interrupted_once_at_most(
    server: FakeServer, clock: FakeClock, wait: Wait, replies: dict[str, Response], outcome: str
) -> None:
    """A failure is told with its reason, not repeated, and does not end the wait."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})
    world.replies |= replies

    with pytest.raises(errors.RolloutTimedOut):
        wait(timeout=2.3 * STUCK_SECONDS)

    assert len(world.interrupted) == len(replies)
    [told] = wait.told
    assert f"it {outcome} interrupted: POST" in told


@pytest.mark.parametrize(
    "statuses",
    [
        {SECOND: "DEPLOYING", FIRST: "DEPLOYING"},
        {SECOND: "QUEUED", FIRST: "QUEUED"},
        {SECOND: "QUEUED", FIRST: "DEPLOYED"},
        {SECOND: "QUEUED", FIRST: "REHEARSING"},
        {SECOND: "QUEUED", FIRST: "UNKNOWN"},
        {SECOND: "QUEUED"},
        {THIRD: "QUEUED", FIRST: "DEPLOYING"},
        {THIRD: "QUEUED", SECOND: "DEPLOYING", FIRST: "DEPLOYED"},
        {THIRD: "QUEUED", SECOND: "SKIPPED", FIRST: "DEPLOYING"},
    ],
    ids=[
        "the requested one runs",
        "nothing runs",
        "the older one is deployed",
        "a new status",
        "an unknown status",
        "there is no older one",
        "the requested one is not listed",
        "the requested one holds a newer one",
        "the requested one was skipped",
    ],
)
def test_only_what_holds_the_requested_revision_is_interrupted(
    server: FakeServer, clock: FakeClock, wait: Wait, statuses: dict[str, str]
) -> None:
    """Neither the requested revision nor a newer one, nor one whose state is not clear."""
    world = World(server, clock, **statuses)

    with pytest.raises(errors.RolloutTimedOut):
        wait()

    assert world.interrupted == []


def test_the_active_revision_is_never_interrupted(
    server: FakeServer, clock: FakeClock, wait: Wait
) -> None:
    """It serves, whatever status the service shows for it."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})
    world.active = FIRST

    with pytest.raises(errors.RolloutTimedOut):
        wait()

    assert world.interrupted == []


def test_a_list_in_another_order_does_not_make_a_newer_revision_older(
    server: FakeServer, clock: FakeClock, wait: Wait
) -> None:
    """The times of creation are compared too."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})
    world.revisions[1]["created_at"] = timestamp(60)

    with pytest.raises(errors.RolloutTimedOut):
        wait()

    assert world.interrupted == []


def test_each_revision_that_holds_it_has_its_own_time(
    server: FakeServer, clock: FakeClock, wait: Wait
) -> None:
    """A queue that moves is not stuck, however long it is."""
    world = World(
        server,
        clock,
        **{THIRD: "QUEUED", SECOND: "QUEUED", FIRST: "DEPLOYING"},
    )
    answer = world.answer

    def moving(request: Request) -> Response:
        if clock.now > STUCK_SECONDS - 120:
            world.revisions[2]["status"] = "DEPLOYED"
            world.revisions[1]["status"] = "DEPLOYING"
        if clock.now > 1.5 * STUCK_SECONDS:
            world.revisions[1]["status"] = world.revisions[0]["status"] = "DEPLOYED"
            world.active = THIRD
        return answer(request)

    server.respond_using(moving)
    wait(timeout=2 * STUCK_SECONDS, requested=THIRD)

    assert world.interrupted == []


@pytest.mark.parametrize(
    ("ages", "waited"),
    [
        ((1000, 1000), 0),
        ((1000, 300), STUCK_SECONDS - 300),
        ((300, 1000), STUCK_SECONDS - 300),
        ((1000, 2000), STUCK_SECONDS),
    ],
    ids=["both stood still", "one moved", "one is new", "changes are not recorded"],
)
def test_the_times_of_the_service_count(
    server: FakeServer, clock: FakeClock, wait: Wait, ages: tuple[float, float], waited: float
) -> None:
    """The `up` after one that ended too early does not count the fifteen minutes anew."""
    queued, changed = ages
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})
    requested, holder = world.revisions
    requested["created_at"] = requested["updated_at"] = timestamp(-queued)
    holder |= {"created_at": timestamp(-2000), "updated_at": timestamp(-changed)}

    wait()

    assert waited <= world.at[0] <= waited + 70


def test_one_stuck_revision_after_the_other_is_interrupted(
    server: FakeServer, clock: FakeClock, wait: Wait
) -> None:
    """Each of them once, and each after its own time."""
    world = World(
        server,
        clock,
        **{THIRD: "QUEUED", SECOND: "DEPLOYING", FIRST: "DEPLOYING"},
    )

    wait(timeout=3 * STUCK_SECONDS, requested=THIRD)

    assert world.interrupted == [f"{SECOND} {NEWER}", f"{FIRST} {NEWER}"]
    assert world.at[1] - world.at[0] >= STUCK_SECONDS


def test_an_outage_does_not_interrupt(server: FakeServer, clock: FakeClock, wait: Wait) -> None:
    """A list that is not answered is a poll that saw nothing."""
    world = World(server, clock, **{SECOND: "QUEUED", FIRST: "DEPLOYING"})
    answer = world.answer
    server.respond_using(
        lambda request: Response(502) if request.path.endswith("/revisions") else answer(request)
    )

    with pytest.raises(errors.RolloutTimedOut):
        wait()

    assert world.interrupted == []
