"""What requests take and refuse, and how answers are read."""

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
from tests.control_plane.samples import CANARY, DEPLOYMENT, FIRST, REQUEST, deployment
from tests.control_plane.scripted import Reply

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from tests.control_plane.scripted import Scripted

SIDECAR = {"name": "proxy", "image": "envoy:v1"}
MINIMAL = {"id": DEPLOYMENT, "name": "support-agent", "status": "READY"}


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
        (SourceConfigRequest, {"integration_id": FIRST}, {"integration_id": FIRST}),
        (DeploymentCreateRequest, REQUEST, REQUEST),
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
def test_requests_are_written_as_the_service_reads_them(
    model: type[Any], given: dict[str, Any], sent: dict[str, Any]
) -> None:
    """Whole numbers stay whole, Kubernetes keys become camelCase, null is left out."""
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
        (SourceConfigRequest, {"listener_id": f"{FIRST}\n"}, "listener_id"),
        (SourceConfigRequest, {"deployment_type": "production"}, "deployment_type"),
        (SourceConfigRequest, {"build_on_push": "yes"}, "build_on_push"),
        (SourceConfigRequest, {"repo_url": ""}, "repo_url"),
        (ListenerConfig, {"namespace": "a"}, "namespace"),
        (SourceRevisionConfigRequest, {"repo_ref": 7}, "repo_ref"),
        (DeploymentCreateRequest, {**REQUEST, "name": "Support"}, "name"),
        (DeploymentCreateRequest, {**REQUEST, "name": "a_b"}, "name"),
        (DeploymentCreateRequest, {**REQUEST, "name": "a" * 64}, "name"),
        (DeploymentCreateRequest, {**REQUEST, "source": "gitlab"}, "source"),
        (DeploymentCreateRequest, {**REQUEST, "display_name": "A"}, "display_name"),
        (
            DeploymentCreateRequest,
            {**REQUEST, "secrets": [{"name": "A", "value": 1}]},
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
def test_what_cannot_be_meant_is_refused_by_its_path(
    model: type[BaseModel], given: dict[str, Any], path: str
) -> None:
    """Nothing is guessed from another type, and a misspelt or fixed field is found."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)

    assert [where for where, _ in explain(refused.value)] == [path]


def test_stored_resources_go_back_as_they_came() -> None:
    """A PATCH keeps what a newer service has stored, and still writes what we know correctly."""
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
def test_a_patch_knows_whether_it_makes_a_revision(body: dict[str, Any], makes: bool) -> None:  # noqa: FBT001
    """Settling a lost answer depends on it."""
    assert makes_revision(DeploymentPatchRequest.model_validate(body)) is makes


@pytest.mark.parametrize(
    "thing",
    [
        Secret(name="A", value=CANARY),
        EnvVar(name="A", value=CANARY),
        DeploymentCreateRequest.model_validate(REQUEST),
        LiveDeployment.model_validate({**MINIMAL, "secrets": REQUEST["secrets"]}),
        ResourceSpec.model_validate(
            {"sidecars": [{**SIDECAR, "env": [{"name": "A", "value": CANARY}]}]}
        ),
        DeploymentPatchRequest.model_validate(
            {"source_config": {"resource_spec": {"sidecars": [{"env": [{"value": CANARY}]}]}}}
        ),
    ],
)
def test_no_repr_shows_a_secret(thing: object) -> None:
    """Whatever is printed by accident holds no value of a variable."""
    assert "hush" not in repr(thing)


def test_no_refusal_shows_a_secret() -> None:
    """A validation error quotes no input."""
    with pytest.raises(ValidationError) as refused:
        DeploymentCreateRequest.model_validate({**REQUEST, "secrets": CANARY})

    assert "hush" not in str(refused.value) + repr(explain(refused.value))


def test_an_answer_needs_very_little() -> None:
    """Missing optional fields, unknown fields and unknown values are all taken."""
    live = LiveDeployment.model_validate({**MINIMAL, "status": "DREAMING", "colour": "blue"})

    assert (live.status, live.secrets, live.source_config, live.public_url) == (
        "DREAMING",
        {},
        {},
        None,
    )


@pytest.mark.parametrize("lacking", ["id", "name", "status"])
def test_an_answer_needs_an_identity_and_a_status(lacking: str) -> None:
    """Without these nothing can be done with a deployment."""
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
def test_secrets_are_read_as_a_map(secrets: object, read: dict[str, str | None]) -> None:
    """The order of variables means nothing; a redacted value is None."""
    assert LiveDeployment.model_validate({**MINIMAL, "secrets": secrets}).secrets == read


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ({"url": "https://a", "source_config": {"custom_url": "https://b"}}, "https://a"),
        ({"url": None, "source_config": {"custom_url": "https://b"}}, "https://b"),
        ({"source_config": None}, None),
    ],
)
def test_the_public_url_has_two_places(said: dict[str, Any], url: str | None) -> None:
    """Newer Cloud has a field of its own for it, self-hosted does not."""
    assert LiveDeployment.model_validate({**MINIMAL, **said}).public_url == url


@pytest.mark.parametrize(
    ("text", "readable"),
    [("2026-01-01T00:00:00Z", True), ("2026-01-01T00:00:00", True), ("soon", False)],
)
def test_times_are_read_or_left(text: str, readable: bool) -> None:  # noqa: FBT001
    """A time without a zone is UTC; one that nobody can read is as good as none."""
    moment = Revision.model_validate({"id": FIRST, "status": "NEW", "created_at": text}).created_at

    assert (moment is not None and moment.tzinfo == timezone.utc) is readable


HOSTILE = "\x1b[2JA\r\n::error::\u202e\ud800B"


def test_what_the_service_invents_is_one_printable_line(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """Statuses, names, ids and URLs reach messages, so none may steer a terminal."""
    ids = ("latest_revision_id", "active_revision_id", "tenant_id")
    fields = ("status", "name", "url", "image_version", *ids)
    server.plays(Reply(body=deployment(**dict.fromkeys(fields, HOSTILE))))

    live = client.get(DEPLOYMENT)

    assert {getattr(live, field) for field in fields} == {"A ::error:: \ufffdB"}


def test_half_a_surrogate_pair_becomes_a_replacement_character(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """At any depth, in names and in values, and whole pairs stay."""
    server.plays(Reply(body=deployment(source_config={"\ud800": ["\udc00x", "\U0001f511"]})))

    live = client.get(DEPLOYMENT)

    assert live.source_config == {"\ufffd": ["\ufffdx", "\U0001f511"]}
