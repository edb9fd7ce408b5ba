"""Long waits: what passes is sat out, what is over ends them, and no wait is without bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import network
from tests.faults.engine import NAME
from tests.faults.requests import COLLECTION, DEPLOYMENT, REVISION
from tests.support.scenario import github

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.faults.network import Network
    from tests.faults.world import World

MINUTES = 60.0
NEXT = {"source_revision_config__repo_ref": "v2"}


def agent(**changes: Any) -> dict[str, Any]:
    return {**github(**changes), "rollout_timeout": 30 * MINUTES}


def building(world: World, minutes: float = 10) -> World:
    """A deployment is up, and its next revision takes a while."""
    assert world.engine.up(agent()) == ""
    world.simulator.revision_seconds = minutes * MINUTES
    world.simulator.clear_requests()
    world.time.now = 0.0
    return world


def after(world: World, minutes: float, act: Callable[[], object]) -> None:
    """Let something happen in the middle of the wait: before the first look from then on."""
    left = [act]

    def pass_on(net: Network, request: httpx.Request) -> httpx.Response:
        while left and world.time.now >= minutes * MINUTES:
            left.pop()()
        return net.pass_on(request)

    world.network.disturbances.append(network.Disturbance("GET", DEPLOYMENT, pass_on, times=-1))


def answer(world: World, status: int) -> Callable[[], None]:
    """Answer every later look with a status."""
    return lambda: world.simulator.fail("GET", "*", "status", status=status, times=-1)


@pytest.mark.parametrize(
    "storm",
    [
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 503, "headers": {"retry-after": "7"}},
        {"kind": "status", "status": 429},
        {"kind": "status", "status": 404, "body": "<html>", "content_type": "text/html"},
        {"kind": "drop_request"},
        {"kind": "garbage"},
    ],
    ids=lambda storm: f"{storm['kind']} {storm.get('status', '')}",
)
def test_minutes_of_failures_do_not_end_a_wait(world: World, storm: dict[str, Any]) -> None:
    """A control plane under repair is waited for, and asked a few hundred times at most."""
    building(world)
    after(world, 1, lambda: world.simulator.fail("GET", "*", times=-1, **storm))
    calm = network.Disturbance("GET", DEPLOYMENT, _clearing(world, 8 * MINUTES), times=-1)
    world.network.disturbances.insert(0, calm)

    assert world.engine.up(agent(**NEXT)) == ""

    assert 10 * MINUTES <= world.time.now < 11 * MINUTES
    assert world.network.sent < 400


def _clearing(world: World, seconds: float) -> network.Deed:
    def deed(net: Network, request: httpx.Request) -> httpx.Response:
        if world.time.now >= seconds:
            world.calm()
        else:
            net.disturbances[1].deed(net, request).read()
        return net.pass_on(request)

    return deed


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_what_does_not_pass_ends_a_wait_at_once(world: World, status: int) -> None:
    """A key that is not accepted any more will not be accepted later either."""
    building(world)
    after(world, 2, answer(world, status))

    error = world.engine.up(agent(**NEXT))

    assert f"While waiting for the rollout of '{NAME}': GET {COLLECTION}/{world.id}" in error
    assert f"was answered {status}" in error
    assert world.time.now < 2.2 * MINUTES


def test_a_deployment_deleted_meanwhile_ends_the_wait_at_once(world: World) -> None:
    """Nobody waits half an hour for what somebody else has deleted; a refresh forgets it."""
    building(world)
    plane = world.simulator._service
    after(world, 6, lambda: plane.delete(world.id, delete_tracing_project=True, force=False))

    error = world.engine.up(agent(**NEXT))

    assert f"Deployment '{NAME}' (" in error
    assert "was deleted by somebody else before its rollout ended. Its revision " in error
    assert " was BUILDING. Run `pulumi refresh`" in error
    assert world.time.now < 6.2 * MINUTES
    world.time.now += 30 * MINUTES
    assert (world.engine.refresh(), world.engine.state.deployment) == ("", None)
    assert world.engine.up(agent(**NEXT)) == ""
    assert list(world.simulator.deployments()) == [NAME]


def test_a_newer_revision_is_followed(world: World) -> None:
    """Somebody patches the deployment meanwhile: the wait ends with the newest revision."""
    building(world)
    newer = {"source_revision_config": {"repo_ref": "theirs"}}
    after(world, 2, lambda: world.simulator.drift(NAME, **newer))

    assert world.engine.up(agent(**NEXT)) == ""

    assert len(world.simulator.revisions(NAME)) == 3
    assert world.live["active_revision_id"] == world.live["latest_revision_id"]
    assert world.time.now > 11 * MINUTES


def test_the_failure_of_a_newer_revision_is_reported_as_its_own(world: World) -> None:
    """It is what is there now; its reason is in the error, and the next `up` retries."""
    building(world)
    world.simulator.outcome(NAME, "DEPLOYED")
    world.simulator.outcome(NAME, "BUILD_FAILED", "their mistake")
    newer = {"source_revision_config": {"repo_ref": "theirs"}}
    after(world, 2, lambda: world.simulator.drift(NAME, **newer))

    error = world.engine.up(agent(**NEXT))

    assert f"revision {world.live['latest_revision_id']} ended as BUILD_FAILED" in error
    assert "their mistake" in error


def test_a_timeout_comes_after_a_last_look_and_says_where_it_stands(world: World) -> None:
    """The rollout goes on by itself; the next `up` waits for the rest and makes nothing anew."""
    building(world, minutes=60)

    error = world.engine.up(agent(**NEXT))

    newest = world.live["latest_revision_id"]
    assert f"Deployment '{NAME}' ({world.id}): revision {newest} is " in error
    assert " after 30 min. The rollout goes on by itself. Run `pulumi up` later" in error
    assert world.time.now == pytest.approx(30 * MINUTES)
    assert world.engine.up(agent(**NEXT)) in ("", error.replace("BUILDING", "DEPLOYING"))
    assert len(world.simulator.revisions(NAME)) == 2


def test_what_is_up_at_the_deadline_is_up(world: World) -> None:
    """The last look is past the deadline, so it does not fall into a pause."""
    building(world, minutes=30)

    assert world.engine.up(agent(**NEXT)) == ""


def test_a_status_nobody_has_heard_of_counts_as_under_way(world: World) -> None:
    """It is waited for until the timeout, which names it."""
    assert world.engine.up(agent()) == ""
    world.simulator.outcome(NAME, "REHEARSING")

    assert " is REHEARSING after 30 min." in world.engine.up(agent(**NEXT))


def test_a_laptop_that_sleeps_costs_one_look(world: World) -> None:
    """The deadline is long past when it wakes up, and what has come up meanwhile is seen."""
    building(world)
    after(world, 2, lambda: world.time.sleep(600 * MINUTES))

    assert world.engine.up(agent(**NEXT)) == ""


def test_the_clock_on_the_wall_does_not_matter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ages and dates are held against the server's own clock, here years ahead of ours."""
    building(world, minutes=1)
    monkeypatch.setattr("time.time", lambda: 0.0)
    world.simulator.fail("PATCH", "*", "drop_response")

    assert world.engine.up(agent(**NEXT)) == ""

    assert len(world.simulator.revisions(NAME)) == 2


