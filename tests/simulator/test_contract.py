"""The simulator against the facts of the API in contract.json; each difference has a reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.simulator import Listener
from langsmith_pulumi.testing.simulator.server import application
from tests.simulator.conftest import make_body
from tests.simulator.test_listeners import listener_body

Json = dict[str, Any]
CONTRACT: Json = json.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))
OPERATIONS: dict[str, Json] = CONTRACT["operations"]
SCHEMAS: dict[str, Json] = CONTRACT["schemas"]
SERVED: Json = application.openapi()
LISTENER = Listener("cluster")
UNKNOWN = "99999999-9999-4999-8999-999999999999"

NOT_SERVED = {
    "GET /v1/integrations/forge/github/install": "another spelling of a route that is served",
    "GET /v1/integrations/forge/github/{integration_id}/repos": "likewise",
    "DELETE /v2/deployments": "the provider deletes one deployment at a time",
}
ADDED = {
    "POST /v2/deployments/{deployment_id}/revisions/{revision_id}/interrupt": (
        "the spelling of the vendor's reference page"
    ),
}
PARAMETERS_MISSING = {
    "remote_reconciled": "says nothing about what a client declared; ignored, as unknown ones are",
    "tag_value_ids": "the provider sets no tags",
    "run_id": "there are no runs",
}
FIELDS = {
    "DeploymentType serverless": "the words of 2026, which the notes have beside the schema",
    "DeploymentType dedicated": "likewise",
}
ANSWER_FIELDS_MISSING = {
    "deepagents_version": "of images that the simulator does not build",
    "is_managed_deep_agent": "of agents that no client of this API makes",
    "shareable": "its meaning is unknown",
    "tracer_session_id": "tracing projects are names here",
    "repo_branch": "shown by the setting `as_built` only",
}


def served_operations() -> dict[str, Json]:
    """Return the operations of the API that the simulator serves, by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in SERVED["paths"].items()
        for method, operation in item.items()
        if path.startswith("/v")
    }


OPERATIONS_SERVED = served_operations()
COMMON = sorted(OPERATIONS.keys() & OPERATIONS_SERVED.keys())


def resolve(schema: Json) -> Json:
    """Return a schema without references and without the alternative null."""
    for part in schema.get("anyOf", ()):
        if part.get("type") != "null":
            return resolve({**part, **{k: v for k, v in schema.items() if k == "default"}})
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolve(SERVED["components"]["schemas"][name])
    return schema


def test_every_operation_is_served_or_has_a_reason() -> None:
    """The operations differ from the contract by the listed ones alone."""
    assert OPERATIONS.keys() - OPERATIONS_SERVED.keys() == NOT_SERVED.keys()
    assert OPERATIONS_SERVED.keys() - OPERATIONS.keys() == ADDED.keys()


@pytest.mark.parametrize("operation", COMMON)
def test_parameters(operation: str) -> None:
    """A parameter has the place, bounds, default and values of the contract."""
    declared = OPERATIONS_SERVED[operation].get("parameters", [])
    served = {one["name"]: one for one in declared if one["in"] != "header"}
    for name, wanted in OPERATIONS[operation]["parameters"].items():
        if name in PARAMETERS_MISSING:
            assert name not in served
            continue
        schema = resolve(served[name]["schema"])
        assert (served[name]["in"], served[name]["required"]) == (wanted["in"], wanted["required"])
        found = {key: schema.get(key) for key in ("minimum", "maximum", "default", "enum")}
        assert {k: v for k, v in found.items() if v is not None} == {
            **{k: v for k, v in wanted.items() if k not in ("in", "required", "ref")},
            **({"enum": with_additions(wanted["ref"])} if "ref" in wanted else {}),
        }
    assert served.keys() <= OPERATIONS[operation]["parameters"].keys()


