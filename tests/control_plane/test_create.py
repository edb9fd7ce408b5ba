"""One wish makes one deployment, whatever happens to the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from tests.control_plane.samples import (
    CANARY,
    DEPLOYMENT,
    FIRST,
    OTHER,
    at,
    create_request,
    deployment,
    page,
)
from tests.control_plane.scripted import RESET, Reply, Request, Scripted, Time

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient

POST = "POST /v2/deployments"
PROJECT = Reply(
    409, {"detail": "There already exists a project in LangSmith named: support-agent."}
)
AGENT = Reply(409, {"detail": "A deployment already exists for this agent environment."})
OPEN = {
    "reset": RESET,
    "cut": Reply(201, {"id": DEPLOYMENT}, missing=5),
    "garbage": Reply(200, "<html>"),
    "fields missing": Reply(201, {"id": DEPLOYMENT}),
    "500": Reply(500),
    "502": Reply(502),
    "504": Reply(504),
}


class Shelf:
    """A control plane of one workspace, whose answers to POST may go wrong."""

    def __init__(self, server: Scripted, time: Time) -> None:
        self.kept: list[dict[str, Any]] = []
        self.faults: list[Reply] = []
        """Answers to the next POSTs, instead of the right one."""
        self.arrives: list[bool] = []
        """Whether the next POSTs are carried out; those after them are."""
        self.late: float = 0.0
        """Seconds until what is made shows."""
        self._server = server
        self._time = time
        server.acts(self.answer)

    @property
    def posts(self) -> int:
        return self._server.lines.count(POST)

    def answer(self, request: Request) -> Reply:
        if request.line == POST:
            return self._post(request)
        shown = [item for item in self.kept if item["created_at"] <= at(self._time.now - self.late)]
        return page(*shown)

    def _post(self, request: Request) -> Reply:
        arrives = self.arrives.pop(0) if self.arrives else True
        taken = any(item["name"] == request.body["name"] for item in self.kept)
        if arrives and not taken:
            made = {**request.body, "created_at": at(self._time.now), "secrets": []}
            self.kept.append(deployment(**made))
        if self.faults:
            return self.faults.pop(0)
        return PROJECT if taken else Reply(201, self.kept[-1])


@pytest.fixture
def shelf(server: Scripted, time: Time) -> Shelf:
    return Shelf(server, time)


def test_an_answer_is_enough(client: ControlPlaneClient, shelf: Shelf, server: Scripted) -> None:
    """When all is well, a creation is one request."""
    assert client.create(create_request()).id == DEPLOYMENT
    assert server.lines == [POST]


@pytest.mark.parametrize("fault", OPEN)
def test_what_was_made_is_found_by_its_name(
    client: ControlPlaneClient, shelf: Shelf, fault: str
) -> None:
    """The POST was carried out and its answer lost: the deployment is taken, nothing is posted."""
    shelf.faults = [OPEN[fault]]

    assert client.create(create_request()).id == DEPLOYMENT
    assert shelf.posts == 1


@pytest.mark.parametrize("fault", OPEN)
def test_what_was_not_made_is_posted_once_more(
    client: ControlPlaneClient, shelf: Shelf, time: Time, fault: str
) -> None:
    """Only after the name was looked up in vain over a grace period is the POST repeated."""
    shelf.faults, shelf.arrives = [OPEN[fault]], [False]

    assert client.create(create_request()).id == DEPLOYMENT
    assert (shelf.posts, len(shelf.kept)) == (2, 1)
    assert time.slept == [1, 2, 4, 8]


def test_what_shows_late_is_still_found(client: ControlPlaneClient, shelf: Shelf) -> None:
    """The list may lag behind; the grace period outlasts that."""
    shelf.faults, shelf.late = [RESET], 5.0

    assert client.create(create_request()).id == DEPLOYMENT
    assert shelf.posts == 1


def test_a_first_post_that_comes_through_late_is_found_by_its_conflict(
    client: ControlPlaneClient, shelf: Shelf
) -> None:
    """Shown later than the grace period, the first deployment makes the second POST a 409."""
    shelf.faults, shelf.late = [RESET], 18.0

    assert client.create(create_request()).id == DEPLOYMENT
    assert (shelf.posts, len(shelf.kept)) == (2, 1)


@pytest.mark.parametrize("fault", OPEN)
def test_a_server_that_never_answers_ends_it(
    client: ControlPlaneClient, shelf: Shelf, fault: str
) -> None:
    """After the second failure the error says that nothing was found, and what comes next."""
    shelf.faults, shelf.arrives = [OPEN[fault]] * 2, [False] * 2

    with pytest.raises(errors.AMBIGUOUS, match="'support-agent' could not be found afterwards"):
        client.create(create_request())

    assert (shelf.posts, shelf.kept) == (2, [])


def test_an_outage_right_after_the_post_ends_it(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """When the look-up is not answered either, nothing is posted blindly."""
    server.plays(RESET, Reply(503))

    with pytest.raises(errors.ResponseLost, match=r"could not be seen: GET .* 503.* may have been"):
        client.create(create_request())

    assert server.lines.count(POST) == 1


@pytest.mark.parametrize(
    ("there", "doubt"),
    [
        (
            {"source_config": {"repo_url": "https://github.com/acme/other"}},
            "differs in source_config.repo_url",
        ),
        ({"source": "external_docker"}, "differs in source"),
        ({"source_revision_config": {"repo_ref": "dev"}}, "source_revision_config.repo_ref"),
        ({"secrets": [{"name": "TOKEN", "value": "another"}]}, "differs in secrets.TOKEN"),
        ({"created_at": at(-60)}, "older than this request"),
        ({"created_at": None}, "its age is not told"),
        ({"created_at": at(3600)}, "its age is not told reliably"),
        ({"created_at": "2027-01-15T09:00:00"}, "its age is not told reliably"),
    ],
)
def test_what_may_be_somebody_elses_is_not_taken(
    client: ControlPlaneClient, server: Scripted, there: dict[str, Any], doubt: str
) -> None:
    """A deployment of that name that differs or is older ends it, with the line that adopts it."""
    theirs = deployment(**{"id": OTHER, "secrets": [], **there})
    server.plays(RESET, page(theirs))

    with pytest.raises(errors.CreateOutcomeUnknown) as unclear:
        client.create(create_request())

    assert unclear.value.deployment_id == OTHER
    assert doubt in str(unclear.value)
    assert f'opts=pulumi.ResourceOptions(import_="{OTHER}")' in str(unclear.value)
    assert "hush" not in str(unclear.value)


@pytest.mark.parametrize(
    "shown",
    [
        {"source_revision_config": {"repo_ref": "9fceb02d0ae598e95dc970b74767f19372d61af8"}},
        {"source_config": {"repo_url": "https://github.com/langchain-ai/react-agent.git"}},
        {"source_config": {"build_on_push": False, "resource_spec": {"cpu": 1}}},
        {"secrets": [{"name": "TOKEN", "value": CANARY}]},
        {"created_at": at(-1.9)},
    ],
)
def test_the_services_own_ways_of_showing_are_no_difference(
    client: ControlPlaneClient, server: Scripted, shown: dict[str, Any]
) -> None:
    """A ref may show as its commit, a URL with .git, fields may be missing, clocks are coarse."""
    ours = deployment(**{"secrets": [], **shown})
    server.plays(RESET, page(ours))

    assert client.create(create_request()).id == DEPLOYMENT
    assert server.lines.count(POST) == 1


@pytest.mark.parametrize(
    ("conflict", "there", "says", "culprit"),
    [
        (PROJECT, [{}], [f"exists already (id {DEPLOYMENT})", "import_="], DEPLOYMENT),
        (PROJECT, [{"status": "AWAITING_DELETE"}], ["is being deleted"], DEPLOYMENT),
        (PROJECT, [], ["tracing project", "delete_tracing_project=True", "another name"], None),
        (PROJECT, [{"name": "support-agent-2"}], ["tracing project"], None),
        (Reply(409, {"detail": "No."}), [], ["choose another name"], None),
        (
            AGENT,
            [{"name": "zebra", "id": OTHER}],
            [f"'zebra' (id {OTHER})", "same repository", "import_="],
            OTHER,
        ),
        (
            AGENT,
            [{"name": "z", "status": "AWAITING_FINAL_DELETE"}],
            ["is being deleted"],
            DEPLOYMENT,
        ),
        (AGENT, [{"name": "z", "source_config": {}}], ["perhaps under another name"], None),
    ],
)
def test_a_conflict_names_what_is_in_the_way(  # noqa: PLR0913 - a table with its fixtures
    client: ControlPlaneClient,
    server: Scripted,
    *,
    conflict: Reply,
    there: list[dict[str, Any]],
    says: list[str],
    culprit: str | None,
) -> None:
    """A 409 is looked into: a deployment to adopt, one being deleted, or a tracing project."""
    kept = [deployment(**changes) for changes in there]
    server.acts(lambda request: conflict if request.line == POST else page(*kept))

    with pytest.raises(errors.Conflict) as refused:
        client.create(create_request())

    assert [part for part in says if part not in str(refused.value)] == []
    assert refused.value.deployment_id == culprit
    assert server.lines.count(POST) == 1


def test_an_explanation_that_fails_does_not_hide_the_conflict(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """When the look-up fails, the 409 itself is still what is reported."""
    server.plays(PROJECT, Reply(403))

    with pytest.raises(errors.Conflict, match="already exists a project"):
        client.create(create_request())


def test_a_creation_in_docker_has_no_agent_to_look_for(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """Without a repository nothing can be said about the agent environment."""
    body = create_request(
        source="external_docker",
        source_config={"resource_spec": {}},
        source_revision_config={"image_uri": "registry.example.com/a:v1"},
    )
    server.acts(lambda request: AGENT if request.line == POST else page())

    with pytest.raises(errors.Conflict, match="perhaps under another name"):
        client.create(body)

    assert len(server.requests) == 2


def test_the_first_revision_comes_with_it(client: ControlPlaneClient, shelf: Shelf) -> None:
    """The id of the first revision is known as soon as the answer is there."""
    assert client.create(create_request()).latest_revision_id == FIRST
