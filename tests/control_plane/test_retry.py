"""Which requests are retried, after which failures, how often and with which delays."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.control_plane.retry import compute_delay, parse_retry_after
from tests.control_plane.factories import (
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    create_request,
    deployment,
    list_page,
    not_found,
    patch,
)
from tests.control_plane.fake_server import EPOCH, RESET, FakeClock, FakeServer, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient

ATTEMPTS = 5
RENAME = DeploymentPatchRequest(display_name="Support")
NOW = datetime.fromtimestamp(EPOCH, timezone.utc)
CALLS: dict[str, Callable[[ControlPlaneClient], object]] = {
    "get": lambda client: client.get(DEPLOYMENT_ID),
    "list": lambda client: list(client.deployments()),
    "find": lambda client: client.find("support-agent"),
    "revision": lambda client: client.revision(DEPLOYMENT_ID, FIRST_REVISION_ID),
    "revisions": lambda client: list(client.revisions(DEPLOYMENT_ID)),
    "delete": lambda client: client.delete(DEPLOYMENT_ID, delete_tracing_project=False),
    "create": lambda client: client.create(create_request()),
    "patch": lambda client: patch(client, RENAME),
    "redeploy": lambda client: client.redeploy(DEPLOYMENT_ID, FIRST_REVISION_ID),
}
READS = ("get", "list", "find", "revision", "revisions", "delete")
TRANSIENT = {
    "reset": RESET,
    "cut": Response(body={"id": 1}, missing_bytes=7),
    "garbage": Response(body="<html>"),
    "408": Response(408),
    "429": Response(429),
    "500": Response(500),
    "502": Response(502, "<html>"),
    "503": Response(503),
    "504": Response(504),
}
PERMANENT = {
    "307": Response(307, headers={"Location": "https://elsewhere.example.com"}),
    "400": Response(400),
    "401": Response(401),
    "403": Response(403),
    "404": Response(404),
    "409": Response(409),
    "422": Response(422),
}


def respond_normally(request: Request) -> Response:
    """Return the response of a healthy control plane."""
    if request.path.endswith("/revisions"):
        return list_page({"id": FIRST_REVISION_ID, "status": "DEPLOYED"})
    if request.method == "GET" and request.path == "/v2/deployments":
        return list_page(deployment())
    return Response(204) if request.method == "DELETE" else Response(body=deployment())


def fail_first(times: int, response: Response) -> Callable[[Request], Response]:
    """Return a responder that fails a number of times first."""
    failures = [response] * times
    return lambda request: failures.pop() if failures else respond_normally(request)


@pytest.mark.parametrize("fault", TRANSIENT)
@pytest.mark.parametrize("call", READS)
def test_idempotent_requests_are_retried(
    client: ControlPlaneClient, server: FakeServer, call: str, fault: str
) -> None:
    """Reads and deletes are retried after every transient failure."""
    server.respond_using(fail_first(2, TRANSIENT[fault]))

    CALLS[call](client)

    assert len(server.requests) == 3
    assert len(set(server.request_lines)) == 1


@pytest.mark.parametrize("fault", TRANSIENT)
def test_attempts_and_delays_are_bounded(
    client: ControlPlaneClient, server: FakeServer, clock: FakeClock, fault: str
) -> None:
    """A lasting failure is raised after five attempts with growing delays."""
    server.respond_with(TRANSIENT[fault])

    with pytest.raises(errors.ControlPlaneError, match="5 attempts"):
        client.get(DEPLOYMENT_ID)

    assert len(server.requests) == ATTEMPTS
    surplus = [slept - floor for slept, floor in zip(clock.sleeps, [0.5, 1, 2, 4], strict=True)]
    assert all(0 <= jitter <= 1 for jitter in surplus)


@pytest.mark.parametrize("fault", PERMANENT)
@pytest.mark.parametrize("call", CALLS)
def test_permanent_errors_are_not_retried(
    client: ControlPlaneClient, server: FakeServer, clock: FakeClock, call: str, fault: str
) -> None:
    """A request that the service rejects is not sent again."""
    server.respond_using(
        lambda request: (
            respond_normally(request)
            if call == "create" and request.method == "GET"
            else PERMANENT[fault]
        )
    )

    with pytest.raises(errors.APIStatusError):
        CALLS[call](client)

    assert server.request_lines.count(server.request_lines[0]) == 1
    assert clock.sleeps == []


@pytest.mark.parametrize("call", ["create", "patch", "redeploy"])
def test_rate_limited_writes_are_retried(
    client: ControlPlaneClient, server: FakeServer, call: str
) -> None:
    """A request with a 429 was not executed, so even a POST is sent again."""
    server.respond_using(fail_first(2, Response(429)))

    CALLS[call](client)

    assert len(set(server.request_lines)) == 1
    assert len(server.requests) == 3


@pytest.mark.parametrize("call", CALLS)
def test_refused_connection_is_retried(
    client: ControlPlaneClient, server: FakeServer, clock: FakeClock, call: str
) -> None:
    """A request that could not be sent is retried, whatever it is, and the error says so."""
    server.stop()

    with pytest.raises(errors.Unreachable, match=r"could not be sent: 127\.0\.0\.1:\d+: .*refused"):
        CALLS[call](client)

    assert len(clock.sleeps) == ATTEMPTS - 1


def test_deleting_deleted_deployment_succeeds(
    client: ControlPlaneClient, server: FakeServer
) -> None:
    """A 404 to a retried DELETE is a success."""
    server.respond_with(RESET, not_found())

    client.delete(DEPLOYMENT_ID, delete_tracing_project=True)

    assert server.request_lines == [f"DELETE /v2/deployments/{DEPLOYMENT_ID}"] * 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:59:00 GMT", 0.0),
        ("Fri, 15 Jan 2027 08:00:30", 30.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_parsed(value: str, seconds: float | None) -> None:
    """Retry-After is seconds, fractions or a date by the server's clock; others are ignored."""
    assert parse_retry_after({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("header", "at_least", "at_most"),
    [
        ("7", 7, 8),
        ("2.5", 2.5, 3.5),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30, 31),
        ("3600", 60, 61),
        ("soon", 0.5, 1.5),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_limited_to_a_minute(  # noqa: PLR0913 - a table with its fixtures
    client: ControlPlaneClient,
    server: FakeServer,
    clock: FakeClock,
    *,
    status: int,
    header: str,
    at_least: float,
    at_most: float,
) -> None:
    """Retry-After is obeyed up to a minute."""
    server.respond_with(
        Response(status, headers={"Retry-After": header}), Response(body=deployment())
    )

    client.get(DEPLOYMENT_ID)

    assert len(clock.sleeps) == 1
    assert at_least <= clock.sleeps[0] <= at_most


def test_total_retry_time_is_bounded(
    client: ControlPlaneClient, server: FakeServer, clock: FakeClock
) -> None:
    """Repeated Retry-After headers do not exceed the total time."""
    server.respond_with(Response(429, headers={"Retry-After": "60"}))

    with pytest.raises(errors.RateLimited):
        client.get(DEPLOYMENT_ID)

    assert clock.now <= 150
    assert len(server.requests) == 3


@pytest.mark.parametrize("retry_after", [None, 5.0])
def test_delay_has_jitter(retry_after: float | None) -> None:
    """The delay has a random part, also with Retry-After."""
    pauses = {compute_delay(2, retry_after, chance / 10) for chance in range(10)}

    assert len(pauses) == 10
