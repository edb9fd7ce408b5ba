"""What a deployment goes through in its life, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.scenario import (
    CANARY,
    CREATE,
    DELETE,
    IN_PLACE,
    NOTHING,
    REPLACE,
    RETRY,
    REVISION,
    Scenario,
    Step,
    docker,
    github,
)

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import ScenarioRunner


def create_step(**arguments: Any) -> Step:
    return Step({"agent": github(**arguments)}, CREATE, ["POST"])


def fail_next_build(simulator: Simulator) -> None:
    simulator.outcome(
        "agent",
        "BUILD_FAILED",
        status_message="exit code 1",
        build_log=["Step 3", f"error: cannot log in with {CANARY}"],
    )


def drift(**patch: Any) -> Any:
    return lambda simulator: simulator.drift("agent", **patch)


def agent_using_url_of(other: str) -> dict[str, Any]:
    """Return a deployment with the URL of another one among its variables."""
    return github(secrets__TOOL_URL={"output": [other, "url"]})


def adopt_found(arguments: dict[str, Any]) -> Any:
    """Return a program that adopts the existing deployment `agent`."""
    return lambda simulator: {
        "agent": {**arguments, "opts": {"import_": simulator.deployment("agent")["id"]}}
    }


def create_outside() -> Any:
    """Somebody else makes the deployment `agent`, by hand."""
    wanted = github()
    body = {**wanted, "name": "agent", "secrets": []}
    return lambda simulator: httpx.post(
        f"{simulator.url}/v2/deployments", headers={"X-Api-Key": simulator.api_key}, json=body
    ).raise_for_status()


def create_outside_failing(simulator: Simulator) -> None:
    fail_next_build(simulator)
    create_outside()(simulator)


def delete_outside(simulator: Simulator) -> None:
    url = f"{simulator.url}/v2/deployments/{simulator.deployment('agent')['id']}"
    headers = {"X-Api-Key": simulator.api_key}
    httpx.delete(url, headers=headers, params={"delete_tracing_project": "true"})


SCENARIOS = [
    Scenario(
        "made, left alone, deleted",
        [
            create_step(),
            Step({"agent": github()}, NOTHING, reads=0),
            Step({}, DELETE, ["DELETE"]),
        ],
    ),
    Scenario(
        "a display name is given with the first up",
        [
            Step(
                {"agent": github(display_name="Support")},
                CREATE,
                ["POST", "PATCH"],
                live={"display_name": "Support"},
            )
        ],
    ),
    Scenario(
        "settings change in place, in one request",
        [
            create_step(),
            Step(
                {"agent": github(display_name="Support", source_config__build_on_push=True)},
                IN_PLACE,
                ["PATCH"],
                reads=0,
                live={"display_name": "Support", "source_config.build_on_push": True},
            ),
        ],
    ),
    Scenario(
        "settings of the provider change without a request",
        [
            create_step(),
            Step({"agent": github(delete_tracing_project=True)}, IN_PLACE, [], reads=0),
            Step({"agent": github(delete_tracing_project=True, rollout_timeout=60)}, IN_PLACE, []),
        ],
    ),
    Scenario(
        "another ref makes a revision",
        [
            create_step(),
            Step(
                {"agent": github(source_revision_config__repo_ref="refs/tags/v2")},
                REVISION,
                ["PATCH"],
                live={"source_revision_config.repo_ref": "refs/tags/v2"},
            ),
        ],
    ),
    Scenario(
        "from a branch with builds on push to a tag, in one request",
        [
            create_step(source_config__build_on_push=True),
            Step(
                {"agent": github(source_revision_config__repo_ref="refs/tags/v2")},
                REVISION,
                ["PATCH"],
                live={"source_config.build_on_push": False},
            ),
        ],
    ),
    Scenario(
        "a secret is rotated, one is added, one goes",
        [
            create_step(),
            Step({"agent": github(secrets__OPENAI_API_KEY=CANARY + "2")}, REVISION, ["PATCH"]),
            Step({"agent": github(secrets__MODEL="large")}, REVISION, ["PATCH"]),
            Step({"agent": github(secrets__LOG_LEVEL=None)}, REVISION, ["PATCH"]),
            Step({"agent": github(secrets={})}, NOTHING, preview_error="secrets.*"),
        ],
    ),
    Scenario(
        "a trigger asks for a revision of the same configuration",
        [
            create_step(triggers={"prompt": "v1"}),
            Step({"agent": github(triggers={"prompt": "v2"})}, REVISION, ["PATCH"]),
            Step({"agent": github(triggers={"prompt": "v2", "b": 1})}, REVISION, ["PATCH"]),
        ],
    ),
    Scenario(
        "resources are merged into what is stored",
        [
            Step({"agent": docker()}, CREATE, ["POST"]),
            Step(
                {"agent": docker(source_config__resource_spec__max_scale=10)},
                REVISION,
                ["PATCH"],
                live={
                    "source_config.resource_spec.max_scale": 10,
                    "source_config.resource_spec.memory_mb": 2048,
                },
            ),
        ],
    ),
    Scenario(
        "a build command makes a revision",
        [
            create_step(),
            Step({"agent": github(source_config__build_command="make")}, REVISION, ["PATCH"]),
        ],
    ),
    Scenario(
        "what is left out of the program is not managed",
        [
            Step({"agent": github(display_name="Support")}, CREATE, ["POST", "PATCH"]),
            Step({"agent": github()}, IN_PLACE, live={"display_name": "Support"}),
        ],
    ),
    Scenario(
        "a replacement under the same name deletes first",
        [
            create_step(delete_tracing_project=True),
            Step(
                {
                    "agent": github(
                        delete_tracing_project=True, source_config__deployment_type="prod"
                    )
                },
                REPLACE,
                ["DELETE", "POST"],
                live={"source_config.deployment_type": "prod"},
            ),
        ],
    ),
    Scenario(
        "a replacement under the same name needs the name to become free",
        [
            create_step(),
            Step(
                {"agent": github(source_config__deployment_type="prod")},
                NOTHING,
                preview_error="delete_tracing_project",
            ),
            Step(
                {
                    "agent": github(
                        delete_tracing_project=True, source_config__deployment_type="prod"
                    )
                },
                REPLACE,
                ["DELETE", "POST"],
            ),
        ],
    ),
    Scenario(
        "a replacement under a new name creates first",
        [
            create_step(),
            Step({"agent": github(name="agent-two")}, REPLACE, ["POST", "DELETE"]),
        ],
    ),
    Scenario(
        "another repository changes in place, and the deployment stays",
        [
            create_step(),
            Step(
                {"agent": github(source_config__repo_url="https://github.com/acme/next")},
                IN_PLACE,
                ["PATCH"],
            ),
        ],
    ),
    Scenario(
        "another spelling of the same repository is no other repository",
        [
            create_step(),
            Step(
                {"agent": github(source_config__repo_url="https://github.com/Acme/agents.git")},
                NOTHING,
            ),
        ],
    ),
    Scenario(
        "a failed build is retried by the next up",
        [
            create_step(),
            Step(
                {"agent": github(source_revision_config__repo_ref="broken")},
                REVISION,
                ["PATCH"],
                before=fail_next_build,
                error="BUILD_FAILED",
                up=IN_PLACE,
            ),
            Step({"agent": github(source_revision_config__repo_ref="broken")}, RETRY, ["POST"]),
        ],
    ),
    Scenario(
        "a failed first build is retried by the next up, without a second deployment",
        [
            Step(
                {"agent": github()},
                CREATE,
                ["POST"],
                before=fail_next_build,
                error="exit code 1",
                up={"Deployment": "create"},
            ),
            Step({"agent": github()}, {"Rollout": "create"}, ["POST"]),
        ],
    ),
    Scenario(
        "a failed build is not forgotten by a refresh",
        [
            create_step(),
            Step(
                {"agent": github(source_revision_config__repo_ref="broken")},
                REVISION,
                ["PATCH"],
                before=fail_next_build,
                error="cannot log in",
                up=IN_PLACE,
            ),
            Step(
                {"agent": github(source_revision_config__repo_ref="broken")},
                RETRY,
                ["POST"],
                refresh=True,
            ),
        ],
    ),
    Scenario(
        "a failed build is overtaken by a correction",
        [
            create_step(),
            Step(
                {"agent": github(source_revision_config__repo_ref="broken")},
                REVISION,
                ["PATCH"],
                before=fail_next_build,
                error="BUILD_FAILED",
                up=IN_PLACE,
            ),
            Step({"agent": github(source_revision_config__repo_ref="fixed")}, REVISION, ["PATCH"]),
        ],
    ),
    Scenario(
        "drift in place is put back in place",
        [
            create_step(source_config__build_on_push=False),
            Step(
                {"agent": github()},
                IN_PLACE,
                ["PATCH"],
                before=drift(source_config={"build_on_push": True}),
                refresh=True,
                live={"source_config.build_on_push": False},
            ),
        ],
    ),
    Scenario(
        "drift of the image is put back by a revision",
        [
            Step({"agent": docker()}, CREATE, ["POST"]),
            Step(
                {"agent": docker()},
                REVISION,
                ["PATCH"],
                before=drift(
                    source_revision_config={"image_uri": "registry.example.com/agent:evil"}
                ),
                refresh=True,
                live={"source_revision_config.image_uri": "registry.example.com/agent:v1"},
            ),
        ],
    ),
    Scenario(
        "drift of a secret is seen and put back",
        [
            create_step(),
            Step(
                {"agent": github()},
                REVISION,
                ["PATCH"],
                before=drift(
                    secrets=[
                        {"name": "OPENAI_API_KEY", "value": "set by hand"},
                        {"name": "ADDED", "value": CANARY},
                    ]
                ),
                refresh=True,
            ),
        ],
    ),
    Scenario(
        "what nobody declared is no drift",
        [
            create_step(),
            Step(
                {"agent": github()},
                NOTHING,
                before=drift(display_name="Named by hand"),
                refresh=True,
            ),
        ],
    ),
    Scenario(
        "a push is no drift",
        [
            create_step(source_config__build_on_push=True),
            Step(
                {"agent": github(source_config__build_on_push=True)},
                NOTHING,
                before=lambda simulator: simulator.push("agent", "a" * 40),
                refresh=True,
            ),
        ],
    ),
    Scenario(
        "a deployment that was deleted behind our back is made again, once",
        [
            create_step(delete_tracing_project=True),
            Step(
                {"agent": github(delete_tracing_project=True)},
                CREATE,
                ["POST"],
                before=delete_outside,
                refresh=True,
            ),
        ],
    ),
    Scenario(
        "an existing deployment is adopted as it is",
        [
            Step(
                adopt_found(github(secrets=None)),
                CREATE,
                [],
                before=create_outside(),
                live={"name": "agent"},
            ),
            Step({"agent": github(secrets=None)}, NOTHING),
            Step({}, DELETE, ["DELETE"]),
        ],
    ),
    Scenario(
        "an adopted deployment is not replaced as long as import_ names it",
        [
            Step(adopt_found(github(secrets=None)), CREATE, [], before=create_outside()),
            Step(
                adopt_found(
                    github(
                        secrets=None,
                        delete_tracing_project=True,
                        source_config__deployment_type="prod",
                    )
                ),
                NOTHING,
                preview_error="import_ still names it",
            ),
        ],
    ),
    Scenario(
        "an adopted deployment whose build had failed is retried",
        [
            Step(
                adopt_found(github(secrets=None)),
                CREATE,
                ["POST"],
                before=create_outside_failing,
            ),
        ],
    ),
    Scenario(
        "an adopted deployment is patched where it differs",
        [
            Step(
                adopt_found(github(display_name="Support", source_config__build_on_push=True)),
                CREATE,
                ["PATCH"],
                before=create_outside(),
                live={"display_name": "Support", "source_config.build_on_push": True},
            ),
        ],
    ),
    Scenario(
        "a deployment with another fixed field is not adopted",
        [
            Step(
                adopt_found(github(source_config__deployment_type="prod")),
                NOTHING,
                before=create_outside(),
                preview_error="is 'dev' there and 'prod' in the program",
            ),
        ],
    ),
    Scenario(
        "a taken name is told with the way out",
        [
            Step(
                {"agent": github()},
                CREATE,
                ["POST"],
                before=create_outside(),
                error="import_",
                up=NOTHING,
            ),
        ],
    ),
    Scenario(
        "a revision that nobody predicted is waited for",
        [
            create_step(),
            Step(
                {"agent": github(display_name="Support")},
                IN_PLACE,
                ["PATCH"],
                before=lambda simulator: simulator.override_revision("agent", revision=True),
                up=REVISION,
            ),
        ],
    ),
    Scenario(
        "a predicted revision that is not made is no failure",
        [
            create_step(),
            Step(
                {"agent": github(source_revision_config__repo_ref="other")},
                REVISION,
                ["PATCH"],
                before=lambda simulator: simulator.override_revision("agent", revision=False),
            ),
        ],
    ),
    Scenario(
        "what uses the URL of a replaced deployment follows",
        [
            Step(
                {"tool": github(delete_tracing_project=True), "agent": agent_using_url_of("tool")},
                {
                    "Deployment tool": "create",
                    "Rollout tool": "create",
                    "Deployment agent": "create",
                    "Rollout agent": "create",
                },
                ["POST", "POST"],
            ),
            Step(
                {"tool": github(name="tool-two"), "agent": agent_using_url_of("tool")},
                {
                    "Deployment tool": "replace",
                    "Rollout tool": "replace",
                    "Deployment agent": "update",
                    "Rollout agent": "update",
                },
                ["POST", "PATCH", "DELETE"],
            ),
        ],
    ),
    Scenario(
        "two deployments, of which one waits for the other",
        [
            Step(
                {
                    "tool": github(),
                    "agent": {**agent_using_url_of("tool"), "opts": {"depends_on": ["tool"]}},
                },
                {
                    "Deployment tool": "create",
                    "Rollout tool": "create",
                    "Deployment agent": "create",
                    "Rollout agent": "create",
                },
                ["POST", "POST"],
            ),
        ],
    ),
    Scenario(
        "the same name twice is refused",
        [
            Step(
                {"agent": github(), "other": github(name="agent")},
                NOTHING,
                preview_error="declared twice",
            ),
        ],
    ),
    Scenario(
        "ignored changes are ignored by the rollout too",
        [
            create_step(),
            Step(
                {
                    "agent": github(
                        source_revision_config__repo_ref="other",
                        opts={"ignore_changes": ["source_revision_config"]},
                    )
                },
                NOTHING,
            ),
        ],
    ),
    Scenario(
        "a retained deployment stays when it leaves the program",
        [
            create_step(opts={"retain_on_delete": True}),
            Step({}, DELETE, [], live={"name": "agent"}),
        ],
    ),
    Scenario(
        "a protected deployment stays",
        [
            create_step(opts={"protect": True}),
            Step({}, NOTHING, preview_error="protect"),
        ],
    ),
    Scenario(
        "without waiting, up is done at once and never retries",
        [
            Step(
                {"agent": github(wait_for_rollout=False)},
                CREATE,
                ["POST"],
                before=fail_next_build,
                reads=2,
            ),
            Step({"agent": github(wait_for_rollout=False)}, NOTHING),
        ],
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_plan_and_deed_agree(scenario: Scenario, runner: ScenarioRunner) -> None:
    """Each step does what its plan says and no more, and leaves nothing to do and no secret."""
    for step in scenario.steps:
        runner.run(step)


@pytest.mark.parametrize("permitted", [True, False])
def test_traces_go_only_as_the_program_says_now(runner: ScenarioRunner, *, permitted: bool) -> None:
    """The engine deletes with the old state; the permission is that of the change itself."""
    runner.write({"agent": github(delete_tracing_project=not permitted)})
    assert runner.engine.up().ok
    runner.write({"agent": github(delete_tracing_project=permitted, name="agent-two")})
    assert runner.engine.up().ok
    deleted = [one.query for one in runner.simulator.requests if one.method == "DELETE"]
    assert deleted == (["delete_tracing_project=true"] if permitted else [""])
