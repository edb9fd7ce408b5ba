"""The client's routes: what is sent, how responses are read, and what clients share."""

from __future__ import annotations

import logging
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
from tests.control_plane.factories import (
    API_KEY,
    CANARY,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    OTHER_ID,
    SECOND_REVISION_ID,
    WORKSPACE_ID,
    create_request,
    deployment,
    list_page,
    patch,
    revision,
)
from tests.control_plane.fake_server import FakeServer, Request, Response


def test_requests_send_key_and_version(client: ControlPlaneClient, server: FakeServer) -> None:
    """Key and version are sent; without a workspace there is no workspace header."""
    server.respond_with(Response(body=deployment()))

    client.get(DEPLOYMENT_ID)

    headers = server.requests[0].headers
    assert headers["x-api-key"] == API_KEY
    assert headers["user-agent"] == f"langsmith-pulumi/{__version__}"
    assert "x-tenant-id" not in headers


def test_clients_of_other_workspaces_share_connection(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """The connection is shared, the workspace header is not."""
    server.respond_with(Response(body=deployment()))

    client.for_workspace(WORKSPACE_ID).get(DEPLOYMENT_ID)
    client.get(DEPLOYMENT_ID)

    assert [request.headers.get("x-tenant-id") for request in server.requests] == [
        WORKSPACE_ID,
        None,
    ]


def test_workspace_has_to_be_uuid(client: ControlPlaneClient) -> None:
    """A workspace that is no UUID is rejected before it leads to an unclear 403."""
    with pytest.raises(errors.SettingsInvalid, match="langsmith:workspaceId"):
        client.for_workspace("mine")


def test_base_path_is_kept(server: FakeServer) -> None:
    """Requests to a self-hosted control plane keep the path of its URL."""
    server.respond_with(Response(body=deployment()))

    with closing(ControlPlaneClient(Settings(API_KEY, f"{server.url}/base/api-host"))) as client:
        client.get(DEPLOYMENT_ID)

    assert server.request_lines == [f"GET /base/api-host/v2/deployments/{DEPLOYMENT_ID}"]


def test_loopback_bypasses_proxies(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to loopback do not go through the proxies of the environment."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.respond_with(Response(body=deployment()))

    with closing(ControlPlaneClient(Settings(API_KEY, server.url))) as client:
        client.get(DEPLOYMENT_ID)

    assert len(server.requests) == 1


def test_patch_sends_only_given_fields(client: ControlPlaneClient, server: FakeServer) -> None:
    """A PATCH omits absent fields: null would mean "keep", and others could make a revision."""
    server.respond_with(Response(body=deployment()))

    patch(client, DeploymentPatchRequest(display_name="Support"))

    assert server.requests[0].body == {"display_name": "Support"}


@pytest.mark.parametrize(
    ("project", "query"), [(True, {"delete_tracing_project": "true"}), (False, {})]
)
def test_delete_keeps_tracing_project_by_default(
    client: ControlPlaneClient, server: FakeServer, *, project: bool, query: dict[str, str]
) -> None:
    """The tracing project is deleted only on request."""
    server.respond_with(Response(204))

    client.delete(DEPLOYMENT_ID, delete_tracing_project=project)

    assert server.requests[0].query == query


def pages_of(kept: list[dict[str, Any]]) -> Any:
    """Return a responder that serves a list in pages."""

    def act(request: Request) -> Response:
        start, limit = int(request.query["offset"]), int(request.query["limit"])
        items = kept[start : start + limit]
        return Response(body={"resources": items, "offset": start + len(items)})

    return act


def numbered(count: int) -> list[dict[str, Any]]:
    return [deployment(id=f"{DEPLOYMENT_ID[:-4]}{n:04}", name=f"agent-{n}") for n in range(count)]


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)])
def test_lists_are_read_until_incomplete_page(
    client: ControlPlaneClient, server: FakeServer, count: int, requests: int
) -> None:
    """A list ends with the first page that is not full."""
    server.respond_using(pages_of(numbered(count)))

    assert [found.name for found in client.deployments()] == [f"agent-{n}" for n in range(count)]
    assert len(server.requests) == requests


def test_item_on_two_pages_is_returned_once(client: ControlPlaneClient, server: FakeServer) -> None:
    """An item that moves to the next page while listing is returned once."""
    first, second = numbered(100), numbered(101)[99:]
    server.respond_with(list_page(*first), list_page(*second))

    assert len(list(client.deployments())) == 101


@pytest.mark.parametrize("offset", [0, 100])
def test_list_ends_if_page_repeats(
    client: ControlPlaneClient, server: FakeServer, offset: int
) -> None:
    """Listing ends if the service ignores `offset` and repeats its first page."""
    server.respond_with(Response(body={"resources": numbered(100), "offset": offset}))

    assert len(list(client.deployments())) == 100
    assert [request.query["offset"] for request in server.requests] == ["0", "100"]


def test_next_offset_counts_received_items(client: ControlPlaneClient, server: FakeServer) -> None:
    """The next offset is the number of items received, not the one that the service returns."""
    pages = [numbered(250)[start : start + 100] for start in (0, 100, 200)]
    server.respond_with(*(Response(body={"resources": shown, "offset": 0}) for shown in pages))

    assert len(list(client.deployments())) == 250
    assert [request.query["offset"] for request in server.requests] == ["0", "100", "200"]


