"""A refresh of many deployments costs pages of their list, and sees what single requests would."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane.errors import DeploymentNotFound
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.control_plane.shared_reads import SharedReads
from tests.control_plane.factories import deployment, not_found
from tests.control_plane.fake_server import FakeServer, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from tests.control_plane.fake_server import FakeClock

READERS = ("deployment", "rollout")
LIST = "GET /v2/deployments"


class Workspace:
    """A workspace of many deployments, whose lists may leave something out."""

    def __init__(self, server: FakeServer, size: int) -> None:
        self.ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(size)]
        self.live = {one: deployment(id=one, name=f"agent-{one[-4:]}") for one in self.ids}
        self.listed: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.lists_answer = 200
        self._server = server
        server.respond_using(self._respond)

    @property
    def requests(self) -> Counter[str]:
        lines = self._server.request_lines
        return Counter("list" if line == LIST else line.split()[0] for line in lines)

    def change_secret(self, deployment_id: str, value: str) -> None:
        self.live[deployment_id]["secrets"] = [{"name": "TOKEN", "value": value}]

    def _respond(self, request: Request) -> Response:
        if request.path == "/v2/deployments":
            return self._page(int(request.query["offset"]), int(request.query["limit"]))
        found = self.live.get(request.path.rsplit("/", 1)[1])
        return Response(body=found) if found else not_found(request.path.rsplit("/", 1)[1])

    def _page(self, offset: int, limit: int) -> Response:
        if self.lists_answer != 200:
            return Response(self.lists_answer, {"detail": "no lists today"})
        found = [self.listed(one) for one in self.live.values()][offset : offset + limit]
        return Response(body={"resources": found, "offset": offset + len(found)})


@pytest.fixture
def make_workspace(server: FakeServer) -> Callable[[int], Workspace]:
    return partial(Workspace, server)


@pytest.fixture
def reads(client: ControlPlaneClient) -> SharedReads:
    return SharedReads(client)


def refresh(
    reads: SharedReads, ids: Sequence[str], readers: Sequence[str] = READERS
) -> dict[str, str | None]:
    """Read deployments by both of their resources, eight at a time; return their secrets."""

    def token(reader: str, one: str) -> str | None:
        return reads.read(reader, one, has_variables=True).secrets.get("TOKEN")

    with ThreadPoolExecutor(8) as pool:
        found = [list(pool.map(partial(token, reader), ids)) for reader in readers]
    assert all(one == found[0] for one in found), "both resources see the same"
    return dict(zip(ids, found[0], strict=True))


def test_many_deployments_cost_pages(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    """A refresh of 200 costs at most ten requests, and shows the drift of a secret."""
    workspace = make_workspace(200)
    workspace.change_secret(workspace.ids[150], "theirs")

    found = refresh(reads, workspace.ids)

    assert [one for one in workspace.ids if found[one] == "theirs"] == [workspace.ids[150]]
    assert workspace.requests.total() <= 10, workspace.requests


def test_few_deployments_list_nothing(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    workspace = make_workspace(500)
    refresh(reads, workspace.ids[300:302])
    assert workspace.requests == {"GET": 2}


def test_a_large_workspace_is_not_read_to_its_end(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    workspace = make_workspace(2000)
    refresh(reads, workspace.ids[-8:])
    assert workspace.requests["GET"] == 8
    assert workspace.requests["list"] <= 3


def test_a_later_refresh_reads_again(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    workspace = make_workspace(20)
    before = refresh(reads, workspace.ids)
    workspace.change_secret(workspace.ids[7], "theirs")
    assert refresh(reads, workspace.ids) == {**before, workspace.ids[7]: "theirs"}


@pytest.mark.parametrize(
    "listed",
    [
        lambda shown: {key: value for key, value in shown.items() if key != "secrets"},
        lambda shown: {**shown, "secrets": []},
        lambda shown: {**shown, "secrets": None},
        lambda shown: {**shown, "secrets": [{"name": "TOKEN", "value": None}]},
        lambda shown: {**shown, "source_config": {}},
    ],
    ids=["without secrets", "empty", "null", "redacted", "without configuration"],
)
def test_lists_that_leave_something_out(
    make_workspace: Callable[[int], Workspace],
    reads: SharedReads,
    listed: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Each deployment is read by itself then, and a list is requested once only."""
    workspace = make_workspace(20)
    workspace.listed = listed
    for value in ("theirs", "theirs again"):
        for one in workspace.ids:
            workspace.change_secret(one, f"{value} {one}")
        found = refresh(reads, workspace.ids)
        assert found == {one: f"{value} {one}" for one in workspace.ids}
    assert workspace.requests == {"GET": 40, "list": 1}


