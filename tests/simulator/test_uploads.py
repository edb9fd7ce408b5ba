"""Uploads of folders: the URL, the archive, and the build from it."""

import contextlib
import io
import socket
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator
from tests.simulator.conftest import make_body

Json = dict[str, Any]
Make = Callable[..., Json]

RANGE = "X-Goog-Content-Length-Range"
LIMIT = 20_000
HEADERS = {"Content-Type": "application/gzip", RANGE: f"0,{LIMIT}"}


def pack(*names: str, mode: Any = "w:gz") -> bytes:
    """Return an archive with empty files of these names."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return buffer.getvalue()


def put(upload: Json, content: bytes, **headers: str) -> httpx.Response:
    """Send an archive to the upload URL, without a key."""
    sent = {**HEADERS, **headers}
    return httpx.put(upload["upload_url"], content=content, headers=sent, verify=False)


def build_log(http: httpx.Client, path: str) -> list[str]:
    """Return the messages of the build log of the newest revision."""
    [newest] = http.get(f"{path}/revisions", params={"limit": 1}).json()["resources"]
    response = http.get(f"{path}/revisions/{newest['id']}/logs", params={"type": "build"})
    return [entry["message"] for entry in response.json()["logs"]]


@pytest.fixture
def path(simulator: Simulator, new_deployment: Make) -> str:
    """Return the path of a deployment that waits for an upload."""
    simulator.upload_limit = LIMIT
    return f"/v2/deployments/{new_deployment('agent', 'internal_source')['id']}"


@pytest.fixture
def upload(http: httpx.Client, path: str) -> Json:
    """Return the answer with an upload URL for the deployment."""
    shown: Json = http.post(f"{path}/upload-url").json()
    return shown


@pytest.fixture
def build(simulator: Simulator, http: httpx.Client, path: str) -> Callable[..., str]:
    """Return a function that builds from an upload, and returns the status of the revision."""

    def patch(upload: Json, config_path: str | None = "langgraph.json") -> str:
        archive = {"source_tarball_path": upload["object_path"]}
        config = archive | ({"langgraph_config_path": config_path} if config_path else {})
        response = http.patch(path, json={"source_revision_config": config})
        assert response.status_code == 200, response.text
        return str(simulator.revisions("agent")[0]["status"])

    return patch


@pytest.mark.parametrize("supported", [True, False])
def test_an_upload(
    http: httpx.Client, path: str, build: Callable[..., str], *, supported: bool
) -> None:
    """An archive is sent to the upload URL, and its path makes the first revision."""
    body = {"supports_upload_headers": True} if supported else None
    upload = http.post(f"{path}/upload-url", json=body).json()
    assert upload.get("upload_headers") == ({RANGE: f"0,{LIMIT}"} if supported else None)

    assert put(upload, pack("langgraph.json")).status_code == 200
    assert build(upload) == "DEPLOYED"


def test_archives_can_be_fetched(
    simulator: Simulator, http: httpx.Client, upload: Json, build: Callable[..., str]
) -> None:
    """What was uploaded last to a URL is shown, over HTTP and in Python, byte for byte."""
    object_path, content = upload["object_path"], pack("./langgraph.json", "./src/agent.py")
    before = simulator.archive(object_path), http.get(f"/_simulator/uploads/{object_path}")
    put(upload, pack("old.json"))
    put(upload, content)

    [shown] = http.get("/_simulator/uploads").json()
    assert (before[0], before[1].status_code) == (None, 404)
    assert simulator.uploads("agent") == [shown]
    assert (shown["object_path"], shown["size"]) == (object_path, len(content))
    assert shown["files"] == ["langgraph.json", "src/agent.py"]
    assert simulator.archive(object_path) == content
    assert http.get(f"/_simulator/uploads/{object_path}").content == content
    assert build(upload) == "DEPLOYED"


@pytest.mark.parametrize(
    ("content", "config_path", "words"),
    [
        (None, "langgraph.json", "no such object"),
        (b"no archive", "langgraph.json", "cannot unpack"),
        (b"", "langgraph.json", "cannot unpack"),
        (pack("langgraph.json", mode="w"), "langgraph.json", "cannot unpack"),
        (pack("langgraph.json")[:-1], "langgraph.json", "cannot unpack"),
        (pack("langgraph.json"), "agents/langgraph.json", "agents/langgraph.json not found"),
        (pack("src/agent.py"), None, "langgraph.json not found"),
    ],
)
def test_builds_that_fail(  # noqa: PLR0913 - three of them are the row
    http: httpx.Client,
    path: str,
    upload: Json,
    build: Callable[..., str],
    *,
    content: bytes | None,
    config_path: str | None,
    words: str,
) -> None:
    """A build fails without an archive that can be read and holds the configuration file."""
    if content is not None:
        assert put(upload, content).status_code == 200

    assert build(upload, config_path) == "BUILD_FAILED"
    assert words in build_log(http, path)[-1]


def test_a_later_upload_repairs_the_build(
    http: httpx.Client, path: str, upload: Json, build: Callable[..., str], simulator: Simulator
) -> None:
    """The same path builds once the archive has arrived, by a redeploy as well."""
    assert build(upload) == "BUILD_FAILED"
    put(upload, pack("langgraph.json"))
    assert build(upload) == "DEPLOYED"
    oldest = simulator.revisions("agent")[-1]["id"]
    http.post(f"{path}/revisions/{oldest}/redeploy")
    assert simulator.revisions("agent")[0]["status"] == "DEPLOYED"


@pytest.mark.parametrize(
    ("size", "headers", "status", "words"),
    [
        (LIMIT + 1, {}, 400, "EntityTooLarge"),
        (1, {"Content-Type": "application/x-tar"}, 403, "Content-Type"),
        (1, {RANGE: f"0,{LIMIT + 1}"}, 403, RANGE),
        (1, {RANGE: ""}, 403, RANGE),
        (1, {"X-Api-Key": "any"}, 400, "x-api-key"),
        (1, {"Authorization": "Bearer any"}, 400, "authorization"),
    ],
)
def test_refused_uploads(  # noqa: PLR0913 - four of them are the row
    simulator: Simulator, upload: Json, *, size: int, headers: Json, status: int, words: str
) -> None:
    """An archive that is too large, has wrong headers or comes with a key is not stored."""
    response = put(upload, b"x" * size, **headers)

    assert (response.status_code, words in response.text) == (status, True)
    assert simulator.uploads("agent")[0]["size"] is None


def test_an_upload_that_is_cut(simulator: Simulator, upload: Json) -> None:
    """A body that ends early is not stored, and the URL takes the archive again."""
    url = httpx.URL(upload["upload_url"])
    lines = [f"PUT {url.path} HTTP/1.1", f"Host: {url.host}:{url.port}", "Content-Length: 100"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in HEADERS.items())])
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(f"{head}\r\n\r\ncut".encode())
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while connection.recv(1000):
                pass

    assert simulator.uploads("agent")[0]["size"] is None
    assert put(upload, pack("langgraph.json")).status_code == 200
    assert simulator.uploads("agent")[0]["files"] == ["langgraph.json"]


def test_uploads_can_fail(simulator: Simulator, upload: Json) -> None:
    """A fault hits an upload like any request, and nothing is stored."""
    simulator.fail("PUT", "/_uploads/*", "status", status=503)

    assert put(upload, pack("langgraph.json")).status_code == 503
    assert put(upload, pack("langgraph.json")).status_code == 200
    assert [r.status for r in simulator.external_requests] == [503, 200]


def test_other_paths_are_refused(
    simulator: Simulator, http: httpx.Client, path: str, new_deployment: Make, body: Make
) -> None:
    """Only a path that came with an upload URL of the deployment is taken, unless told so."""
    other = new_deployment("other", "internal_source")["id"]
    foreign = http.post(f"/v2/deployments/{other}/upload-url").json()["object_path"]
    config = {"source_tarball_path": foreign}
    requests = [
        (http.patch, path, {"source_revision_config": config}),
        (http.post, f"{path}/revisions", {"source_revision_config": config}),
        (http.post, "/v2/deployments", body("new", "internal_source") | {
            "source_revision_config": config
        }),
    ]  # fmt: skip

    refused = [send(url, json=content) for send, url, content in requests]
    simulator.unknown_archives = "build"
    taken = [send(url, json=content) for send, url, content in requests]

    assert [response.status_code for response in refused] == [400, 400, 400]
    assert all(foreign in response.json()["detail"] for response in refused)
    assert [response.status_code for response in taken] == [200, 201, 201]


@contextlib.contextmanager
def serving(database: Path) -> Iterator[tuple[Simulator, httpx.Client]]:
    with Simulator(api_key="key", database=database) as simulator:
        headers = {"X-Api-Key": "key"}
        with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as http:
            yield simulator, http


def test_uploads_after_a_restart(tmp_path: Path) -> None:
    """A database keeps what was in an archive, so that it still builds, but not its bytes."""
    with serving(tmp_path / "data.json") as (simulator, http):
        made = http.post("/v2/deployments", json=make_body("agent", "internal_source")).json()
        path = f"/v2/deployments/{made['id']}"
        upload = http.post(f"{path}/upload-url").json()
        allowed = f"0,{simulator.upload_limit}"
        assert put(upload, pack("langgraph.json"), **{RANGE: allowed}).status_code == 200
    with serving(tmp_path / "data.json") as (simulator, http):
        config = {"source_tarball_path": upload["object_path"]}
        http.patch(path, json={"source_revision_config": config})

        assert simulator.revisions("agent")[0]["status"] == "DEPLOYED"
        assert simulator.archive(upload["object_path"]) is None
