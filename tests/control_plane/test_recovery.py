"""A change is executed once, also if its response is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.provider.payloads import makes_revision
from tests.control_plane import factories
from tests.control_plane.factories import (
    CANARY,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    SECOND_REVISION_ID,
    deployment,
    not_found,
    revision,
    timestamp,
)
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Request, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient

AMBIGUOUS_RESPONSES = [
    RESET,
    Response(body={"id": 1}, missing_bytes=3),
    Response(200, "<html>"),
    Response(500),
    Response(504),
]
BODIES: dict[str, dict[str, Any]] = {
    "a setting": {"display_name": "Support"},
    "two settings": {"display_name": "Support", "source_config": {"build_on_push": True}},
    "a ref": {"source_revision_config": {"repo_ref": "dev"}},
    "the same ref": {"source_revision_config": {"repo_ref": "main"}},
    "figures": {"source_config": {"resource_spec": {"cpu": 0.25, "max_scale": 3}}},
    "a secret": {"secrets": [{"name": "TOKEN", "value": "a new value of it"}]},
    "the same secrets": {"secrets": [{"name": "TOKEN", "value": CANARY}]},
    "references": {"secret_references": []},
    "packages": {"source_revision_config": {"repo_ref": "dev"}, "tracked_packages": ["agent:1"]},
}


class FakeDeployment:
    """A control plane with one deployment, whose responses to changes can fail."""

    def __init__(self, server: FakeServer, clock: FakeClock) -> None:
        self.live = deployment(created_at=timestamp(-3600))
        self.revisions = {FIRST_REVISION_ID: revision(created_at=timestamp(-3600))}
        self.faults: list[Response] = []
        self.carried_out: list[bool] = []
        self.changes = 0
        self._clock = clock
        self._server = server
        server.respond_using(self.answer)

    def answer(self, request: Request) -> Response:
        if request.method != "GET":
            return self._change(request)
        if "/revisions/" in request.path:
            return Response(body=self.revisions[request.path.rpartition("/")[2]])
        return Response(body=self.live)

    def _change(self, request: Request) -> Response:
        if self.carried_out.pop(0) if self.carried_out else True:
            self.changes += 1
            self._apply(request.body or {})
            body = DeploymentPatchRequest.model_validate(request.body or {})
            if request.method == "POST" or makes_revision(body):
                self._add_revision()
        return self.faults.pop(0) if self.faults else Response(body=self.live)

    def _apply(self, body: dict[str, Any]) -> None:
        for key, value in body.items():
            merged = {**self.live[key], **value} if isinstance(value, dict) else value
            self.live[key] = merged
        if "tracked_packages" in body:
            packages = {"tracked_packages": self.live.pop("tracked_packages")}
            self.live["source_revision_config"] = {
                **self.live["source_revision_config"],
                **packages,
            }
        spec = self.live["source_config"].get("resource_spec")
        if spec and "cpu" in spec:
            spec["cpu"] = round(spec["cpu"], 1)

    def _add_revision(self) -> None:
        self.live["latest_revision_id"] = SECOND_REVISION_ID
        self.revisions[SECOND_REVISION_ID] = revision(
            "QUEUED", id=SECOND_REVISION_ID, created_at=timestamp(self._clock.now)
        )


@pytest.fixture
def service(server: FakeServer, clock: FakeClock) -> FakeDeployment:
    return FakeDeployment(server, clock)


def patch(client: ControlPlaneClient, body: dict[str, Any]) -> Any:
    return factories.patch(client, DeploymentPatchRequest.model_validate(body))


def test_update_sends_one_request(
    client: ControlPlaneClient, service: FakeDeployment, server: FakeServer
) -> None:
    """Without failures, an update is one request."""
    patch(client, BODIES["a ref"])

    assert server.request_lines == [f"PATCH /v2/deployments/{DEPLOYMENT_ID}"]


@pytest.mark.parametrize("fault", AMBIGUOUS_RESPONSES)
@pytest.mark.parametrize("change", BODIES)
def test_executed_change_is_not_sent_again(
    client: ControlPlaneClient, service: FakeDeployment, change: str, fault: Response
) -> None:
    """If the sent values and a newer revision are found, that is the result."""
    service.faults = [fault]

    patch(client, BODIES[change])

    assert service.changes == 1


@pytest.mark.parametrize("fault", AMBIGUOUS_RESPONSES)
@pytest.mark.parametrize("change", BODIES)
def test_change_that_was_not_executed_is_sent_again(
    client: ControlPlaneClient, service: FakeDeployment, change: str, fault: Response
) -> None:
    """Without the sent values or a newer revision, the change is sent again."""
    service.faults, service.carried_out = [fault] * 2, [False] * 2

    live = patch(client, BODIES[change])

    assert service.changes == 1
    makes = makes_revision(DeploymentPatchRequest.model_validate(BODIES[change]))
    assert live.latest_revision_id == (SECOND_REVISION_ID if makes else FIRST_REVISION_ID)


def test_retry_after_holds_for_changes(
    client: ControlPlaneClient, service: FakeDeployment, clock: FakeClock
) -> None:
    """Retry-After is obeyed, although the change is verified before the next attempt."""
    service.faults, service.carried_out = [Response(503, headers={"Retry-After": "40"})], [False]

    patch(client, BODIES["a setting"])

    assert clock.sleeps[0] == 40


def test_change_is_tried_three_times(
    client: ControlPlaneClient, service: FakeDeployment, server: FakeServer
) -> None:
    """After three attempts the last failure is raised."""
    service.faults, service.carried_out = [Response(500)] * 3, [False] * 3

    with pytest.raises(errors.ServerError, match="PATCH"):
        patch(client, BODIES["a ref"])

    assert server.request_lines.count(f"PATCH /v2/deployments/{DEPLOYMENT_ID}") == 3


def test_change_is_not_retried_if_verification_fails(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """If the verification fails as well, the change is not sent again."""
    server.respond_with(RESET, Response(503))

    with pytest.raises(errors.ResponseLost, match="may have been carried out"):
        patch(client, BODIES["a ref"])

    assert [
        line for line in server.request_lines if line.startswith("PATCH")
    ] == server.request_lines[:1]


def test_deleted_deployment_is_reported(client: ControlPlaneClient, server: FakeServer) -> None:
    """A 404 during the verification is reported instead of the lost response."""
    server.respond_with(RESET, not_found())

    with pytest.raises(errors.DeploymentNotFound):
        patch(client, BODIES["a setting"])


@pytest.mark.parametrize("fault", AMBIGUOUS_RESPONSES)
@pytest.mark.parametrize("carried_out", [True, False])
def test_redeploy_is_executed_once(
    client: ControlPlaneClient, service: FakeDeployment, fault: Response, *, carried_out: bool
) -> None:
    """A redeploy with a lost response is found as a new revision or sent again."""
    service.faults, service.carried_out = [fault], [carried_out]

    live = client.redeploy(DEPLOYMENT_ID, FIRST_REVISION_ID)

    assert (live.latest_revision_id, service.changes) == (SECOND_REVISION_ID, 1)


@pytest.mark.parametrize(("status", "posts"), [("QUEUED", 1), ("BUILD_FAILED", 3)])
def test_redeploy_may_reuse_revision(
    client: ControlPlaneClient, server: FakeServer, status: str, posts: int
) -> None:
    """The revision itself confirms a redeploy only if it is in progress."""

    def respond(request: Request) -> Response:
        if request.method == "POST":
            return RESET
        return Response(body=revision(status) if "/revisions/" in request.path else deployment())

    server.respond_using(respond)

    try:
        client.redeploy(DEPLOYMENT_ID, FIRST_REVISION_ID)
    except errors.ResponseLost:
        assert posts == 3

    assert sum(line.startswith("POST") for line in server.request_lines) == posts


NAIVE = "2027-01-15T09:00:00"
"""The time of the tests' server, without a zone."""


