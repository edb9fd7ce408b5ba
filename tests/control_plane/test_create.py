"""A create request makes one deployment, also if responses are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from tests.control_plane.factories import (
    CANARY,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    OTHER_ID,
    create_request,
    deployment,
    list_page,
    timestamp,
)
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Request, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient

POST = "POST /v2/deployments"
PROJECT = Response(
    409, {"detail": "There already exists a project in LangSmith named: support-agent."}
)
AGENT = Response(409, {"detail": "A deployment already exists for this agent environment."})
AMBIGUOUS_RESPONSES = {
    "reset": RESET,
    "cut": Response(201, {"id": DEPLOYMENT_ID}, missing_bytes=5),
    "garbage": Response(200, "<html>"),
    "fields missing": Response(201, {"id": DEPLOYMENT_ID}),
    "500": Response(500),
    "502": Response(502),
    "504": Response(504),
}


class FakeService:
    """A workspace of the control plane whose responses to POST can fail."""

    def __init__(self, server: FakeServer, clock: FakeClock) -> None:
        self.deployments: list[dict[str, Any]] = []
        self.faults: list[Response] = []
        """Responses to the next POSTs, instead of the right ones."""
        self.carried_out: list[bool] = []
        """False for each of the next POSTs that is not executed; later ones are."""
        self.list_delay: float = 0.0
        """Seconds until a new deployment is listed."""
        self._server = server
        self._clock = clock
        server.respond_using(self.answer)

    @property
    def posts(self) -> int:
        return self._server.request_lines.count(POST)

    def answer(self, request: Request) -> Response:
        if request.request_line == POST:
            return self._post(request)
        shown = [
            item
            for item in self.deployments
            if item["created_at"] <= timestamp(self._clock.now - self.list_delay)
        ]
        return list_page(*shown)

    def _post(self, request: Request) -> Response:
        carried_out = self.carried_out.pop(0) if self.carried_out else True
        taken = any(item["name"] == request.body["name"] for item in self.deployments)
        if carried_out and not taken:
            made = {**request.body, "created_at": timestamp(self._clock.now), "secrets": []}
            self.deployments.append(deployment(**made))
        if self.faults:
            return self.faults.pop(0)
        return PROJECT if taken else Response(201, self.deployments[-1])


@pytest.fixture
def service(server: FakeServer, clock: FakeClock) -> FakeService:
    return FakeService(server, clock)


def test_create_sends_one_request(
    client: ControlPlaneClient, service: FakeService, server: FakeServer
) -> None:
    """Without failures, a create is one request."""
    assert client.create(create_request()).id == DEPLOYMENT_ID
    assert server.request_lines == [POST]


@pytest.mark.parametrize("fault", AMBIGUOUS_RESPONSES)
def test_executed_post_is_found_by_name(
    client: ControlPlaneClient, service: FakeService, fault: str
) -> None:
    """If the POST was executed and its response lost, the deployment is found by name."""
    service.faults = [AMBIGUOUS_RESPONSES[fault]]

    assert client.create(create_request()).id == DEPLOYMENT_ID
    assert service.posts == 1


@pytest.mark.parametrize("fault", AMBIGUOUS_RESPONSES)
def test_post_is_retried_only_after_name_lookup(
    client: ControlPlaneClient, service: FakeService, clock: FakeClock, fault: str
) -> None:
    """A create is retried only after the name has been looked up for a grace period."""
    service.faults, service.carried_out = [AMBIGUOUS_RESPONSES[fault]], [False]

    assert client.create(create_request()).id == DEPLOYMENT_ID
    assert (service.posts, len(service.deployments)) == (2, 1)
    assert clock.sleeps == [1, 2, 4, 8]


def test_deployment_that_is_listed_late_is_found(
    client: ControlPlaneClient, service: FakeService
) -> None:
    """The grace period covers a list that lags behind."""
    service.faults, service.list_delay = [RESET], 5.0

    assert client.create(create_request()).id == DEPLOYMENT_ID
    assert service.posts == 1


def test_conflict_of_retried_post_finds_first_deployment(
    client: ControlPlaneClient, service: FakeService
) -> None:
    """If the first deployment is listed after the grace period, the 409 to the retry finds it."""
    service.faults, service.list_delay = [RESET], 18.0

    assert client.create(create_request()).id == DEPLOYMENT_ID
    assert (service.posts, len(service.deployments)) == (2, 1)


@pytest.mark.parametrize("fault", AMBIGUOUS_RESPONSES)
def test_second_lost_response_fails(
    client: ControlPlaneClient, service: FakeService, fault: str
) -> None:
    """After the second failure, the error says that nothing was found and what to do next."""
    service.faults, service.carried_out = [AMBIGUOUS_RESPONSES[fault]] * 2, [False] * 2

    with pytest.raises(errors.AMBIGUOUS, match="'support-agent' could not be found afterwards"):
        client.create(create_request())

    assert (service.posts, service.deployments) == (2, [])


def test_post_is_not_retried_if_lookup_fails(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """If the lookup fails as well, the POST is not sent again."""
    server.respond_with(RESET, Response(503))

    with pytest.raises(errors.ResponseLost, match=r"could not be seen: GET .* 503.* may have been"):
        client.create(create_request())

    assert server.request_lines.count(POST) == 1


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (
            {"source_config": {"repo_url": "https://github.com/acme/other"}},
            "differs in source_config.repo_url",
        ),
        ({"source": "external_docker"}, "differs in source"),
        ({"source_revision_config": {"repo_ref": "dev"}}, "source_revision_config.repo_ref"),
        ({"secrets": [{"name": "TOKEN", "value": "another"}]}, "differs in secrets.TOKEN"),
        ({"created_at": timestamp(-60)}, "older than this request"),
        ({"created_at": None}, "its age is not told"),
        ({"created_at": timestamp(3600)}, "its age is not told reliably"),
        ({"created_at": "2027-01-15T09:00:00"}, "its age is not told reliably"),
    ],
)
def test_deployment_of_others_is_not_taken(
    client: ControlPlaneClient, server: FakeServer, there: dict[str, Any], reason: str
) -> None:
    """A deployment of that name that differs or is older is an error that says how to adopt it."""
    other = deployment(**{"id": OTHER_ID, "secrets": [], **there})
    server.respond_with(RESET, list_page(other))

    with pytest.raises(errors.CreateOutcomeUnknown) as failure:
        client.create(create_request())

    assert failure.value.resource_id == OTHER_ID
    assert reason in str(failure.value)
    assert f'opts=pulumi.ResourceOptions(import_="{OTHER_ID}")' in str(failure.value)
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize(
    "shown",
    [
        {"source_revision_config": {"repo_ref": "9fceb02d0ae598e95dc970b74767f19372d61af8"}},
        {"source_config": {"repo_url": "https://github.com/langchain-ai/react-agent.git"}},
        {"source_config": {"build_on_push": False, "resource_spec": {"cpu": 1}}},
        {"secrets": [{"name": "TOKEN", "value": CANARY}]},
        {"created_at": timestamp(-1.9)},
    ],
)
def test_normalized_response_is_recognized(
    client: ControlPlaneClient, server: FakeServer, shown: dict[str, Any]
) -> None:
    """Commits for refs, URLs with .git, missing fields and coarse clocks are no difference."""
    own = deployment(**{"secrets": [], **shown})
    server.respond_with(RESET, list_page(own))

    assert client.create(create_request()).id == DEPLOYMENT_ID
    assert server.request_lines.count(POST) == 1


@pytest.mark.parametrize(
    ("conflict", "there", "says", "deployment_id"),
    [
        (PROJECT, [{}], [f"exists already (id {DEPLOYMENT_ID})", "import_="], DEPLOYMENT_ID),
        (PROJECT, [{"status": "AWAITING_DELETE"}], ["is being deleted"], DEPLOYMENT_ID),
        (PROJECT, [], ["tracing project", "delete_tracing_project=True", "another name"], None),
        (PROJECT, [{"name": "support-agent-2"}], ["tracing project"], None),
        (Response(409, {"detail": "No."}), [], ["choose another name"], None),
        (
            AGENT,
            [{"name": "zebra", "id": OTHER_ID}],
            [f"'zebra' (id {OTHER_ID})", "same repository", "import_="],
            OTHER_ID,
        ),
        (
            AGENT,
            [{"name": "z", "status": "AWAITING_FINAL_DELETE"}],
            ["is being deleted"],
            DEPLOYMENT_ID,
        ),
        (AGENT, [{"name": "z", "source_config": {}}], ["perhaps under another name"], None),
    ],
)
def test_conflict_names_cause(  # noqa: PLR0913 - a table with its fixtures
    client: ControlPlaneClient,
    server: FakeServer,
    *,
    conflict: Response,
    there: list[dict[str, Any]],
    says: list[str],
    deployment_id: str | None,
) -> None:
    """A 409 names the deployment to adopt, the one being deleted, or the tracing project."""
    kept = [deployment(**changes) for changes in there]
    server.respond_using(
        lambda request: conflict if request.request_line == POST else list_page(*kept)
    )

    with pytest.raises(errors.Conflict) as refused:
        client.create(create_request())

    assert [part for part in says if part not in str(refused.value)] == []
    assert refused.value.deployment_id == deployment_id
    assert server.request_lines.count(POST) == 1


def test_conflict_is_reported_if_lookup_fails(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """If the lookup of the cause fails, the 409 is still reported."""
    server.respond_with(PROJECT, Response(403))

    with pytest.raises(errors.Conflict, match="already exists a project"):
        client.create(create_request())


def test_conflict_without_repository_has_general_hint(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """Without a repository, no deployment is searched for the agent environment."""
    body = create_request(
        source="external_docker",
        source_config={"resource_spec": {}},
        source_revision_config={"image_uri": "registry.example.com/a:v1"},
    )
    server.respond_using(lambda request: AGENT if request.request_line == POST else list_page())

    with pytest.raises(errors.Conflict, match="perhaps under another name"):
        client.create(body)

    assert len(server.requests) == 2


def test_create_returns_first_revision(client: ControlPlaneClient, service: FakeService) -> None:
    """The id of the first revision is known as soon as the POST is answered."""
    assert client.create(create_request()).latest_revision_id == FIRST_REVISION_ID
