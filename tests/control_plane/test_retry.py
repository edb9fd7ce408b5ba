"""Which requests are repeated, after what, how often and with which pauses."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.control_plane.retry import compute_delay, parse_retry_after
from tests.control_plane.samples import (
    DEPLOYMENT,
    FIRST,
    create_request,
    deployment,
    gone,
    page,
    patch,
)
from tests.control_plane.scripted import EPOCH, RESET, Reply, Request, Scripted, Time

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient

ATTEMPTS = 5
RENAME = DeploymentPatchRequest(display_name="Support")
NOW = datetime.fromtimestamp(EPOCH, timezone.utc)
CALLS: dict[str, Callable[[ControlPlaneClient], object]] = {
    "get": lambda client: client.get(DEPLOYMENT),
    "list": lambda client: list(client.deployments()),
    "find": lambda client: client.find("support-agent"),
    "revision": lambda client: client.revision(DEPLOYMENT, FIRST),
    "revisions": lambda client: list(client.revisions(DEPLOYMENT)),
    "delete": lambda client: client.delete(DEPLOYMENT, delete_tracing_project=False),
    "create": lambda client: client.create(create_request()),
    "patch": lambda client: patch(client, RENAME),
    "redeploy": lambda client: client.redeploy(DEPLOYMENT, FIRST),
}
READS = ("get", "list", "find", "revision", "revisions", "delete")
PASSING = {
    "reset": RESET,
    "cut": Reply(body={"id": 1}, missing=7),
    "garbage": Reply(body="<html>"),
    "408": Reply(408),
    "429": Reply(429),
    "500": Reply(500),
    "502": Reply(502, "<html>"),
    "503": Reply(503),
    "504": Reply(504),
}
LASTING = {
    "307": Reply(307, headers={"Location": "https://elsewhere.example.com"}),
    "400": Reply(400),
    "401": Reply(401),
    "403": Reply(403),
    "404": Reply(404),
    "409": Reply(409),
    "422": Reply(422),
}


def well(request: Request) -> Reply:
    """Answer as a healthy control plane."""
    if request.path.endswith("/revisions"):
        return page({"id": FIRST, "status": "DEPLOYED"})
    if request.method == "GET" and request.path == "/v2/deployments":
        return page(deployment())
    return Reply(204) if request.method == "DELETE" else Reply(body=deployment())


def failing(times: int, reply: Reply) -> Callable[[Request], Reply]:
    """Answer so many times badly, then well."""
    left = [reply] * times
    return lambda request: left.pop() if left else well(request)


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("call", READS)
def test_reading_and_deleting_survive_what_passes(
    client: ControlPlaneClient, server: Scripted, call: str, fault: str
) -> None:
    """What does no harm twice is sent again after whatever may be over soon."""
    server.acts(failing(2, PASSING[fault]))

    CALLS[call](client)

    assert len(server.requests) == 3
    assert len(set(server.lines)) == 1


@pytest.mark.parametrize("fault", PASSING)
def test_attempts_and_pauses_are_bounded(
    client: ControlPlaneClient, server: Scripted, time: Time, fault: str
) -> None:
    """What does not pass ends in its own error, after growing pauses, and says how often."""
    server.plays(PASSING[fault])

    with pytest.raises(errors.ControlPlaneError, match="5 attempts"):
        client.get(DEPLOYMENT)

    assert len(server.requests) == ATTEMPTS
    surplus = [slept - floor for slept, floor in zip(time.slept, [0.5, 1, 2, 4], strict=True)]
    assert all(0 <= jitter <= 1 for jitter in surplus)


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("call", CALLS)
def test_what_lasts_is_not_tried_again(
    client: ControlPlaneClient, server: Scripted, time: Time, call: str, fault: str
) -> None:
    """A refusal is final: the same request would be refused again."""
    server.acts(
        lambda request: (
            well(request) if call == "create" and request.method == "GET" else LASTING[fault]
        )
    )

    with pytest.raises(errors.APIStatusError):
        CALLS[call](client)

    assert server.lines.count(server.lines[0]) == 1
    assert time.slept == []


@pytest.mark.parametrize("call", ["create", "patch", "redeploy"])
def test_what_was_turned_away_is_sent_again(
    client: ControlPlaneClient, server: Scripted, call: str
) -> None:
    """A 429 was certainly not carried out, so even a POST may follow it."""
    server.acts(failing(2, Reply(429)))

    CALLS[call](client)

    assert len(set(server.lines)) == 1
    assert len(server.requests) == 3


@pytest.mark.parametrize("call", CALLS)
def test_nobody_listening_is_certain(
    client: ControlPlaneClient, server: Scripted, time: Time, call: str
) -> None:
    """When nothing could be sent, every request is tried again, and the error says so."""
    server.stop()

    with pytest.raises(errors.Unreachable, match=r"could not be sent: 127\.0\.0\.1:\d+: .*refused"):
        CALLS[call](client)

    assert len(time.slept) == ATTEMPTS - 1


def test_a_deployment_deleted_already_is_deleted(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """The second DELETE after a lost answer finds nothing, and that is what was wanted."""
    server.plays(RESET, gone())

    client.delete(DEPLOYMENT, delete_tracing_project=True)

    assert server.lines == [f"DELETE /v2/deployments/{DEPLOYMENT}"] * 2


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
def test_retry_after_has_three_forms(value: str, seconds: float | None) -> None:
    """Whole seconds, fractions, or a date by the server's own clock; nonsense is ignored."""
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
def test_retry_after_is_obeyed_up_to_a_minute(  # noqa: PLR0913 - a table with its fixtures
    client: ControlPlaneClient,
    server: Scripted,
    time: Time,
    *,
    status: int,
    header: str,
    at_least: float,
    at_most: float,
) -> None:
    """The server knows best when to come back, within reason."""
    server.plays(Reply(status, headers={"Retry-After": header}), Reply(body=deployment()))

    client.get(DEPLOYMENT)

    assert len(time.slept) == 1
    assert at_least <= time.slept[0] <= at_most


def test_the_total_time_is_bounded(
    client: ControlPlaneClient, server: Scripted, time: Time
) -> None:
    """A server that asks for a minute each time is not asked for ever."""
    server.plays(Reply(429, headers={"Retry-After": "60"}))

    with pytest.raises(errors.RateLimited):
        client.get(DEPLOYMENT)

    assert time.now <= 150
    assert len(server.requests) == 3


@pytest.mark.parametrize("retry_after", [None, 5.0])
def test_those_turned_away_together_come_back_apart(retry_after: float | None) -> None:
    """The pause has a random part, also after Retry-After."""
    pauses = {compute_delay(2, retry_after, chance / 10) for chance in range(10)}

    assert len(pauses) == 10
