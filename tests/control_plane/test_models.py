"""Validation of requests and parsing of responses."""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, ValidationError

from langsmith_pulumi.control_plane.models import (
    DeploymentCreateRequest,
    DeploymentPatchRequest,
    EnvVar,
    ListenerConfig,
    ResourceSpec,
    Secret,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
    explain,
)
from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision
from langsmith_pulumi.provider.payloads import makes_revision
from tests.control_plane.factories import (
    CANARY,
    CREATE_FIELDS,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    deployment,
)
from tests.control_plane.fake_server import Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from tests.control_plane.fake_server import FakeServer

SIDECAR = {"name": "proxy", "image": "envoy:v1"}
MINIMAL = {"id": DEPLOYMENT_ID, "name": "support-agent", "status": "READY"}


@pytest.mark.parametrize(
    ("model", "given", "sent"),
    [
        (ResourceSpec, {"max_scale": 3.0}, {"max_scale": 3}),
        (ResourceSpec, {"cpu": 1}, {"cpu": 1.0}),
        (ResourceSpec, {"cpu": 0.1, "cpu_limit": 16}, {"cpu": 0.1, "cpu_limit": 16.0}),
        (ResourceSpec, {"min_scale": 0}, {"min_scale": 0}),
        (ResourceSpec, {"cpu": None, "labels": {}}, {"labels": {}}),
        (ResourceSpec, {"sidecars": [SIDECAR]}, {"sidecars": [SIDECAR]}),
        (
            ResourceSpec,
            {"init_containers": [{**SIDECAR, "working_dir": "/x", "env": [{"name": "A"}]}]},
            {"init_containers": [{**SIDECAR, "workingDir": "/x", "env": [{"name": "A"}]}]},
        ),
        (
            ResourceSpec,
            {"sidecars": [{**SIDECAR, "imagePullPolicy": "Always"}]},
            {"sidecars": [{**SIDECAR, "imagePullPolicy": "Always"}]},
        ),
        (
            ResourceSpec,
            {"volumes": [{"name": "v", "downward_api": {"items": []}, "empty_dir": {}}]},
            {"volumes": [{"name": "v", "downwardAPI": {"items": []}, "emptyDir": {}}]},
        ),
        (
            ResourceSpec,
            {"volume_mounts": [{"name": "v", "mount_path": "/v", "readOnly": True}]},
            {"volume_mounts": [{"name": "v", "mountPath": "/v", "readOnly": True}]},
        ),
        (SourceConfigRequest, {"resource_spec": {}}, {"resource_spec": {}}),
        (
            SourceConfigRequest,
            {"integration_id": FIRST_REVISION_ID},
            {"integration_id": FIRST_REVISION_ID},
        ),
        (DeploymentCreateRequest, CREATE_FIELDS, CREATE_FIELDS),
        (
            DeploymentCreateRequest,
            {"name": "a", "source": "internal_docker"},
            {
                "name": "a",
                "source": "internal_docker",
                "source_config": {},
                "source_revision_config": {},
                "secrets": [],
            },
        ),
        (DeploymentPatchRequest, {"display_name": "A", "secrets": None}, {"display_name": "A"}),
    ],
)
def test_requests_are_serialized_for_service(
    model: type[Any], given: dict[str, Any], sent: dict[str, Any]
) -> None:
    """Integers stay integers, Kubernetes keys become camelCase, and null is omitted."""
    assert model.model_validate(given).payload() == sent