@pytest.mark.parametrize(
    "made", [timestamp(3600), NAIVE, None], ids=["clock ahead", "no zone", "untold"]
)
@pytest.mark.parametrize("carried_out", [True, False])
def test_revision_without_reliable_age_confirms_nothing(
    client: ControlPlaneClient, service: FakeDeployment, made: str | None, *, carried_out: bool
) -> None:
    """A revision that may predate the request fails the change, which is not sent again."""
    service.faults, service.carried_out = [RESET], [carried_out]
    service.revisions[FIRST_REVISION_ID] = revision(created_at=made)
    body = DeploymentPatchRequest.model_validate(BODIES["the same ref"])

    with pytest.raises(
        errors.ResponseLost, match="cannot be told: the service does not tell relia"
    ):
        factories.patch(client, body) if not carried_out else _patch_undated(client, service, made)

    assert service.changes == carried_out
    service.faults, service.carried_out = [RESET], [True]
    service.live["latest_revision_id"] = FIRST_REVISION_ID

    assert factories.patch(client, body, FIRST_REVISION_ID).latest_revision_id == SECOND_REVISION_ID


def _patch_undated(client: ControlPlaneClient, service: FakeDeployment, made: str | None) -> None:
    add = service._add_revision

    def undated() -> None:
        add()
        service.revisions[SECOND_REVISION_ID]["created_at"] = made

    service._add_revision = undated  # type: ignore[method-assign]
    patch(client, BODIES["the same ref"])


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("a secret", {"secrets": [{"name": "TOKEN", "value": None}]}),
        ("a secret", {"secrets": []}),
        ("a ref", {"source_revision_config": {"repo_ref": "9" * 40}}),
    ],
)
@pytest.mark.parametrize("carried_out", [True, False])
def test_hidden_values_confirm_nothing(
    client: ControlPlaneClient,
    service: FakeDeployment,
    change: str,
    shown: dict[str, Any],
    *,
    carried_out: bool,
) -> None:
    """If values are hidden and a push made a revision, the change fails without their values."""
    service.faults, service.carried_out = [RESET], [carried_out]
    answer = service.answer

    def respond_hiding(request: Request) -> Response:
        response = answer(request)
        if request.method == "PATCH" and not carried_out:
            service._add_revision()
        if request.path.endswith(DEPLOYMENT_ID) and isinstance(response.body, dict):
            return Response(body={**response.body, **shown})
        return response

    service._server.respond_using(respond_hiding)

    with pytest.raises(
        errors.ResponseLost, match=f"revision {SECOND_REVISION_ID} has come since"
    ) as failure:
        factories.patch(
            client, DeploymentPatchRequest.model_validate(BODIES[change]), FIRST_REVISION_ID
        )

    assert next(iter(shown)).split("_config")[0] in str(failure.value)
    assert "a new value of it" not in str(failure.value)
    assert "Run `pulumi up` again" in str(failure.value)
    assert service.changes == carried_out


@pytest.mark.parametrize(
    "made", [timestamp(3600), NAIVE, None], ids=["clock ahead", "no zone", "untold"]
)
def test_redeploy_without_reliable_age_confirms_nothing(
    client: ControlPlaneClient, service: FakeDeployment, made: str | None
) -> None:
    """A newer revision whose age is unknown does not confirm a redeploy."""
    service.faults, service.carried_out = [RESET], [False]
    service.live["latest_revision_id"] = SECOND_REVISION_ID
    service.revisions[SECOND_REVISION_ID] = revision(id=SECOND_REVISION_ID, created_at=made)

    with pytest.raises(
        errors.ResponseLost, match="cannot be told: the service does not tell relia"
    ):
        client.redeploy(DEPLOYMENT_ID, FIRST_REVISION_ID)
