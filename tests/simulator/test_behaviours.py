"""Behaviours and their settings: both columns of what different backends answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator
from tests.simulator.conftest import make_body

Json = dict[str, Any]


@contextmanager
def serving(**settings: Any) -> Iterator[tuple[Simulator, httpx.Client]]:
    """Serve with these settings, and yield the simulator with a client."""
    with Simulator(**settings) as simulator:
        headers = {"X-Api-Key": simulator.api_key}
        with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as client:
            yield simulator, client


def create(http: httpx.Client, name: str, source: str, **changes: Any) -> Json:
    """Create a deployment and return the response."""
    response = http.post("/v2/deployments", json=make_body(name, source, **changes))
    assert response.status_code == 201, response.text
    body: Json = response.json()
    return body


def read(http: httpx.Client, deployment: Json) -> Json:
    """Read a deployment again."""
    body: Json = http.get(f"/v2/deployments/{deployment['id']}").json()
    return body


@pytest.mark.parametrize(
    ("settings", "kind", "build_on_push"),
    [({}, None, None), ({"images_show_type": True}, "prod", False)],
)
def test_type_and_builds_of_an_image(settings: Json, kind: object, build_on_push: object) -> None:
    """An image shows `deployment_type` and `build_on_push` as null, or as `prod` and false."""
    with serving(**settings) as (_, http):
        config = read(http, create(http, "agent", "external_docker"))["source_config"]

    assert (config["deployment_type"], config["build_on_push"]) == (kind, build_on_push)


@pytest.mark.parametrize(("by_patch", "revisions"), [(False, 1), (True, 0)])
@pytest.mark.parametrize("source", ["internal_source", "internal_docker"])
def test_first_revision_of_a_pushed_source(source: str, *, by_patch: bool, revisions: int) -> None:
    """A configuration on create makes the first revision, or only a patch does."""
    config = (
        {"image_uri": "a:v1"}
        if source == "internal_docker"
        else {"langgraph_config_path": "langgraph.json"}
    )
    with serving(first_revision_by_patch=by_patch) as (simulator, http):
        deployment = create(http, "agent", source, source_revision_config=config)
        assert (deployment["latest_revision_id"] is None) == by_patch
        assert len(simulator.revisions("agent")) == revisions
        http.patch(f"/v2/deployments/{deployment['id']}", json={"source_revision_config": config})
        assert len(simulator.revisions("agent")) == revisions + 1


@pytest.mark.parametrize("is_null", [False, True])
def test_revision_config_before_the_first_revision(*, is_null: bool) -> None:
    """Before the first revision there is an object of nulls, or null."""
    with serving(null_revision_config=is_null) as (_, http):
        config = create(http, "agent", "internal_source")["source_revision_config"]

    assert config is None if is_null else set(config.values()) == {None}


@pytest.mark.parametrize("has_url", [True, False])
def test_address_of_an_image(*, has_url: bool) -> None:
    """An image without `custom_url` shows an address of the service, or none."""
    with serving(images_get_url=has_url) as (_, http):
        shown = read(http, create(http, "agent", "external_docker"))["source_config"]["custom_url"]

    assert bool(shown) == has_url


@pytest.mark.parametrize("listed", [True, False])
def test_resources_that_are_not_set(*, listed: bool) -> None:
    """Unset resources of an image are shown as null, or not at all."""
    with serving(lists_unset_resources=listed) as (_, http):
        spec = read(http, create(http, "agent", "external_docker"))["source_config"]

    unset = {"cpu_limit", "memory_limit_mb", "labels", "annotations", "service_account_name"}
    assert (unset <= spec["resource_spec"].keys()) == listed
    assert spec["resource_spec"]["memory_mb"] == 2048


@pytest.mark.parametrize(("empty", "shown"), [(True, []), (False, None)])
def test_no_secret_references(*, empty: bool, shown: list[Json] | None) -> None:
    """No secret references are an empty list, or null."""
    with serving(empty_references=empty) as (_, http):
        assert create(http, "agent", "external_docker")["secret_references"] == shown


@pytest.mark.parametrize("at_once", [True, False])
def test_secrets_of_a_new_revision(*, at_once: bool) -> None:
    """Secrets are shown with the first revision, or when it has left `CREATING`."""
    secrets = [{"name": "A", "value": "1"}]
    with serving(secrets_at_once=at_once, revision_seconds=600) as (_, http):
        assert bool(create(http, "agent", "github", secrets=secrets)["secrets"]) == at_once
        assert create(http, "waiting", "internal_source", secrets=secrets)["secrets"] == []


@pytest.mark.parametrize(("accepted", "status"), [(True, 201), (False, 400)])
@pytest.mark.parametrize(
    "config", [{"custom_url": "https://a.example.com"}, {"resource_spec": {"cpu": 2}}]
)
def test_resources_of_a_repository(config: Json, *, accepted: bool, status: int) -> None:
    """A repository accepts `resource_spec` and `custom_url`, or refuses them."""
    with serving(github_resources=accepted) as (_, http):
        body = make_body("agent", "github", source_config=config)
        assert http.post("/v2/deployments", json=body).status_code == status


@pytest.mark.parametrize(
    ("resumes", "left"), [(False, "INTERRUPTED"), (True, "DEPLOYED")], ids=["ends", "resumes"]
)
@pytest.mark.parametrize("route", ["interrupt", "interruption"])
def test_interrupted_revisions(route: str, left: str, *, resumes: bool) -> None:
    """Both routes interrupt a revision, which ends there or goes on after all."""
    now = 1_800_000_000.0
    settings: Json = {"revision_seconds": 60, "interrupted_resumes": resumes}
    with serving(**settings, clock=lambda: now) as (simulator, http):
        deployment = create(http, "agent", "github")
        now += 30
        path = f"/v2/deployments/{deployment['id']}/revisions/{deployment['latest_revision_id']}"
        assert http.post(f"{path}/{route}").status_code == 204
        assert simulator.revisions("agent")[0]["status"] == "INTERRUPTED"
        now += 60
        assert simulator.revisions("agent")[0]["status"] == left


NEW_REF = {"source_revision_config": {"repo_ref": "next"}}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", NEW_REF),
        ("PATCH", "/resource-tiers", {"compute_tier": "SERVERLESS_M"}),
        ("POST", "/revisions", {}),
        ("POST", "/revisions/{revision}/redeploy", None),
    ],
)
def test_a_revision_in_progress(method: str, path: str, body: Json | None) -> None:
    """A request for another revision is a 409 that names the one in progress, and has no effect."""
    now = 1_800_000_000.0
    settings: Json = {"revision_seconds": 60, "revision_in_progress": "reject"}
    with serving(**settings, clock=lambda: now) as (simulator, http):
        deployment = create(http, "agent", "github")
        revision = deployment["latest_revision_id"]
        target = f"/v2/deployments/{deployment['id']}{path.format(revision=revision)}"
        refused = http.request(method, target, json=body)
        in_place = http.patch(f"/v2/deployments/{deployment['id']}", json={"display_name": "Agent"})
        assert (refused.status_code, in_place.status_code) == (409, 200)
        assert refused.json()["detail"].startswith(f"Revision ID {revision} is in progress.")
        assert len(simulator.revisions("agent")) == 1
        now += 60
        assert http.request(method, target, json=body).is_success
        assert len(simulator.revisions("agent")) == 2


def test_a_behaviour_chooses_settings_and_a_given_one_wins() -> None:
    """Each behaviour is a set of settings, of which each can be given otherwise."""
    cloud = Simulator(behaviour="cloud", as_built=False)
    hosted = Simulator(behaviour="self-hosted")

    assert (cloud.hosting, cloud.as_built, cloud.null_revision_config) == ("cloud", False, True)
    assert (hosted.hosting, hosted.resource_tiers, hosted.shows_url) == (
        "self-hosted",
        False,
        False,
    )
    assert (Simulator().hosting, Simulator().as_built) == ("any", False)


def test_an_older_version_has_fewer_routes() -> None:
    """An older version answers 404 on newer routes, and knows one route to interrupt."""
    with serving(behaviour="older") as (_, http):
        deployment = create(http, "agent", "github")
        path = f"/v2/deployments/{deployment['id']}"
        revision = f"{path}/revisions/{deployment['latest_revision_id']}"
        responses = [
            http.patch(f"{path}/resource-tiers", json={"compute_tier": "SERVERLESS_M"}),
            http.post(f"{path}/revisions", json={}),
            http.get(f"{revision}/logs", params={"type": "build"}),
            http.get("/v2/deployment-logs", params={"deployment_id": deployment["id"]}),
            http.post(f"{revision}/redeploy"),
            http.post(f"{revision}/interrupt"),
            http.post(f"{revision}/interruption"),
        ]

    assert [response.status_code for response in responses] == [404, 404, 404, 404, 404, 404, 204]


def test_an_older_version_has_fewer_fields_and_words() -> None:
    """An older version refuses newer types, ignores the filter by name, and shows fewer fields."""
    with serving(behaviour="older") as (_, http):
        body = make_body("new", "github", source_config={"deployment_type": "serverless"})
        refused = http.post("/v2/deployments", json=body)
        create(http, "one", "github")
        shown = create(http, "two", "github")
        found = http.get("/v2/deployments", params={"name": "two"}).json()["resources"]

    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "source_config", "deployment_type"]
    assert [deployment["name"] for deployment in found] == ["one", "two"]
    assert not {"url", "is_preview"} & shown.keys()
    assert "install_command" not in shown["source_config"]


@pytest.mark.parametrize("behaviour", ["self-hosted", "older"])
def test_sizes_exist_on_cloud_only(behaviour: Any) -> None:
    """Elsewhere the route of sizes does not exist."""
    source = "github" if behaviour == "older" else "external_docker"
    with serving(behaviour=behaviour) as (_, http):
        path = f"/v2/deployments/{create(http, 'agent', source)['id']}/resource-tiers"
        assert http.patch(path, json={"compute_tier": "DEDICATED_M"}).status_code == 404