def test_variables_are_read_alone_until_a_list_has_shown_some(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    """A list that showed no variables of deployments without any may leave out those of others."""
    workspace = make_workspace(20)
    for one in workspace.ids[:10]:
        workspace.live[one]["secrets"] = []
    workspace.listed = lambda shown: {**shown, "secrets": []}
    found = refresh(reads, workspace.ids)
    assert [one for one in workspace.ids if found[one]] == workspace.ids[10:]


def test_deployments_without_variables_need_no_such_proof(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    workspace = make_workspace(40)
    for shown in workspace.live.values():
        shown["secrets"] = []
    for one in workspace.ids:
        reads.read("rollout", one, has_variables=False)
    assert workspace.requests.total() <= 4


def test_only_a_request_of_its_own_says_that_a_deployment_is_gone(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    """An entry that is missing from a list is no deletion."""
    workspace = make_workspace(20)
    gone, hidden = workspace.ids[10], workspace.ids[11]
    del workspace.live[gone]
    workspace.listed = lambda shown: {**shown, "id": "another"} if shown["id"] == hidden else shown
    assert len(refresh(reads, [one for one in workspace.ids if one != gone])) == 19
    with pytest.raises(DeploymentNotFound):
        reads.read("deployment", gone, has_variables=True)


def test_nothing_is_older_than_a_change_of_this_process(
    make_workspace: Callable[[int], Workspace], reads: SharedReads, client: ControlPlaneClient
) -> None:
    workspace = make_workspace(20)
    refresh(reads, workspace.ids[:10])
    last = workspace.ids[-1]
    body = DeploymentPatchRequest(display_name="New")
    client.for_workspace("44444444-4444-4444-8444-444444444444").patch(
        last, body, makes_revision=False
    )
    workspace.change_secret(last, "new")
    assert refresh(reads, [last])[last] == "new"


def test_nothing_is_older_than_half_a_minute(
    make_workspace: Callable[[int], Workspace], reads: SharedReads, clock: FakeClock
) -> None:
    workspace = make_workspace(20)
    refresh(reads, workspace.ids[:10])
    workspace.change_secret(workspace.ids[-1], "theirs")
    clock.now += 31
    assert refresh(reads, workspace.ids[-1:]) == {workspace.ids[-1]: "theirs"}


@pytest.mark.parametrize("status", [400, 403, 404, 503])
def test_a_workspace_that_cannot_be_listed(
    make_workspace: Callable[[int], Workspace], reads: SharedReads, status: int
) -> None:
    workspace = make_workspace(20)
    workspace.lists_answer = status
    refresh(reads, workspace.ids)
    assert workspace.requests["GET"] == 20
    assert workspace.requests["list"] <= 2


def test_a_deployment_that_changes_between_two_reads_proves_nothing(
    make_workspace: Callable[[int], Workspace], reads: SharedReads
) -> None:
    """Lists are neither trusted nor given up for it."""
    workspace = make_workspace(20)
    first = workspace.ids[0]
    workspace.listed = lambda shown: (
        {**shown, "status": "READY", "secrets": []} if shown["id"] == first else shown
    )
    workspace.live[first]["status"] = "AWAITING_DATABASE"
    refresh(reads, workspace.ids)
    assert workspace.requests["GET"] <= 4