@pytest.mark.parametrize(
    ("model", "given", "path"),
    [
        (ResourceSpec, {"max_scale": 3.5}, "max_scale"),
        (ResourceSpec, {"max_scale": True}, "max_scale"),
        (ResourceSpec, {"max_scale": "3"}, "max_scale"),
        (ResourceSpec, {"max_scale": 0}, "max_scale"),
        (ResourceSpec, {"min_scale": -1}, "min_scale"),
        (ResourceSpec, {"cpu": 0.05}, "cpu"),
        (ResourceSpec, {"cpu": 8.1}, "cpu"),
        (ResourceSpec, {"cpu_limit": 16.1}, "cpu_limit"),
        (ResourceSpec, {"cpu": True}, "cpu"),
        (ResourceSpec, {"cpu": "1"}, "cpu"),
        (ResourceSpec, {"cpu": float("nan")}, "cpu"),
        (ResourceSpec, {"db_cpu": float("inf")}, "db_cpu"),
        (ResourceSpec, {"memory_mb": 0}, "memory_mb"),
        (ResourceSpec, {"labels": {"tier": 1}}, "labels.tier"),
        (ResourceSpec, {"memory": 1}, "memory"),
        (ResourceSpec, {"sidecars": [{**SIDECAR, "wokingDir": "/"}]}, "sidecars.0.wokingDir"),
        (ResourceSpec, {"sidecars": [{"name": "a"}]}, "sidecars.0.image"),
        (ResourceSpec, {"sidecars": SIDECAR}, "sidecars"),
        (SourceConfigRequest, {"integration_id": "no-uuid"}, "integration_id"),
        (SourceConfigRequest, {"listener_id": f"{FIRST_REVISION_ID}\n"}, "listener_id"),
        (SourceConfigRequest, {"deployment_type": ""}, "deployment_type"),
        (SourceConfigRequest, {"build_on_push": "yes"}, "build_on_push"),
        (SourceConfigRequest, {"repo_url": ""}, "repo_url"),
        (ListenerConfig, {"namespace": "a"}, "namespace"),
        (SourceRevisionConfigRequest, {"repo_ref": 7}, "repo_ref"),
        (DeploymentCreateRequest, {**CREATE_FIELDS, "name": "Support"}, "name"),
        (DeploymentCreateRequest, {**CREATE_FIELDS, "name": "a_b"}, "name"),
        (DeploymentCreateRequest, {**CREATE_FIELDS, "name": "a" * 64}, "name"),
        (DeploymentCreateRequest, {**CREATE_FIELDS, "source": "gitlab"}, "source"),
        (DeploymentCreateRequest, {**CREATE_FIELDS, "display_name": "A"}, "display_name"),
        (
            DeploymentCreateRequest,
            {**CREATE_FIELDS, "secrets": [{"name": "A", "value": 1}]},
            "secrets.0.value",
        ),
        (DeploymentPatchRequest, {"display_name": ""}, "display_name"),
        (
            DeploymentPatchRequest,
            {"source_config": {"deployment_type": "dev"}},
            "source_config.deployment_type",
        ),
        (DeploymentPatchRequest, {"name": "b"}, "name"),
    ],
)
def test_invalid_field_is_rejected_by_path(
    model: type[BaseModel], given: dict[str, Any], path: str
) -> None:
    """Types are not coerced, and unknown or fixed fields are rejected."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)

    assert [where for where, _ in explain(refused.value)] == [path]


def test_stored_resource_spec_is_sent_back_unchanged() -> None:
    """A PATCH keeps unknown fields that the service has stored."""
    stored = {
        "cpu": 0.05,
        "gpu": 1,
        "sidecars": [{**SIDECAR, "livenessProbe": {}}],
        "volume_mounts": [{"name": "v", "mount_path": "/v"}],
        "max_scale": 3.0,
    }
    body = DeploymentPatchRequest.model_validate({"source_config": {"resource_spec": stored}})

    assert body.payload()["source_config"]["resource_spec"] == {
        **stored,
        "volume_mounts": [{"name": "v", "mountPath": "/v"}],
    }


@pytest.mark.parametrize(
    ("body", "makes"),
    [
        ({"display_name": "A"}, False),
        ({"source_config": {"build_on_push": True, "custom_url": "https://a"}}, False),
        ({"source_config": {"resource_spec": {}}}, True),
        ({"source_revision_config": {"repo_ref": "main"}}, True),
        ({"secrets": [{"name": "A", "value": "b"}]}, True),
        ({"secrets": []}, False),
        ({"secret_references": []}, True),
    ],
)
def test_patch_makes_revision(body: dict[str, Any], makes: bool) -> None:  # noqa: FBT001
    """Which fields make a revision decides how a lost response is verified."""
    assert makes_revision(DeploymentPatchRequest.model_validate(body)) is makes


@pytest.mark.parametrize(
    "thing",
    [
        Secret(name="A", value=CANARY),
        EnvVar(name="A", value=CANARY),
        DeploymentCreateRequest.model_validate(CREATE_FIELDS),
        LiveDeployment.model_validate({**MINIMAL, "secrets": CREATE_FIELDS["secrets"]}),
        ResourceSpec.model_validate(
            {"sidecars": [{**SIDECAR, "env": [{"name": "A", "value": CANARY}]}]}
        ),
        DeploymentPatchRequest.model_validate(
            {"source_config": {"resource_spec": {"sidecars": [{"env": [{"value": CANARY}]}]}}}
        ),
    ],
)
def test_repr_shows_no_secret(thing: object) -> None:
    """The repr of a model contains no value of a variable."""
    assert "hush" not in repr(thing)


def test_validation_error_shows_no_secret() -> None:
    """A validation error quotes no input."""
    with pytest.raises(ValidationError) as refused:
        DeploymentCreateRequest.model_validate({**CREATE_FIELDS, "secrets": CANARY})

    assert "hush" not in str(refused.value) + repr(explain(refused.value))


def test_response_may_lack_optional_fields() -> None:
    """Missing optional fields, unknown fields and unknown values are accepted."""
    live = LiveDeployment.model_validate({**MINIMAL, "status": "DREAMING", "colour": "blue"})

    assert (live.status, live.secrets, live.source_config, live.public_url) == (
        "DREAMING",
        {},
        {},
        None,
    )


@pytest.mark.parametrize("lacking", ["id", "name", "status"])
def test_response_needs_id_name_and_status(lacking: str) -> None:
    """A deployment without these fields is an invalid response."""
    with pytest.raises(ValidationError):
        LiveDeployment.model_validate({k: v for k, v in MINIMAL.items() if k != lacking})


@pytest.mark.parametrize(
    ("secrets", "read"),
    [
        ([{"name": "A", "value": "1"}, {"name": "B", "value": None}], {"A": "1", "B": None}),
        ([{"name": "B"}], {"B": None}),
        ([{"name": ["C"], "value": "1"}, {"name": "D", "value": 7}, "E"], {"D": None}),
        (None, {}),
        ([], {}),
    ],
)
def test_secrets_are_parsed_as_mapping(secrets: object, read: dict[str, str | None]) -> None:
    """The order of variables is ignored; a redacted value is None."""
    assert LiveDeployment.model_validate({**MINIMAL, "secrets": secrets}).secrets == read


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ({"url": "https://a", "source_config": {"custom_url": "https://b"}}, "https://a"),
        ({"url": None, "source_config": {"custom_url": "https://b"}}, "https://b"),
        ({"source_config": None}, None),
    ],
)
def test_public_url_is_read_from_two_fields(said: dict[str, Any], url: str | None) -> None:
    """Newer Cloud versions have a field of their own for the URL, self-hosted ones do not."""
    assert LiveDeployment.model_validate({**MINIMAL, **said}).public_url == url


@pytest.mark.parametrize(
    ("text", "readable"),
    [("2026-01-01T00:00:00Z", True), ("2026-01-01T00:00:00", True), ("soon", False)],
)
def test_unreadable_timestamp_is_none(text: str, readable: bool) -> None:  # noqa: FBT001
    """A timestamp without a zone is UTC; one that cannot be parsed is None."""
    moment = Revision.model_validate(
        {"id": FIRST_REVISION_ID, "status": "NEW", "created_at": text}
    ).created_at

    assert (moment is not None and moment.tzinfo == timezone.utc) is readable


HOSTILE = "\x1b[2JA\r\n::error::\u202e\ud800B"


def test_foreign_text_is_one_printable_line(client: ControlPlaneClient, server: FakeServer) -> None:
    """Statuses, names, ids and URLs contain no control characters."""
    ids = ("latest_revision_id", "active_revision_id", "tenant_id")
    fields = ("status", "name", "url", "image_version", *ids)
    server.respond_with(Response(body=deployment(**dict.fromkeys(fields, HOSTILE))))

    live = client.get(DEPLOYMENT_ID)

    assert {getattr(live, field) for field in fields} == {"A ::error:: \ufffdB"}


def test_lone_surrogate_is_replaced(client: ControlPlaneClient, server: FakeServer) -> None:
    """A lone surrogate is replaced at any depth; complete pairs stay."""
    server.respond_with(
        Response(body=deployment(source_config={"\ud800": ["\udc00x", "\U0001f511"]}))
    )

    live = client.get(DEPLOYMENT_ID)

    assert live.source_config == {"\ufffd": ["\ufffdx", "\U0001f511"]}
