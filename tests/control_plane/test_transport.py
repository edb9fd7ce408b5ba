"""Failures between two sockets."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import httpx
import pytest

from langsmith_pulumi.control_plane import errors, transport
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.control_plane.transport import Limits
from tests.control_plane.factories import API_KEY, DEPLOYMENT_ID, deployment
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.control_plane.responses import LiveDeployment


def client_with_limits(url: str, limits: Limits, clock: FakeClock) -> ControlPlaneClient:
    """Return a client with short limits that uses the real clock."""
    transport = httpx.HTTPTransport(verify=False)
    return ControlPlaneClient(
        Settings(API_KEY, url), transport=transport, sleep=clock.sleep, limits=limits
    )


def get_deployment(client: ControlPlaneClient) -> LiveDeployment:
    return client.get(DEPLOYMENT_ID)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (RESET, "lost"),
        (Response(body=deployment(), missing_bytes=10), "lost: peer closed connection"),
        (Response(500, "oops", missing_bytes=10), "lost: peer closed connection"),
    ],
)
def test_broken_response_is_lost(
    client: ControlPlaneClient, server: FakeServer, response: Response, says: str
) -> None:
    """The error says that the request was sent; a read has changed nothing."""
    server.respond_with(response)

    with pytest.raises(errors.ResponseLost, match=says) as lost:
        get_deployment(client)

    assert "was sent" in str(lost.value)
    assert "Reading changes nothing" in str(lost.value)
    assert isinstance(lost.value.__cause__, httpx.HTTPError)


def test_read_timeout(server: FakeServer, clock: FakeClock) -> None:
    """A server that sends nothing runs into the read timeout."""
    server.respond_with(Response(body=b"1234567890", byte_delay=0.2))
    client = client_with_limits(server.url, Limits(read=0.02), clock)

    with pytest.raises(errors.ResponseLost, match=r"lost: nothing came for 0\.02 s"):
        get_deployment(client)


def test_slow_body_exceeds_total_time(server: FakeServer, clock: FakeClock) -> None:
    """A byte now and then does not extend the total time of a request."""
    server.respond_with(Response(body=b"1" * 1000, byte_delay=0.004))
    client = client_with_limits(server.url, Limits(total=0.05), clock)

    with pytest.raises(errors.ResponseLost, match=r"not complete within 0\.05 s"):
        get_deployment(client)


def test_slow_headers_exceed_total_time(server: FakeServer, clock: FakeClock) -> None:
    """Slow headers count towards the total time as well."""
    server.respond_with(Response(204, byte_delay=0.004, delays_headers=True))
    client = client_with_limits(server.url, Limits(total=0.05), clock)

    with pytest.raises(errors.ResponseLost, match=r"not complete within 0\.05 s"):
        client.delete(DEPLOYMENT_ID, delete_tracing_project=False)


def test_response_size_is_limited(
    client: ControlPlaneClient, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response without end is rejected before it fills the memory."""
    monkeypatch.setattr(transport, "_MAX_BYTES", 1000)
    server.respond_with(Response(body=deployment(display_name="a" * 2000)))

    with pytest.raises(errors.InvalidResponse, match="larger than any response"):
        get_deployment(client)


def test_undecodable_body_is_invalid_response(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """A body that cannot be decoded is still a response."""
    server.respond_with(Response(body=b"no zip", headers={"Content-Encoding": "gzip"}))

    with pytest.raises(errors.InvalidResponse, match="was answered, but its body cannot"):
        get_deployment(client)


def test_tls_failure_sends_nothing(server: FakeServer, clock: FakeClock) -> None:
    """Without a trusted connection the key is not sent."""
    client = client_with_limits(server.url.replace("http:", "https:"), Limits(), clock)

    with pytest.raises(errors.Unreachable, match=r"could not be sent: .*SSL"):
        get_deployment(client)

    assert server.requests == []


def test_unknown_host_error_names_setting(clock: FakeClock) -> None:
    """A host name that cannot be resolved names the setting to correct."""
    client = client_with_limits("https://no-such-host.invalid", Limits(), clock)

    with pytest.raises(errors.Unreachable, match="langsmith:controlPlaneUrl") as failed:
        get_deployment(client)

    assert "no-such-host.invalid" in str(failed.value)


@pytest.fixture
def other_server(clock: FakeClock) -> Iterator[FakeServer]:
    other = FakeServer(clock)
    yield other
    other.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    client: ControlPlaneClient, server: FakeServer, other_server: FakeServer, status: int
) -> None:
    """The key is sent to no other host."""
    other_server.respond_with(Response(body=deployment()))
    server.respond_with(
        Response(status, headers={"Location": f"{other_server.url}/?key={API_KEY}"})
    )

    with pytest.raises(errors.Redirected, match=r"redirected to 127\.0\.0\.1\."):
        get_deployment(client)

    assert other_server.requests == []


def test_connection_is_reused(client: ControlPlaneClient, server: FakeServer) -> None:
    """Polling reuses one connection."""
    server.respond_with(Response(body=deployment()))

    for _ in range(5):
        get_deployment(client)

    assert server.connections == 1


def test_traceback_shows_no_key(client: ControlPlaneClient, server: FakeServer) -> None:
    """Neither an error nor its cause contains the key."""
    server.respond_with(RESET)

    with pytest.raises(errors.ResponseLost) as lost:
        get_deployment(client)

    assert API_KEY not in "".join(traceback.format_exception(lost.value))
