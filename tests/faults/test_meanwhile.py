"""What others do between two of our requests: their things are never touched or taken for ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.faults import network
from tests.faults.engine import NAME, State
from tests.faults.requests import COLLECTION, DEPLOYMENT, REVISION, agent
from tests.support.scenario import docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.network import Network
    from tests.faults.world import World


def before(world: World, method: str, path: str, act: Callable[[], object], skip: int = 0) -> None:
    """Let somebody act right before a request of ours arrives."""

    def deed(net: Network, request: httpx.Request) -> httpx.Response:
        act()
        return net.pass_on(request)

    world.network.disturbances.append(network.Disturbance(method, path, deed, 1, skip))


def made_by_others(world: World, **changes: Any) -> Callable[[], object]:
    """Somebody makes a deployment of our name in the dashboard."""
    program = github(**changes)
    secrets = [{"name": name, "value": value} for name, value in program["secrets"].items()]
    body = {**program, "name": NAME, "secrets": secrets}
    return lambda: world.simulator._service.create(body, "11111111-1111-4111-8111-111111111111")


def test_a_name_taken_between_two_posts_is_refused(world: World) -> None:
    """The first POST was lost, and before the second somebody else takes the name."""
    world.simulator.fail("POST", COLLECTION, "drop_request")
    theirs = made_by_others(world, source_config__deployment_type="prod")
    before(world, "POST", COLLECTION, theirs, skip=1)

    error = world.engine.up(agent())

    assert f"Deployment '{NAME}' exists already (id {world.id})" in error
    assert f'import_="{world.id}"' in error
    assert world.engine.state == State()
    assert world.live["source_config"]["deployment_type"] == "prod"


def test_a_patch_of_others_is_no_proof_of_ours(world: World) -> None:
    """Our PATCH was lost, and somebody else's made a revision: ours is sent again."""
    assert world.engine.up(agent()) == ""
    world.simulator.fail("PATCH", DEPLOYMENT, "drop_request")
    theirs = {"source_revision_config": {"repo_ref": "theirs"}}
    before(world, "PATCH", DEPLOYMENT, lambda: world.simulator.drift(NAME, **theirs))

    assert world.engine.up(agent(source_revision_config__repo_ref="v2")) == ""

    assert world.live["source_revision_config"]["repo_ref"] == "v2"
    assert len(world.simulator.revisions(NAME)) == 3


def test_a_push_is_no_proof_that_a_variable_was_removed(world: World) -> None:
    """Our PATCH was lost, a push made a revision, and the variable is still there: sent again."""
    pushed = agent(source_config__build_on_push=True)
    assert world.engine.up(pushed) == ""
    world.simulator.fail("PATCH", DEPLOYMENT, "drop_request")
    before(world, "PATCH", DEPLOYMENT, lambda: world.simulator.push(NAME, "a" * 40))

    assert world.engine.up({**pushed, "secrets": {"LOG_LEVEL": "info"}}) == ""

    assert [secret["name"] for secret in world.live["secrets"]] == ["LOG_LEVEL"]
    assert len(world.simulator.revisions(NAME)) == 3


def test_a_push_since_the_last_up_is_no_proof_of_ours(world: World) -> None:
    """There is a revision that the state knows nothing of, without what the program changes."""
    pushed = agent(source_config__build_on_push=True)
    assert world.engine.up(pushed) == ""
    world.simulator.push(NAME, "a" * 40)

    assert world.engine.up({**pushed, "triggers": {"prompt": "v2"}}) == ""

    assert len(world.simulator.revisions(NAME)) == 3


def test_a_commit_that_shows_is_no_proof_of_another_branch(world: World) -> None:
    """A service that shows commits tells nothing of the branch: the change is sent."""
    world.simulator.as_built = True
    pushed = agent(source_config__build_on_push=True)
    assert world.engine.up(pushed) == ""
    world.simulator.push(NAME, "a" * 40)

    error = world.engine.up({**pushed, **agent(source_revision_config__repo_ref="v2")})

    world.simulator.as_built = False
    assert error == ""
    assert len(world.simulator.revisions(NAME)) == 3


def test_a_deployment_deleted_between_plan_and_patch_is_told(world: World) -> None:
    """The PATCH finds nothing; the next step is a refresh, and the `up` after it makes it anew."""
    program = agent(display_name="Support")
    assert world.engine.up(agent()) == ""
    plane, gone = world.simulator._service, world.id
    before(
        world,
        "PATCH",
        DEPLOYMENT,
        lambda: plane.delete(gone, delete_tracing_project=True, force=False),
    )

    error = world.engine.up(program)

    assert f"Deployment ID {gone} not found. The deployment was deleted outside" in error
    assert world.engine.refresh() == ""
    assert world.engine.up(program) == ""
    assert world.live["display_name"] == "Support"


