"""The life of a deployment on services that answer differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.scenario import (
    API_KEY,
    CANARY,
    CREATE,
    DELETE,
    IN_PLACE,
    NOTHING,
    REPLACE,
    RETRY,
    REVISION,
    Step,
    docker,
    github,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.scenario import ScenarioRunner

SERVICES: dict[str, dict[str, Any]] = {
    "cloud": {"behaviour": "cloud"},
    "self-hosted": {"behaviour": "self-hosted"},
    "older with repositories": {"behaviour": "older"},
    "older with images": {"behaviour": "older"},
    "older words": {"behaviour": "cloud", "shows_older_types": True, "shows_tiers": True},
}


IMAGES = ("self-hosted", "older with images")
WITH_REPOSITORIES = pytest.mark.parametrize(
    "service", [name for name in SERVICES if name not in IMAGES]
)
SECRETS = {"OPENAI_API_KEY": CANARY, "REGION": "eu"}


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def simulator(service: str) -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY, **SERVICES[service]) as running:
        yield running


def agent(service: str, image: str = "v1", **changes: Any) -> dict[str, dict[str, Any]]:
    """Return a program of one deployment, at this version of its image or branch."""
    changes = {"secrets": SECRETS, "environment_variables": {"LOG_LEVEL": "info"}} | changes
    if service in IMAGES:
        uri = f"registry.example.com/agent:{image}"
        arguments = docker(source_revision_config__image_uri=uri, **changes)
    else:
        arguments = github(
            source_config__deployment_type="serverless" if service == "older words" else "dev",
            source_revision_config__repo_ref=image,
            **changes,
        )
    return {"agent": arguments}


def listed(variables: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": variables[name]} for name in sorted(variables)]


def somebody_changes(simulator: Simulator) -> None:
    variables = [{"name": "LOG_LEVEL", "value": "trace"}, {"name": "ADDED", "value": "1"}]
    simulator.drift("agent", display_name="Sales", secrets=variables)


def a_revision_is_in_progress(simulator: Simulator) -> None:
    detail = '{"detail": "A revision of this deployment is in progress."}'
    simulator.fail("PATCH", "/v2/deployments/*", "status", status=409, body=detail)


def test_a_life_on_each_service(service: str, runner: ScenarioRunner) -> None:
    """Creating, changing, refreshing and deleting work alike, and no answer is taken for drift."""
    runner.simulator.serve_agents = True
    named = {"display_name": "Support"}
    moved = {
        "secrets": {"OPENAI_API_KEY": CANARY},
        "environment_variables": {"LOG_LEVEL": "debug", "REGION": "eu"},
    }
    checked = {"health_check": {"successes": 2, "interval": 0.1, "timeout": 1}}
    for step in (
        Step(agent(service), CREATE, ["POST"]),
        Step(agent(service), NOTHING, refresh=True),
        Step(agent(service, **named), IN_PLACE, ["PATCH"], live={"display_name": "Support"}),
        Step(
            agent(service, "v2", **named), REVISION, ["PATCH"] * 2, before=a_revision_is_in_progress
        ),
        Step(agent(service, "v2", **named, **moved), REVISION, ["PATCH"]),
        Step(agent(service, "v2", **named, **moved), NOTHING, refresh=True),
        Step(
            agent(service, "v2", **named, **moved),
            REVISION,
            ["PATCH"],
            before=somebody_changes,
            refresh=True,
            live={
                "display_name": "Support",
                "secrets": listed({**moved["secrets"], **moved["environment_variables"]}),
            },
        ),
        Step(
            agent(service, "v3", **named, **moved, **checked),
            REVISION,
            ["PATCH"],
            before=lambda simulator: simulator.health("agent", 503),
            error="did not answer GET /ok",
            up=IN_PLACE,
        ),
        Step(
            agent(service, "v3", **named, **moved, **checked),
            RETRY,
            before=lambda simulator: simulator.health("agent", 200),
        ),
        Step({}, DELETE, ["DELETE"]),
    ):
        runner.run(step)


def test_replacement_and_adoption_on_each_service(service: str, runner: ScenarioRunner) -> None:
    """A name is free again when its deployment is gone; what is there already is adopted."""
    options = {"replace_on_changes": ["display_name"]}
    first = agent(service, delete_tracing_project=True, opts=options)
    second = agent(service, delete_tracing_project=True, opts=options, display_name="Support")
    kept = agent(service, display_name="Support", opts={"retain_on_delete": True})
    for step in (
        Step(first, CREATE, ["POST"]),
        Step(second, REPLACE, ["DELETE", "POST", "PATCH"]),
        Step(kept, IN_PLACE, []),
        Step({}, DELETE, []),
        Step(adopted(service, "v2"), CREATE, ["PATCH"]),
        Step(adopted(service, "v2"), NOTHING, refresh=True),
        Step({}, DELETE, ["DELETE"]),
    ):
        runner.run(step)


def adopted(service: str, image: str) -> Callable[[Simulator], dict[str, Any]]:
    """Return a program that adopts the deployment that is there."""
    return lambda simulator: agent(
        service, image, opts={"import_": simulator.deployment("agent")["id"]}
    )


@WITH_REPOSITORIES
def test_the_repository_on_each_service(service: str, runner: ScenarioRunner) -> None:
    """It changes in place, or the error names the choices and the next plan shows the loss."""
    next_one = {"source_config__repo_url": "https://github.com/acme/next"}
    runner.run(Step(agent(service, delete_tracing_project=True), CREATE, ["POST"]))
    changed = agent(service, delete_tracing_project=True, **next_one)
    if not runner.simulator.fixed_repo_url:
        runner.run(Step(changed, IN_PLACE, ["PATCH"]))
        runner.run(Step(changed, NOTHING, refresh=True))
        return
    choices = "keep repo_url as it was, or replace the deployment, which loses its database"
    runner.run(Step(changed, IN_PLACE, ["PATCH"], error=choices, up={}))
    opts = {"replace_on_changes": ["source_config.repo_url"]}
    replacing = agent(service, delete_tracing_project=True, opts=opts, **next_one)
    runner.run(Step(replacing, REPLACE, ["DELETE", "POST"]))


@WITH_REPOSITORIES
def test_a_size_on_each_service(runner: ScenarioRunner) -> None:
    """It is one request, or the error says that this service has no sizes to choose."""
    kind = {"source_config__deployment_type": "prod"}
    small, large = (github(**kind, compute_size=size) for size in ("small", "large"))
    if runner.simulator.resource_tiers:
        runner.run(Step({"agent": small}, CREATE, ["POST", "PATCH"]))
        runner.run(Step({"agent": small}, NOTHING, refresh=True))
        runner.run(Step({"agent": large}, REVISION, ["PATCH"]))
        return
    runner.run(Step({"agent": github(**kind)}, CREATE, ["POST"]))
    runner.run(Step({"agent": large}, REVISION, ["PATCH"], error="take compute_size", up={}))
    runner.run(Step({"agent": github(**kind)}, NOTHING))
