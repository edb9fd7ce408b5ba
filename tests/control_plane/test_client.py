"""The calls: what is sent, what is read, what is shared."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from langsmith_pulumi._version import __version__
from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.control_plane.settings import Settings
from tests.control_plane.samples import (
    CANARY,
    DEPLOYMENT,
    FIRST,
    KEY,
    OTHER,
    SECOND,
    WORKSPACE,
    create_request,
    deployment,
    page,
    patch,
    revision,
)
from tests.control_plane.scripted import Reply, Request, Scripted


def test_every_request_says_who_asks(client: ControlPlaneClient, server: Scripted) -> None:
    """Key and version go along; without a workspace there is no header for it."""
    server.plays(Reply(body=deployment()))

    client.get(DEPLOYMENT)

    headers = server.requests[0].headers
    assert headers["x-api-key"] == KEY
    assert headers["user-agent"] == f"langsmith-pulumi/{__version__}"
    assert "x-tenant-id" not in headers


def test_another_workspace_is_another_header(client: ControlPlaneClient, server: Scripted) -> None:
    """The connection is shared, the workspace is not."""
    server.plays(Reply(body=deployment()))

    client.for_workspace(WORKSPACE).get(DEPLOYMENT)
    client.get(DEPLOYMENT)

    assert [request.headers.get("x-tenant-id") for request in server.requests] == [WORKSPACE, None]


def test_a_workspace_that_is_no_uuid_is_refused(client: ControlPlaneClient) -> None:
    """It would only come back as a 403 that explains nothing."""
    with pytest.raises(errors.SettingsInvalid, match="langsmith:workspaceId"):
        client.for_workspace("mine")


def test_the_path_of_the_control_plane_is_kept(server: Scripted) -> None:
    """A self-hosted control plane lives below a path, which every request keeps."""
    server.plays(Reply(body=deployment()))

    with closing(ControlPlaneClient(Settings(KEY, f"{server.url}/base/api-host"))) as client:
        client.get(DEPLOYMENT)

    assert server.lines == [f"GET /base/api-host/v2/deployments/{DEPLOYMENT}"]


def test_no_proxy_leads_to_this_machine(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies of the environment are for other hosts: the key would go through them."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.plays(Reply(body=deployment()))

    with closing(ControlPlaneClient(Settings(KEY, server.url))) as client:
        client.get(DEPLOYMENT)

    assert len(server.requests) == 1


def test_a_patch_sends_what_it_is_given_and_no_more(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """Absent fields stay absent: null would be read as "keep", other fields as a revision."""
    server.plays(Reply(body=deployment()))

    patch(client, DeploymentPatchRequest(display_name="Support"))

    assert server.requests[0].body == {"display_name": "Support"}


@pytest.mark.parametrize(
    ("project", "query"), [(True, {"delete_tracing_project": "true"}), (False, {})]
)
def test_the_tracing_project_goes_only_on_request(
    client: ControlPlaneClient, server: Scripted, *, project: bool, query: dict[str, str]
) -> None:
    """Traces are deleted when asked for, never by default."""
    server.plays(Reply(204))

    client.delete(DEPLOYMENT, delete_tracing_project=project)

    assert server.requests[0].query == query


def pages_of(kept: list[dict[str, Any]]) -> Any:
    """Serve a list in pages, as asked for."""

    def act(request: Request) -> Reply:
        start, limit = int(request.query["offset"]), int(request.query["limit"])
        items = kept[start : start + limit]
        return Reply(body={"resources": items, "offset": start + len(items)})

    return act


def numbered(count: int) -> list[dict[str, Any]]:
    return [deployment(id=f"{DEPLOYMENT[:-4]}{n:04}", name=f"agent-{n}") for n in range(count)]


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)])
def test_lists_are_read_to_the_end(
    client: ControlPlaneClient, server: Scripted, count: int, requests: int
) -> None:
    """A list ends with the first page that is not full."""
    server.acts(pages_of(numbered(count)))

    assert [found.name for found in client.deployments()] == [f"agent-{n}" for n in range(count)]
    assert len(server.requests) == requests


def test_a_list_that_moves_gives_nothing_twice(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """What is made between two pages shifts them; the one that comes again is left out."""
    first, second = numbered(100), numbered(101)[99:]
    server.plays(page(*first), page(*second))

    assert len(list(client.deployments())) == 101


@pytest.mark.parametrize("offset", [0, 100])
def test_a_list_that_brings_nothing_new_ends(
    client: ControlPlaneClient, server: Scripted, offset: int
) -> None:
    """A server that ignores `offset` shows its first page again, and is not asked for ever."""
    server.plays(Reply(body={"resources": numbered(100), "offset": offset}))

    assert len(list(client.deployments())) == 100
    assert [request.query["offset"] for request in server.requests] == ["0", "100"]


def test_a_page_of_old_and_new_goes_on_where_we_are(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """An offset that stands still is not followed; what counts is how many came."""
    pages = [numbered(250)[start : start + 100] for start in (0, 100, 200)]
    server.plays(*(Reply(body={"resources": shown, "offset": 0}) for shown in pages))

    assert len(list(client.deployments())) == 250
    assert [request.query["offset"] for request in server.requests] == ["0", "100", "200"]


def test_a_name_is_compared_whole(client: ControlPlaneClient, server: Scripted) -> None:
    """A server that ignores the filter lists everything: similar names are not taken."""
    kept = [*numbered(130), deployment(id=OTHER, name="agent")]
    server.acts(pages_of(kept))

    found = client.find("agent")

    assert found is not None
    assert found.id == OTHER
    assert client.find("agen") is None
    assert server.requests[0].query["name"] == "agent"


def test_lists_can_be_narrowed(client: ControlPlaneClient, server: Scripted) -> None:
    """Part of a name is passed on."""
    server.plays(page(deployment()))

    list(client.deployments("support"))

    assert server.requests[0].query["name_contains"] == "support"


def test_revisions_come_as_many_as_asked(client: ControlPlaneClient, server: Scripted) -> None:
    """The newest few are enough for most."""
    server.plays(page(revision(id=SECOND), revision()))

    assert [found.id for found in client.revisions(DEPLOYMENT, limit=1)] == [SECOND]
    assert server.requests[0].query == {"limit": "1"}


def test_a_message_of_a_revision_holds_no_secret(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """What the service says of a failure is scrubbed and in one line."""
    said = revision("BUILD_FAILED", status_message=f"bad\n{CANARY}\x1b[0m")
    server.plays(Reply(body=deployment()), Reply(body=said))
    client.get(DEPLOYMENT)

    assert client.revision(DEPLOYMENT, FIRST).status_message == "bad [secret]"


LOG = Reply(
    body={
        "logs": [
            {"message": "third"},
            {"message": f"{CANARY}\nsecond"},
            {"level": "X"},
            "first",
            {"message": "one"},
        ]
    }
)


def test_a_log_is_read_newest_first_and_told_oldest_first(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """The last lines are asked for; entries without a message are left out."""
    server.plays(Reply(body=deployment()), LOG)
    client.get(DEPLOYMENT)

    assert client.build_log(DEPLOYMENT, FIRST, 4) == ["one", "[secret]", "second", "third"]
    assert server.requests[1].query == {"type": "build", "order": "desc", "limit": "4"}


@pytest.mark.parametrize("kind", ["build", "deploy"])
def test_an_older_service_has_its_logs_elsewhere(
    client: ControlPlaneClient, server: Scripted, kind: Any
) -> None:
    """Without the newer route the older one is asked."""
    server.plays(Reply(404, {"detail": "Not Found"}), LOG)

    assert client.build_log(DEPLOYMENT, FIRST, 2, kind)[-1] == "third"
    assert server.lines[1] == f"POST /v1/projects/{DEPLOYMENT}/revisions/{FIRST}/{kind}_logs"
    assert server.requests[1].body == {"order": "desc", "limit": 2}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404),
        Reply(403),
        Reply(500),
        Reply(200, "<html>"),
        Reply(body=[]),
        Reply(body={"logs": 1}),
    ],
)
def test_a_log_is_never_worth_an_error(
    client: ControlPlaneClient, server: Scripted, reply: Reply
) -> None:
    """A missing log leaves the error that it would explain as it is."""
    server.plays(reply)

    assert client.build_log(DEPLOYMENT, FIRST) == []


def test_threads_share_a_client(client: ControlPlaneClient, server: Scripted) -> None:
    """The engine asks side by side."""
    server.acts(lambda request: Reply(body=deployment(id=request.path.rpartition("/")[2])))
    ids = [f"{DEPLOYMENT[:-4]}{n:04}" for n in range(40)]

    with ThreadPoolExecutor(8) as pool:
        found = [live.id for live in pool.map(client.get, ids)]

    assert found == ids


def test_the_dashboard_page_is_told(client: ControlPlaneClient, server: Scripted) -> None:
    """The answer names the workspace, which the page's address needs."""
    server.plays(Reply(body=deployment(tenant_id=WORKSPACE)))

    url = client.dashboard_url(client.get(DEPLOYMENT))

    assert url == f"{server.url}/o/{WORKSPACE}/host/deployments/{DEPLOYMENT}"


def test_debugging_tells_requests_and_nothing_else(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One switch shows method, path, status, duration and request id: no body, header or query."""
    monkeypatch.setenv("LANGSMITH_PULUMI_DEBUG", "1")
    server.plays(Reply(201, deployment(), {"X-Request-Id": "req-9"}), Reply(400), page())

    with closing(ControlPlaneClient(Settings(KEY, server.url))) as client:
        client.create(create_request())
        client.build_log(DEPLOYMENT, FIRST)
        client.find("support-agent")
    shown = capsys.readouterr().err

    assert re.search(r"POST /v2/deployments 201 \d\.\d\ds req-9\n", shown)
    assert re.search(r"/logs 400 \d\.\d\ds -\n", shown)
    assert not any(secret in shown for secret in (KEY, "hush", "?", "react-agent"))


def test_the_transport_can_be_another(server: Scripted) -> None:
    """A test may answer without a server."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=deployment()))

    assert ControlPlaneClient(Settings(KEY, server.url), transport=transport).get(DEPLOYMENT).id
    assert server.requests == []
