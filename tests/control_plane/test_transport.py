"""What can happen between two sockets."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import httpx
import pytest

from langsmith_pulumi.control_plane import errors, transport
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.control_plane.transport import Limits
from tests.control_plane.samples import DEPLOYMENT, KEY, deployment
from tests.control_plane.scripted import RESET, Reply, Scripted, Time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.control_plane.responses import LiveDeployment


def hasty(url: str, limits: Limits, time: Time) -> ControlPlaneClient:
    """A client that loses patience soon, by a real clock."""
    transport = httpx.HTTPTransport(verify=False)
    return ControlPlaneClient(
        Settings(KEY, url), transport=transport, sleep=time.sleep, limits=limits
    )


def failing(client: ControlPlaneClient) -> LiveDeployment:
    return client.get(DEPLOYMENT)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (RESET, "lost"),
        (Reply(body=deployment(), missing=10), "lost: peer closed connection"),
        (Reply(500, "oops", missing=10), "lost: peer closed connection"),
    ],
)
def test_an_answer_that_breaks_off_is_lost(
    client: ControlPlaneClient, server: Scripted, reply: Reply, says: str
) -> None:
    """The request was there, and the error says so; a read has changed nothing."""
    server.plays(reply)

    with pytest.raises(errors.ResponseLost, match=says) as lost:
        failing(client)

    assert "was sent" in str(lost.value)
    assert "Reading changes nothing" in str(lost.value)
    assert isinstance(lost.value.__cause__, httpx.HTTPError)


def test_silence_ends(server: Scripted, time: Time) -> None:
    """A server that says nothing is not listened to for ever."""
    server.plays(Reply(body=b"1234567890", trickle=0.2))
    client = hasty(server.url, Limits(read=0.02), time)

    with pytest.raises(errors.ResponseLost, match=r"lost: nothing came for 0\.02 s"):
        failing(client)


def test_a_trickle_ends(server: Scripted, time: Time) -> None:
    """A byte now and then keeps a connection alive, not our patience."""
    server.plays(Reply(body=b"1" * 1000, trickle=0.004))
    client = hasty(server.url, Limits(total=0.05), time)

    with pytest.raises(errors.ResponseLost, match=r"not complete within 0\.05 s"):
        failing(client)


def test_a_trickle_of_headers_ends(server: Scripted, time: Time) -> None:
    """An answer that has not even begun is waited for no longer than a whole one."""
    server.plays(Reply(204, trickle=0.004, from_the_start=True))
    client = hasty(server.url, Limits(total=0.05), time)

    with pytest.raises(errors.ResponseLost, match=r"not complete within 0\.05 s"):
        client.delete(DEPLOYMENT, delete_tracing_project=False)


def test_a_flood_ends(
    client: ControlPlaneClient, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without end must not fill the memory."""
    monkeypatch.setattr(transport, "_MAX_BYTES", 1000)
    server.plays(Reply(body=deployment(display_name="a" * 2000)))

    with pytest.raises(errors.InvalidResponse, match="larger than any response"):
        failing(client)


def test_a_body_in_an_odd_encoding_is_unreadable(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """What cannot be unpacked was answered all the same."""
    server.plays(Reply(body=b"no zip", headers={"Content-Encoding": "gzip"}))

    with pytest.raises(errors.InvalidResponse, match="was answered, but its body cannot"):
        failing(client)


def test_encryption_that_fails_sends_nothing(server: Scripted, time: Time) -> None:
    """Without a trusted connection the key stays here."""
    client = hasty(server.url.replace("http:", "https:"), Limits(), time)

    with pytest.raises(errors.Unreachable, match=r"could not be sent: .*SSL"):
        failing(client)

    assert server.requests == []


def test_an_unknown_host_is_unreachable(time: Time) -> None:
    """A name that cannot be looked up is probably misspelt, and the error names the setting."""
    client = hasty("https://no-such-host.invalid", Limits(), time)

    with pytest.raises(errors.Unreachable, match="langsmith:controlPlaneUrl") as failed:
        failing(client)

    assert "no-such-host.invalid" in str(failed.value)


@pytest.fixture
def elsewhere(time: Time) -> Iterator[Scripted]:
    other = Scripted(time)
    yield other
    other.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(
    client: ControlPlaneClient, server: Scripted, elsewhere: Scripted, status: int
) -> None:
    """The key goes nowhere but where the settings say."""
    elsewhere.plays(Reply(body=deployment()))
    server.plays(Reply(status, headers={"Location": f"{elsewhere.url}/?key={KEY}"}))

    with pytest.raises(errors.Redirected, match=r"redirected to 127\.0\.0\.1\."):
        failing(client)

    assert elsewhere.requests == []


def test_a_connection_is_used_again(client: ControlPlaneClient, server: Scripted) -> None:
    """Polling does not open a connection for each look."""
    server.plays(Reply(body=deployment()))

    for _ in range(5):
        failing(client)

    assert server.connections == 1


def test_no_traceback_shows_the_key(client: ControlPlaneClient, server: Scripted) -> None:
    """Neither the errors nor what they came from quote it."""
    server.plays(RESET)

    with pytest.raises(errors.ResponseLost) as lost:
        failing(client)

    assert KEY not in "".join(traceback.format_exception(lost.value))
