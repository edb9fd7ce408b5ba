"""Sizes of deployments: the request that changes them, its rules, and what answers show."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]
Resize = Callable[..., httpx.Response]


@pytest.fixture
def resize(http: httpx.Client, new_deployment: Make) -> Resize:
    """Return a function that changes the size of a new deployment of the given type."""

    def send(deployment_type: str, **tiers: str | None) -> httpx.Response:
        config = {"deployment_type": deployment_type}
        deployment = new_deployment("agent", source_config=config)
        return http.patch(f"/v2/deployments/{deployment['id']}/resource-tiers", json=tiers)

    return send


@pytest.mark.parametrize(
    ("deployment_type", "tiers"),
    [
        ("serverless", {"compute_tier": "SERVERLESS_M"}),
        ("dev_zero", {"compute_tier": "SERVERLESS_L", "database_tier": None}),
        ("dev", {"compute_tier": "SERVERLESS_S"}),
        ("dedicated", {"compute_tier": "DEDICATED_M"}),
        ("dedicated", {"database_tier": "DEDICATED_L"}),
        ("prod", {"compute_tier": "DEDICATED_M", "database_tier": "DEDICATED_L"}),
    ],
)
def test_a_size_makes_one_revision(
    simulator: Simulator, resize: Resize, deployment_type: str, tiers: Json
) -> None:
    """A change of size is answered with the deployment, which names the new revision already."""
    response = resize(deployment_type, **tiers)

    assert response.status_code == 200, response.text
    assert len(simulator.revisions("agent")) == 2
    assert response.json()["latest_revision_id"] == simulator.revisions("agent")[0]["id"]


@pytest.mark.parametrize(
    ("deployment_type", "tiers", "status"),
    [
        ("serverless", {}, 400),
        ("serverless", {"compute_tier": None, "database_tier": None}, 400),
        ("serverless", {"compute_tier": "DEDICATED_M"}, 400),
        ("serverless", {"database_tier": "SERVERLESS_M"}, 400),
        ("dedicated", {"compute_tier": "SERVERLESS_M"}, 400),
        ("dedicated", {"database_tier": "SERVERLESS_M"}, 400),
        ("dedicated", {"compute_tier": "DEDICATED_XL"}, 422),
        ("dedicated", {"compute_tier": "medium"}, 422),
        ("dedicated", {"size": "DEDICATED_M"}, 422),
    ],
)
def test_wrong_sizes(
    simulator: Simulator, resize: Resize, deployment_type: str, tiers: Json, status: int
) -> None:
    """A size of another type is a 400, an unknown word a 422, and neither makes a revision."""
    assert resize(deployment_type, **tiers).status_code == status
    assert len(simulator.revisions("agent")) == 1


def test_images_have_no_sizes(http: httpx.Client, new_deployment: Make) -> None:
    """Sizes exist on Cloud only."""
    deployment = new_deployment("agent", "external_docker")
    path = f"/v2/deployments/{deployment['id']}/resource-tiers"

    assert http.patch(path, json={"compute_tier": "DEDICATED_M"}).status_code == 400


def test_answers_show_sizes_by_a_setting(simulator: Simulator, resize: Resize) -> None:
    """Nobody knows whether answers show sizes, so a setting decides; null keeps a size."""
    silent = resize("dedicated", compute_tier="DEDICATED_M").json()
    simulator.shows_tiers = True
    simulator.resize("agent", database_tier="DEDICATED_L")
    shown = simulator.deployment("agent")

    assert "compute_tier" not in silent
    assert (shown["compute_tier"], shown["database_tier"]) == ("DEDICATED_M", "DEDICATED_L")


@pytest.mark.parametrize(
    ("older", "shown"),
    [(False, ["serverless", "dedicated", "dev"]), (True, ["dev_zero", "prod", "dev"])],
)
def test_types_are_shown_as_sent_or_by_their_older_words(
    simulator: Simulator, new_deployment: Make, shown: list[str], *, older: bool
) -> None:
    """Nobody knows how answers spell the newer types, so a setting decides."""
    simulator.shows_older_types = older

    for kind in ("serverless", "dedicated", "dev"):
        new_deployment(kind, source_config={"deployment_type": kind})

    types = [d["source_config"]["deployment_type"] for d in simulator.deployments().values()]
    assert types == shown


def test_aws_does_not_scale_to_zero(
    simulator: Simulator, create: Callable[..., httpx.Response]
) -> None:
    """On AWS the types that scale to zero are refused."""
    simulator.scales_to_zero = False

    refused = create(source_config={"deployment_type": "dev_zero"})

    assert refused.status_code == 400
    assert "AWS" in refused.json()["detail"]
    assert create(source_config={"deployment_type": "prod"}).status_code == 201