def test_a_local_setting_beside_a_lost_change_does_not_build_twice(world: World) -> None:
    """What the service never hears of is no reason to doubt that an earlier run made the change."""
    program = agent(source_revision_config__repo_ref="v2", rollout_timeout=60)
    assert world.engine.up(agent()) == ""
    before_it = world.engine.state
    assert world.engine.up(program) == ""
    world.engine.state = before_it  # killed before the answer was written down

    assert world.engine.up(program) == ""

    assert len(world.simulator.revisions(NAME)) == 2


def test_a_revision_that_is_not_told_of_yet_is_waited_for(world: World) -> None:
    """While the database is made, an answer may lack the first revision."""

    def without_revision(net: Network, request: httpx.Request) -> httpx.Response:
        answer = net.pass_on(request)
        told = {**answer.json(), "latest_revision_id": None, "status": "AWAITING_DATABASE"}
        return httpx.Response(answer.status_code, json=told)

    once = [network.Disturbance(*what, without_revision) for what in _READS]
    world.network.disturbances += once

    assert world.engine.up(agent()) == ""

    assert world.engine.state.rollout
    assert world.engine.state.rollout.outputs["active_revision_id"]
    assert [one.times for one in once] == [0, 0]


_READS = (("POST", COLLECTION), ("GET", DEPLOYMENT))


def test_the_defaults_of_a_cluster_do_not_build_a_change_again(world: World) -> None:
    """The answer to a PATCH of a sidecar is lost, and it reads back with an imagePullPolicy."""

    def with_default(answer: dict[str, Any]) -> None:
        for sidecar in answer["source_config"]["resource_spec"].get("sidecars") or ():
            sidecar["imagePullPolicy"] = "IfNotPresent"

    def program(image: str) -> dict[str, Any]:
        sidecars = [{"name": "proxy", "image": image}]
        return {**docker(source_config__resource_spec__sidecars=sidecars), "rollout_timeout": 60.0}

    assert world.engine.up(program("acme/proxy:1")) == ""
    reads = network.rewritten(with_default)
    world.network.disturbances.append(network.Disturbance("GET", DEPLOYMENT, reads, times=-1))
    world.simulator.fail("PATCH", DEPLOYMENT, "status", status=502, after=True)

    assert world.engine.up(program("acme/proxy:2")) == ""

    assert len(world.simulator.revisions(NAME)) == 2
    assert world.engine.refresh() == ""
    sent = world.network.sent
    assert world.engine.up(program("acme/proxy:2")) == ""
    assert world.network.sent == sent


@pytest.mark.parametrize("arrives", [True, False])
def test_a_push_and_hidden_values_lose_no_change(world: World, *, arrives: bool) -> None:
    """The PATCH of a secret is lost and a push makes a revision: the next up sends it for sure."""

    def redact(answer: dict[str, Any]) -> None:
        for secret in answer["secrets"]:
            secret["value"] = None

    pushed = agent(source_config__build_on_push=True)
    changed = {**pushed, "secrets": {**pushed["secrets"], "LOG_LEVEL": "debug"}}
    assert world.engine.up(pushed) == ""
    hidden = network.rewritten(redact)
    world.network.disturbances.append(network.Disturbance("GET", DEPLOYMENT, hidden, times=-1))
    world.simulator.fail("PATCH", DEPLOYMENT, "drop_response" if arrives else "drop_request")
    if not arrives:
        before(world, "PATCH", DEPLOYMENT, lambda: world.simulator.push(NAME, "a" * 40))

    error = world.engine.up(changed)

    assert "Whether it was carried out cannot be told: revision " in error
    assert "the service does not show secrets.LOG_LEVEL" in error
    assert "debug" not in error
    assert world.engine.up(changed) == ""
    assert {"name": "LOG_LEVEL", "value": "debug"} in world.live["secrets"]
    sent = world.network.sent
    assert world.engine.up(changed) == ""
    assert world.network.sent == sent


@pytest.mark.parametrize("shift", ["+2 hours", "no zone"])
@pytest.mark.parametrize("arrives", [True, False])
def test_clocks_that_disagree_neither_lose_nor_double_a_change(
    world: World, shift: str, *, arrives: bool
) -> None:
    """What was made by a clock that is ahead, or in a local time, is not judged by its age."""

    def shifted(answer: dict[str, Any]) -> None:
        made = datetime.fromisoformat(answer["created_at"]) + timedelta(hours=2)
        told = made if shift == "+2 hours" else made.replace(tzinfo=None)
        answer["created_at"] = told.isoformat()

    assert world.engine.up(agent()) == ""
    for path in (DEPLOYMENT, REVISION):
        ahead = network.rewritten(shifted)
        world.network.disturbances.append(network.Disturbance("GET", path, ahead, times=-1))
    world.simulator.fail("PATCH", DEPLOYMENT, "drop_response" if arrives else "drop_request")

    assert world.engine.up(agent(source_revision_config__repo_ref="v2")) == ""

    assert world.live["source_revision_config"]["repo_ref"] == "v2"
    assert len(world.simulator.revisions(NAME)) == 2