def test_find_matches_whole_name(client: ControlPlaneClient, server: FakeServer) -> None:
    """A service that ignores the name filter does not lead to a deployment with a similar name."""
    kept = [*numbered(130), deployment(id=OTHER_ID, name="agent")]
    server.respond_using(pages_of(kept))

    found = client.find("agent")

    assert found is not None
    assert found.id == OTHER_ID
    assert client.find("agen") is None
    assert server.requests[0].query["name"] == "agent"


def test_list_passes_name_filter(client: ControlPlaneClient, server: FakeServer) -> None:
    """A part of the name is passed to the service."""
    server.respond_with(list_page(deployment()))

    list(client.deployments("support"))

    assert server.requests[0].query["name_contains"] == "support"


def test_revisions_are_limited(client: ControlPlaneClient, server: FakeServer) -> None:
    """Only as many revisions are requested as the caller needs."""
    server.respond_with(list_page(revision(id=SECOND_REVISION_ID), revision()))

    assert [found.id for found in client.revisions(DEPLOYMENT_ID, limit=1)] == [SECOND_REVISION_ID]
    assert server.requests[0].query == {"limit": "1", "offset": "0"}


def test_status_message_is_redacted(client: ControlPlaneClient, server: FakeServer) -> None:
    """The message of a revision is redacted and has one line."""
    said = revision("BUILD_FAILED", status_message=f"bad\n{CANARY}\x1b[0m")
    server.respond_with(Response(body=deployment()), Response(body=said))
    client.get(DEPLOYMENT_ID)

    assert client.revision(DEPLOYMENT_ID, FIRST_REVISION_ID).status_message == "bad [secret]"


LOG = Response(
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


def test_build_log_returns_last_lines_in_order(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """The newest entries are requested and returned oldest first, without empty ones."""
    server.respond_with(Response(body=deployment()), LOG)
    client.get(DEPLOYMENT_ID)

    assert client.build_log(DEPLOYMENT_ID, FIRST_REVISION_ID, 4) == [
        "one",
        "[secret]",
        "second",
        "third",
    ]
    assert server.requests[1].query == {"type": "build", "order": "desc", "limit": "4"}


@pytest.mark.parametrize("kind", ["build", "deploy"])
def test_build_log_falls_back_to_older_route(
    client: ControlPlaneClient, server: FakeServer, kind: Any
) -> None:
    """If the newer route is missing, the older one is used."""
    server.respond_with(Response(404, {"detail": "Not Found"}), LOG)

    assert client.build_log(DEPLOYMENT_ID, FIRST_REVISION_ID, 2, kind)[-1] == "third"
    assert (
        server.request_lines[1]
        == f"POST /v1/projects/{DEPLOYMENT_ID}/revisions/{FIRST_REVISION_ID}/{kind}_logs"
    )
    assert server.requests[1].body == {"order": "desc", "limit": 2}


@pytest.mark.parametrize(
    "response",
    [
        Response(404),
        Response(403),
        Response(500),
        Response(200, "<html>"),
        Response(body=[]),
        Response(body={"logs": 1}),
    ],
)
def test_missing_build_log_is_no_error(
    client: ControlPlaneClient, server: FakeServer, response: Response
) -> None:
    """A log that cannot be read does not replace the error that it would explain."""
    server.respond_with(response)

    assert client.build_log(DEPLOYMENT_ID, FIRST_REVISION_ID) == []


def test_client_is_thread_safe(client: ControlPlaneClient, server: FakeServer) -> None:
    """Threads can share a client, as the engine calls the provider in parallel."""
    server.respond_using(
        lambda request: Response(body=deployment(id=request.path.rpartition("/")[2]))
    )
    ids = [f"{DEPLOYMENT_ID[:-4]}{n:04}" for n in range(40)]

    with ThreadPoolExecutor(8) as pool:
        found = [live.id for live in pool.map(client.get, ids)]

    assert found == ids


def test_dashboard_url_contains_workspace(client: ControlPlaneClient, server: FakeServer) -> None:
    """The URL of the dashboard page contains the workspace of the response."""
    server.respond_with(Response(body=deployment(tenant_id=WORKSPACE_ID)))

    url = client.dashboard_url(client.get(DEPLOYMENT_ID))

    assert url == f"{server.url}/o/{WORKSPACE_ID}/host/deployments/{DEPLOYMENT_ID}"


def test_debug_log_contains_no_body_header_or_query(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The debug log has method, path, status, duration and request id."""
    monkeypatch.setenv("LANGSMITH_PULUMI_DEBUG", "1")
    # The handler writes to the output of this test only.
    monkeypatch.setattr(logging.getLogger("langsmith_pulumi.control_plane"), "handlers", [])
    server.respond_with(
        Response(201, deployment(), {"X-Request-Id": "req-9"}), Response(400), list_page()
    )

    with closing(ControlPlaneClient(Settings(API_KEY, server.url))) as client:
        client.create(create_request())
        client.build_log(DEPLOYMENT_ID, FIRST_REVISION_ID)
        client.find("support-agent")
    shown = capsys.readouterr().err

    assert re.search(r"POST /v2/deployments 201 \d\.\d\ds req-9\n", shown)
    assert re.search(r"/logs 400 \d\.\d\ds -\n", shown)
    assert not any(secret in shown for secret in (API_KEY, "hush", "?", "react-agent"))


def test_transport_can_be_replaced(server: FakeServer) -> None:
    """A test can answer requests without a server."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=deployment()))

    assert (
        ControlPlaneClient(Settings(API_KEY, server.url), transport=transport).get(DEPLOYMENT_ID).id
    )
    assert server.requests == []