def with_additions(enum: str) -> list[str]:
    """Return the values of an enumeration, with the ones that were added for a reason."""
    added = [key.split()[1] for key in FIELDS if key.startswith(f"{enum} ")]
    return [*SCHEMAS[enum]["enum"], *added]


def compare(name: str, schema: Json) -> None:
    """Compare the fields of a request body with the contract, nested ones included."""
    wanted, found = SCHEMAS[name], resolve(schema)
    if "enum" in wanted:
        assert sorted(found["enum"]) == sorted(with_additions(name)), name
        return
    assert found["properties"].keys() == wanted["fields"].keys(), name
    extra = {key.split()[1] for key in FIELDS if key.startswith(f"{name} ")}
    assert set(found.get("required", [])) == {*wanted["required"], *extra}, name
    for field, facts in wanted["fields"].items():
        inner = resolve(found["properties"][field])
        if "enum" in facts:
            assert sorted(inner["enum"]) == sorted(facts["enum"]), f"{name}.{field}"
        for bound in ("minimum", "maximum"):
            if bound in facts:
                assert inner.get(bound) == facts[bound], f"{name}.{field}"
        if "ref" in facts:
            compare(facts["ref"], resolve(inner["items"]) if "items" in inner else inner)


@pytest.mark.parametrize("operation", [one for one in COMMON if "body" in OPERATIONS[one]])
def test_bodies(operation: str) -> None:
    """A body has the fields, required ones, bounds and values of the contract."""
    body = OPERATIONS_SERVED[operation]["requestBody"]["content"]["application/json"]["schema"]
    compare(OPERATIONS[operation]["body"], body)


BODIES: dict[str, Json] = {
    "POST /v2/deployments": make_body("new"),
    "PATCH /v2/deployments/{deployment_id}": {"display_name": "Agent"},
    "PATCH /v2/deployments/{deployment_id}/resource-tiers": {"compute_tier": "SERVERLESS_M"},
    "POST /v2/deployments/{deployment_id}/revisions": {},
    "POST /v1/projects/{project_id}/revisions/{revision_id}/build_logs": {},
    "POST /v1/projects/{project_id}/revisions/{revision_id}/deploy_logs": {},
    "POST /v1/projects/{project_id}/deploy_logs": {},
    "POST /v2/listeners": listener_body("new"),
    "PATCH /v2/listeners/{listener_id}": {"version": "2"},
}
CONFLICTS: dict[str, Json] = {
    "POST /v2/deployments": make_body("agent"),
    "POST /v2/listeners": listener_body(LISTENER.compute_id),
}
REFUSED: dict[str, Json] = {
    "POST /v2/deployments": make_body("Not_A_Name"),
    "PATCH /v2/deployments/{deployment_id}": {"source_config": {"deployment_type": "prod"}},
    "POST /v2/deployments/{deployment_id}/revisions": {"source_config": {"deployment_type": "dev"}},
}
STATUSES_ELSEWHERE = {
    ("DELETE /v2/deployments/{deployment_id}", 400): "test_deletion.py: `force` too early",
    ("POST /v2/deployments/{deployment_id}/revisions/{revision_id}/redeploy", 400): (
        "test_deletion.py: a deployment that is being deleted"
    ),
    ("POST /v2/deployments/{deployment_id}/push-token", 400): "test_other_hosts.py",
}
CASES = [
    (operation, status) for operation in COMMON for status in OPERATIONS[operation]["statuses"]
]


