"""The headers of an upload, which the service may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.control_plane.uploads import upload_archive
from tests.control_plane.fake_server import Request, Response

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from tests.control_plane.fake_server import FakeClock, FakeServer


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
def test_a_header_is_sent_once(
    name: str, server: FakeServer, client: ControlPlaneClient, clock: FakeClock, tmp_path: Path
) -> None:
    """In the service's spelling and with its value, for the URL is signed for both."""
    archive = tmp_path / "source.tar.gz"
    archive.write_bytes(b"[]")
    target = {
        "upload_url": f"{server.url}/bucket/archive?signature=x",
        "object_path": "archive",
        "upload_headers": {name: "application/octet-stream", "content-length": "7"},
    }

    def respond(request: Request) -> Response:
        return Response(200, None if request.method == "PUT" else target)

    server.respond_using(respond)
    deployment_id = "1f0e7a3c-4d9b-4a5e-8f6d-0c2b1a998877"
    deadline = clock.monotonic() + 600
    assert upload_archive(client, deployment_id, archive, deadline=deadline) == "archive"
    sent = server.requests[-1].headers
    assert (sent["content-type"], sent["content-length"]) == ("application/octet-stream", "2")
    assert "x-api-key" not in sent