@pytest.mark.parametrize("lag", [1, 2])
def test_a_deployment_just_made_may_show_late(world: World, lag: int) -> None:
    """A read that lags behind the POST is no deletion."""
    missing = '{"detail": "Not here yet."}'
    world.simulator.fail("GET", DEPLOYMENT, "stale", times=lag)
    world.simulator.fail("GET", REVISION, "status", status=404, body=missing)

    assert world.engine.up(agent()) == ""

    assert world.engine.state.deployment is not None


def test_an_older_failure_that_still_shows_is_not_retried(world: World) -> None:
    """A lagging read shows the failed revision that this very run has replaced."""
    world.simulator.outcome(NAME, "BUILD_FAILED")
    assert "BUILD_FAILED" in world.engine.up(agent())
    world.simulator.fail("GET", DEPLOYMENT, "stale", times=3, skip=1)
    world.simulator.clear_requests()

    assert world.engine.up(agent(**NEXT)) == ""

    assert [seen.method for seen in world.simulator.requests if seen.method != "GET"] == ["PATCH"]
    assert world.live["source_revision_config"]["repo_ref"] == "v2"


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("20", 20.0), ("3600", 60.0), ("Fri, 31 Dec 2099 23:59:59 GMT", 60.0), ("soon", 0.5)],
)
def test_retry_after_is_obeyed_up_to_a_minute(world: World, asked: str, waited: float) -> None:
    """In seconds or as a date, and never for longer; nonsense is a bare 429."""
    headers = {"retry-after": asked}
    world.simulator.fail("POST", COLLECTION, "status", status=429, headers=headers)

    assert world.engine.up(agent()) == ""

    assert waited <= world.time.slept[0] <= waited + 1


def test_those_turned_away_together_come_back_apart(world: World) -> None:
    """After a wave of 429 every attempt has a moment of its own, also with Retry-After."""
    pauses = set()
    for _ in range(20):
        world.go_back()
        headers = {"retry-after": "20"}
        world.simulator.fail("POST", COLLECTION, "status", status=429, headers=headers)
        assert world.engine.up(agent()) == ""
        pauses.add(round(world.time.slept[0], 2))
    assert len(pauses) > 10
