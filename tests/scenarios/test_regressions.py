"""What random histories have found, each as the shortest story that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import (
    CANARY,
    CREATE,
    IN_PLACE,
    NOTHING,
    REVISION,
    Scenario,
    Step,
    docker,
    github,
)

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import ScenarioRunner

HERE = "11111111-1111-4111-8111-111111111111"
"""The workspace that the simulator makes deployments in when none is named."""


def template(**changes: Any) -> dict[str, Any]:
    """Return a deployment without a revision configuration that a PATCH could repeat."""
    config = {"template_id": "chat", "deployment_type": "dev"}
    return {"source": "internal_template", "source_config": config, **changes}


def without_revision(**changes: Any) -> dict[str, Any]:
    """Return a deployment that has no revision yet."""
    config = {"deployment_type": "dev"}
    return {"source": "internal_docker", "source_config": config, **changes}


def create_step(arguments: dict[str, Any], writes: tuple[str, ...] = ("POST",)) -> Step:
    return Step({"agent": arguments}, CREATE, list(writes))


def change_step(arguments: dict[str, Any], plan: dict[str, str], *writes: str, **more: Any) -> Step:
    return Step({"agent": arguments}, plan, list(writes), **more)


def failing_build_step(**arguments: Any) -> Step:
    """Return a change whose build fails."""
    return change_step(
        github(**arguments),
        REVISION,
        "PATCH",
        before=lambda simulator: simulator.outcome("agent", "BUILD_FAILED"),
        error="BUILD_FAILED",
        up=IN_PLACE,
    )


def lose_patch_response(simulator: Simulator) -> None:
    simulator.fail("PATCH", "*", "drop_request")


def set_variable_outside(simulator: Simulator) -> None:
    simulator.drift("agent", secrets=[{"name": "ADDED", "value": CANARY}])


FOUND = [
    Scenario(
        "the workspace is stated beside another change",
        [
            create_step(github()),
            change_step(github(workspace_id=HERE), NOTHING),
            change_step(github(workspace_id=HERE, display_name="Support"), IN_PLACE, "PATCH"),
        ],
    ),
    Scenario(
        "a setting changes together with a trigger that only a redeploy can answer",
        [
            create_step(template(triggers={"prompt": 1})),
            change_step(
                template(triggers={"prompt": 2}, display_name="Support"),
                REVISION,
                "PATCH",
                "POST",
                live={"display_name": "Support"},
            ),
        ],
    ),
    Scenario(
        "a field of a revision changes where there is nothing to build yet",
        [
            create_step(without_revision()),
            change_step(
                without_revision(route_through_gateway=True),
                REVISION,
                "PATCH",
                live={"route_through_gateway": True, "latest_revision_id": None},
            ),
        ],
    ),
    Scenario(
        "the first secrets of a deployment are a revision in the plan too",
        [
            create_step(github(secrets=None)),
            change_step(github(), REVISION, "PATCH"),
        ],
    ),
    Scenario(
        "an empty set of triggers is nothing new",
        [
            create_step(github()),
            change_step(github(triggers={}), NOTHING),
        ],
    ),
    Scenario(
        "back to the configuration that the last good revision had",
        [
            create_step(github()),
            failing_build_step(source_revision_config__repo_ref="broken"),
            change_step(github(), REVISION, "PATCH"),
        ],
    ),
    Scenario(
        "a setting changes while a retry is due that no difference shows any more",
        [
            create_step(github()),
            failing_build_step(source_revision_config__repo_ref="broken"),
            change_step(
                github(source_revision_config__repo_ref="broken", display_name="Support"),
                REVISION,
                "PATCH",
                "POST",
                refresh=True,
            ),
        ],
    ),
    Scenario(
        "a lost PATCH of a field that the service does not show is sent again",
        [
            create_step(without_revision()),
            change_step(
                without_revision(route_through_gateway=True),
                REVISION,
                "PATCH",
                "PATCH",
                before=lose_patch_response,
                live={"route_through_gateway": True},
            ),
        ],
    ),
    Scenario(
        "a program without variables cannot have those of others removed, and does not try",
        [
            create_step(docker(secrets={})),
            change_step(docker(secrets={}), NOTHING, before=set_variable_outside, refresh=True),
        ],
    ),
    Scenario(
        "variables that left the program leave the state, and stay at the service",
        [
            create_step(github()),
            change_step(github(secrets=None), IN_PLACE),
            change_step(github(secrets=None), NOTHING, refresh=True),
        ],
    ),
]


@pytest.mark.parametrize("scenario", FOUND, ids=lambda scenario: scenario.name)
def test_it_holds(scenario: Scenario, runner: ScenarioRunner) -> None:
    """Each step does what its plan says and no more."""
    for step in scenario.steps:
        runner.run(step)


def test_triggers_that_were_removed_and_come_back_empty_plan_no_rollout(
    runner: ScenarioRunner,
) -> None:
    """The rollout still holds the old ones, and the deployment's diff decides."""
    for triggers, expected in (({"day": 1}, None), (None, "update"), ({}, None)):
        declared = {} if triggers is None else {"triggers": triggers}
        runner.write({"agent": {**github(), **declared}})
        preview = runner.engine.preview()
        assert preview.ok
        if triggers != {"day": 1}:
            assert preview.ops.get("Deployment agent") == expected
            assert "Rollout agent" not in preview.ops
        assert runner.engine.up().ok
        assert runner.engine.preview().ops == {}
