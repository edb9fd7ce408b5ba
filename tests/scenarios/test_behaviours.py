"""The life of a deployment on services that answer differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.scenario import (
    API_KEY,
    CREATE,
    DELETE,
    IN_PLACE,
    NOTHING,
    REVISION,
    Step,
    docker,
    github,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.scenario import ScenarioRunner

SERVICES: dict[str, dict[str, Any]] = {
    "cloud": {"behaviour": "cloud"},
    "self-hosted": {"behaviour": "self-hosted"},
    "older with repositories": {"behaviour": "older"},
    "older with images": {"behaviour": "older"},
    "older words": {"behaviour": "cloud", "shows_older_types": True, "shows_tiers": True},
}


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def simulator(service: str) -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY, **SERVICES[service]) as running:
        yield running


def test_a_life_on_each_service(service: str, runner: ScenarioRunner) -> None:
    """Creating, changing, refreshing and deleting work alike, and no answer is taken for drift."""
    if service in ("self-hosted", "older with images"):
        base, named, changed = (
            docker(),
            docker(display_name="Support"),
            docker(
                display_name="Support",
                source_revision_config__image_uri="registry.example.com/agent:v2",
            ),
        )
    else:
        kind = "serverless" if service == "older words" else "dev"
        base, named, changed = (
            github(source_config__deployment_type=kind),
            github(source_config__deployment_type=kind, display_name="Support"),
            github(
                source_config__deployment_type=kind,
                display_name="Support",
                source_revision_config__repo_ref="next",
            ),
        )
    for step in (
        Step({"agent": base}, CREATE, ["POST"]),
        Step({"agent": base}, NOTHING, refresh=True),
        Step({"agent": named}, IN_PLACE, ["PATCH"], live={"display_name": "Support"}),
        Step({"agent": changed}, REVISION, ["PATCH"]),
        Step({"agent": changed}, NOTHING, refresh=True),
        Step({}, DELETE, ["DELETE"]),
    ):
        runner.run(step)
