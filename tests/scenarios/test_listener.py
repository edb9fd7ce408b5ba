"""Listeners are created, changed, replaced, adopted and deleted, and place deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from langsmith_pulumi.testing.simulator import Listener
from tests.support.engines import OfflineEngine
from tests.support.processes import kill_tree, wait_until
from tests.support.scenario import Step, docker, listener

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import OperationResult
    from tests.support.scenario import ScenarioRunner

ROUTE = "/v2/listeners"
GIVEN = Listener("green", ("agents", "tools"))
NEVER = 3600.0
OTHER_WORKSPACE = "9d1f3c5e-7a2b-4c6d-8e0f-1a2b3c4d5e6f"
CREATE = {"Listener cluster": "create"}
IN_PLACE = {"Listener cluster": "update"}


def call(simulator: Simulator, method: str, path: str = "", body: Any = None) -> Any:
    """Send a request as somebody else would; return the JSON of the response."""
    response = httpx.request(
        method,
        f"{simulator.url}{ROUTE}{path}",
        headers={"X-Api-Key": simulator.api_key},
        json=body,
    )
    response.raise_for_status()
    return response.json() if response.content else None


def listeners(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """Return the live listeners by the names of their clusters."""
    return {one["compute_id"]: one for one in call(simulator, "GET")["resources"]}


def namespaces(simulator: Simulator, compute_id: str = "blue") -> list[str]:
    found: list[str] = listeners(simulator)[compute_id]["compute_config"]["k8s_namespaces"]
    return found


def create_outside(simulator: Simulator) -> str:
    """Make a listener of the cluster `blue` as somebody else would; return its id."""
    body = {
        "compute_type": "k8s",
        "compute_id": "blue",
        "compute_config": {"k8s_namespaces": ["agents"]},
    }
    return str(call(simulator, "POST", body=body)["id"])


def placed(*, delete_tracing_project: bool = True) -> dict[str, Any]:
    """Return a deployment placed by the listener of the program."""
    return docker(
        source_config__listener_id={"output": ["cluster", "id"]},
        source_config__listener_config={"k8s_namespace": "agents"},
        delete_tracing_project=delete_tracing_project,
    )


def assert_refused(outcome: OperationResult, *parts: str) -> None:
    """Assert that an operation failed with one error that says all of this."""
    assert not outcome.ok
    assert any(all(part in error for part in parts) for error in outcome.errors), outcome.errors
    assert "Traceback" not in outcome.text


def test_the_life_of_a_listener(runner: ScenarioRunner) -> None:
    """The namespaces and the version change in place, their order means nothing."""
    runner.run(Step({"cluster": listener()}, CREATE, ["POST"]))
    runner.run(Step({"cluster": listener("agents", "tools")}, IN_PLACE, ["PATCH"]))
    runner.run(Step({"cluster": listener("tools", "agents")}, {}))
    runner.run(Step({"cluster": listener("tools", version="2")}, IN_PLACE, ["PATCH"]))
    live = listeners(runner.simulator)["blue"]
    assert (live["compute_config"]["k8s_namespaces"], live["version"]) == (["tools"], "2")
    # A version that the program no longer names is not managed, and nothing is sent.
    runner.run(Step({"cluster": listener("tools")}, IN_PLACE, []))
    assert listeners(runner.simulator) == {"blue": live}
    assert runner.engine.destroy().ok
    assert listeners(runner.simulator) == {}


def test_a_deployment_is_placed_by_a_listener_of_the_same_program(runner: ScenarioRunner) -> None:
    """Its id is unknown at preview; both come up at once and go in the right order."""
    program = {"cluster": listener(), "agent": placed()}
    created = {**CREATE, "Deployment agent": "create", "Rollout agent": "create"}
    runner.run(Step(program, created, ["POST", "POST"]))
    live = runner.simulator.deployment("agent")["source_config"]
    assert live["listener_id"] == listeners(runner.simulator)["blue"]["id"]
    # More namespaces change nothing in a deployment.
    runner.run(Step({**program, "cluster": listener("agents", "tools")}, IN_PLACE, ["PATCH"]))
    runner.simulator.clear_requests()
    assert runner.engine.destroy().ok
    deleted = [one.path for one in runner.simulator.requests if one.method == "DELETE"]
    assert [path.split("/")[2] for path in deleted] == ["deployments", "listeners"]


def test_a_replaced_listener_replaces_its_deployments(runner: ScenarioRunner) -> None:
    """The new one is created first, and the old one is deleted when nothing uses it."""
    runner.simulator.listener_in_use = "keep"
    runner.run(
        Step(
            {"cluster": listener(), "agent": placed()},
            {**CREATE, "Deployment agent": "create", "Rollout agent": "create"},
            ["POST", "POST"],
        )
    )
    replaced = dict.fromkeys(["Listener cluster", "Deployment agent", "Rollout agent"], "replace")
    moved = {"cluster": listener(compute_id="red"), "agent": placed()}
    runner.run(Step(moved, replaced, ["POST", "DELETE", "POST", "DELETE"]))
    assert list(listeners(runner.simulator)) == ["red"]
    live = runner.simulator.deployment("agent")["source_config"]
    assert live["listener_id"] == listeners(runner.simulator)["red"]["id"]


def test_a_replacement_without_permission_is_refused_at_preview(runner: ScenarioRunner) -> None:
    """The old deployment would keep its name; neither it nor the listener is touched."""
    kept = placed(delete_tracing_project=False)
    runner.write({"cluster": listener(), "agent": kept})
    assert runner.engine.up().ok
    moved = {"cluster": listener(compute_id="red"), "agent": kept}
    runner.run(Step(moved, {}, preview_error="delete_tracing_project"))


def test_a_listener_in_use_elsewhere_is_kept(runner: ScenarioRunner) -> None:
    """The error of the service says what to delete first."""
    runner.simulator.listener_in_use = "keep"
    runner.write({"cluster": listener()})
    assert runner.engine.up().ok
    identifier = listeners(runner.simulator)["blue"]["id"]
    config = {"listener_id": identifier, "resource_spec": {}}
    body = {**docker(), "name": "theirs", "source_config": config, "secrets": []}
    httpx.post(
        f"{runner.simulator.url}/v2/deployments",
        headers={"X-Api-Key": runner.simulator.api_key},
        json=body,
    ).raise_for_status()
    assert_refused(runner.engine.destroy(), "deleting listener 'blue'", "409", "other programs")
    assert list(listeners(runner.simulator)) == ["blue"]


def test_drift_is_shown_and_put_back(runner: ScenarioRunner) -> None:
    """A refresh reads what somebody changed; a deleted listener is created again."""
    program = {"cluster": listener("agents", version="1")}
    runner.run(Step(program, CREATE, ["POST"]))

    def change(simulator: Simulator) -> None:
        path = f"/{listeners(simulator)['blue']['id']}"
        theirs = {"compute_config": {"k8s_namespaces": ["theirs"]}, "version": "9"}
        call(simulator, "PATCH", path, theirs)

    def delete(simulator: Simulator) -> None:
        call(simulator, "DELETE", f"/{listeners(simulator)['blue']['id']}")

    runner.run(Step(program, IN_PLACE, ["PATCH"], before=change, refresh=True))
    live = listeners(runner.simulator)["blue"]
    assert (live["compute_config"]["k8s_namespaces"], live["version"]) == (["agents"], "1")
    runner.run(Step(program, CREATE, ["POST"], before=delete, refresh=True))


def test_an_existing_listener_is_adopted(runner: ScenarioRunner) -> None:
    """The preview reads it and refuses another cluster; `up` patches the rest, posting nothing."""
    identifier = create_outside(runner.simulator)
    adopting = {"opts": {"import_": identifier}}
    other = {"cluster": listener(compute_id="red", **adopting)}
    runner.run(Step(other, {}, preview_error="compute_id"))
    runner.run(Step({"cluster": listener("tools", **adopting)}, CREATE, ["PATCH"]))
    assert listeners(runner.simulator)["blue"]["id"] == identifier
    assert namespaces(runner.simulator) == ["tools"]
    # As long as import_ names it, nothing replaces it.
    runner.run(Step(other, {}, preview_error="still names it"))
    # A renamed resource takes it over.
    runner.write({"renamed": listener("tools", **adopting)})
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert "left alone" in outcome.text
    runner.write({"renamed": listener("tools")})
    assert runner.engine.up().ok
    assert runner.engine.preview().ops == {}
    assert listeners(runner.simulator)["blue"]["id"] == identifier


def test_a_lost_answer_makes_no_second_listener(runner: ScenarioRunner) -> None:
    """It is looked up by its cluster and found."""
    runner.simulator.fail("POST", ROUTE, "drop_response")
    runner.run(Step({"cluster": listener()}, CREATE, ["POST"]))
    runner.simulator.fail("PATCH", f"{ROUTE}/*", "drop_response")
    runner.run(Step({"cluster": listener("tools")}, IN_PLACE, ["PATCH"]))
    assert namespaces(runner.simulator) == ["tools"]


def test_a_crash_after_the_request_is_told_and_healed(runner: ScenarioRunner) -> None:
    """The next `up` names the listener and the line that adopts it."""
    simulator = runner.simulator
    simulator.fail("POST", ROUTE, "delay", seconds=NEVER, after=True)
    runner.write({"cluster": listener()})
    process = runner.engine.start("up")
    wait_until(lambda: "blue" in listeners(simulator))
    kill_tree(process)
    runner.engine.unlock()
    identifier = listeners(simulator)["blue"]["id"]
    assert_refused(runner.engine.up(), "409", "compute_id", f'import_="{identifier}"')
    runner.write({"cluster": listener(opts={"import_": identifier})})
    assert runner.engine.up().ok
    assert runner.engine.preview().ops == {}
    assert list(listeners(simulator)) == ["blue"]


def test_other_plans_have_no_listeners(runner: ScenarioRunner) -> None:
    """A 403 says which plan they need."""
    runner.simulator.listener_plan = False
    runner.write({"cluster": listener()})
    assert_refused(runner.engine.up(), "creating listener 'blue'", "403", "self-hosted enterprise")


def test_a_deployment_without_a_listener_is_told_of_those_there_are(
    runner: ScenarioRunner,
) -> None:
    """The error lists them, with the argument to give; so does that of an unknown one."""
    runner.simulator.listeners = [GIVEN]
    argument = f'source_config={{"listener_id": "{GIVEN.id}"'
    parts = (argument, '"k8s_namespace": "agents"', "'green'", "agents, tools")
    runner.write({"agent": docker()})
    assert_refused(runner.engine.up(), "creating deployment 'agent'", "400", *parts)
    unknown = "99999999-9999-4999-8999-999999999999"
    runner.write({"agent": docker(source_config__listener_id=unknown)})
    assert_refused(runner.engine.up(), unknown, "404", *parts)
    named = docker(
        source_config__listener_id=GIVEN.id,
        source_config__listener_config={"k8s_namespace": "agents"},
    )
    runner.write({"agent": named})
    assert runner.engine.up().ok


def test_an_invalid_namespace_is_refused_at_preview(runner: ScenarioRunner) -> None:
    """No request is sent."""
    program = {"cluster": listener("Agents")}
    runner.run(Step(program, {}, preview_error="k8s_namespaces.0"))


def test_a_listener_that_is_only_read_is_left_as_it_is(runner: ScenarioRunner) -> None:
    """Its id places deployments, and it is neither changed nor deleted."""
    identifier = create_outside(runner.simulator)
    read = listener("tools", opts={"id": identifier})
    runner.write({"cluster": read, "agent": placed()})
    outcome = runner.engine.up()
    if isinstance(runner.engine, OfflineEngine):
        assert "needs the Pulumi CLI" in outcome.text
        return
    assert outcome.ok, outcome.errors
    live = runner.simulator.deployment("agent")["source_config"]
    assert live["listener_id"] == identifier
    assert runner.engine.destroy().ok
    assert namespaces(runner.simulator) == ["agents"]


def test_a_listener_of_an_unknown_workspace_is_not_forgotten(runner: ScenarioRunner) -> None:
    """The service does not show where it is, so a workspace set later may be another one.

    A "not found" of that one is an error, for a listener that is dropped would be made again.
    """
    engine: Any = runner.engine
    runner.write({"cluster": listener()})
    assert engine.up().ok
    (made,) = [one["id"] for one in listeners(runner.simulator).values()]
    call(runner.simulator, "DELETE", f"/{made}")
    engine.environ["LANGSMITH_WORKSPACE_ID"] = OTHER_WORKSPACE
    for outcome in (engine.refresh(), engine.destroy()):
        assert_refused(outcome, "'blue'", made, OTHER_WORKSPACE, "pulumi state delete")
    del engine.environ["LANGSMITH_WORKSPACE_ID"]
    assert engine.refresh().ok
    assert engine.preview().ops == CREATE