@pytest.mark.parametrize(("operation", "status"), CASES)
def test_statuses(
    operation: str,
    status: int,
    simulator: Simulator,
    http: httpx.Client,
    new_deployment: Callable[..., Json],
) -> None:
    """Each status of the contract is answered, errors with a detail of the contract's form."""
    if (operation, status) in STATUSES_ELSEWHERE:
        return
    source = "github"
    for route, wanted in (("push-token", "internal_docker"), ("upload-url", "internal_source")):
        source = wanted if route in operation else source
    made = new_deployment("agent", source)
    simulator.listeners = [LISTENER]
    ids = {
        "{deployment_id}": made["id"],
        "{project_id}": made["id"],
        "{revision_id}": made["latest_revision_id"] or UNKNOWN,
        "{integration_id}": "22222222-2222-4222-8222-222222222222",
        "{listener_id}": LISTENER.id,
    }
    method, path = operation.split()
    params = {"type": "build"} if path.endswith("/logs") else {}
    params |= {"deployment_id": made["id"]} if path.endswith("/deployment-logs") else {}
    bodies = {409: CONFLICTS, 400: REFUSED}.get(status, BODIES)
    body, headers = bodies.get(operation), {}
    if status == 403:
        headers["X-Api-Key"] = "wrong"
    if status == 404:
        ids = dict.fromkeys(ids, UNKNOWN)
    if status == 422:
        ids, params = dict.fromkeys(ids, "no-uuid"), {"limit": "-1"}
        body = {"unknown": True} if body is not None else None
    for name, value in ids.items():
        path = path.replace(name, value)
    response = http.request(method, path, json=body, params=params, headers=headers)

    assert response.status_code == status, response.text
    if status == 422:
        assert all({"loc", "msg", "type"} <= one.keys() for one in response.json()["detail"])
    elif status >= 400:
        assert isinstance(response.json()["detail"], str)


def check_answer(name: str, found: Json) -> None:
    """Check that an answer has the fields of the contract, nested ones included."""
    facts = SCHEMAS[name]
    fields = facts["fields"]
    missing = fields.keys() - found.keys()
    assert missing <= ANSWER_FIELDS_MISSING.keys(), f"{name}: {missing}"
    assert found.keys() <= fields.keys(), name
    assert set(facts["required"]) <= found.keys(), name
    for field, fact in fields.items():
        value = found.get(field)
        inner = SCHEMAS.get(fact.get("ref", ""), {})
        if "enum" in inner:
            assert value is None or value in with_additions(fact["ref"])
        elif isinstance(value, dict) and inner.get("fields") and field != "resource_spec":
            check_answer(fact["ref"], value)


@pytest.mark.parametrize("source", ["github", "external_docker"])
def test_answers(simulator: Simulator, http: httpx.Client, source: str) -> None:
    """Answers have the fields of the contract, and no others."""
    simulator.listeners = [LISTENER]
    placed = {"listener_id": LISTENER.id} if source == "external_docker" else {}
    secrets = [{"name": "A", "value": "1"}]
    body = make_body("agent", source, source_config=placed, secrets=secrets)
    made = http.post("/v2/deployments", json=body).json()
    path = f"/v2/deployments/{made['id']}"

    for deployment in (made, http.get(path).json()):
        check_answer("Deployment", deployment)
    check_answer("Revision", http.get(f"{path}/revisions").json()["resources"][0])
    for lists, name in (("/v2/deployments", "Deployment"), ("/v2/listeners", "Listener")):
        page = http.get(lists).json()
        assert page.keys() == SCHEMAS[f"{name}sList"]["fields"].keys()
        check_answer(name, page["resources"][0])
    revision = f"{path}/revisions/{made['latest_revision_id']}"
    logs = http.get(f"{revision}/logs", params={"type": "deploy"}).json()
    assert logs.keys() == SCHEMAS["LogsResponse"]["fields"].keys()
    check_answer("LogEntry", logs["logs"][0])
    entries = http.get("/v2/deployment-logs", params={"deployment_id": made["id"]}).json()
    assert entries.keys() == SCHEMAS["DeploymentLogsList"]["fields"].keys()
    assert entries["items"] == logs["logs"]
    integration = http.get("/v1/integrations/github/install").json()[0]
    check_answer("GithubIntegration", integration)
    repositories = http.get(f"/v1/integrations/github/{integration['id']}/repos").json()
    check_answer("GithubRepository", repositories[0])
