"""The health check asks the agent itself, sends it no API key, and says what it answered."""

from __future__ import annotations

import dataclasses
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.health import wait_until_healthy
from langsmith_pulumi.control_plane.models import HealthCheck
from tests.control_plane.factories import API_KEY, DEPLOYMENT_ID, deployment
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.control_plane.client import ControlPlaneClient

GOOD = Response(body={"ok": True})
BAD = Response(503, {"detail": "starting"})
TOKEN = "tok-3f9a77c2b1e0"


@pytest.fixture
def agent(clock: FakeClock) -> Iterator[FakeServer]:
    agent = FakeServer(clock)
    yield agent
    agent.stop()
    assert agent.failures == []


class Check:
    """The call under test, with what it reported."""

    def __init__(self, client: ControlPlaneClient, server: FakeServer, agent: FakeServer) -> None:
        server.respond_with(Response(body=deployment()))
        self.live = client.get(DEPLOYMENT_ID)
        server.requests.clear()
        self.client = client
        self.url: str | None = agent.url
        self.seen: list[int] = []

    def __call__(self, **settings: Any) -> None:
        wait_until_healthy(
            self.client,
            self.live,
            self.url,
            HealthCheck.model_validate(settings),
            on_progress=lambda good, _: self.seen.append(good),
        )

    def fails(self, **settings: Any) -> str:
        with pytest.raises(errors.HealthCheckFailed) as failed:
            self(**settings)
        return str(failed.value)


@pytest.fixture
def check(client: ControlPlaneClient, server: FakeServer, agent: FakeServer) -> Check:
    return Check(client, server, agent)


def test_an_agent_is_healthy_after_some_good_answers_in_a_row(
    check: Check, agent: FakeServer, clock: FakeClock
) -> None:
    """A bad one in between begins the row again."""
    agent.respond_with(BAD, GOOD, GOOD, BAD, GOOD)

    check()

    assert check.seen == [0, 1, 2, 0, 1, 2, 3, 4, 5, 6]
    assert agent.request_lines == ["GET /ok"] * 10
    assert agent.requests[0].query == {"check_db": "1"}
    assert clock.now == pytest.approx(9 * 5)


def test_the_settings_are_obeyed(check: Check, agent: FakeServer, clock: FakeClock) -> None:
    """Path, successes, interval and headers are the program's."""
    agent.respond_with(Response(204))

    check(path="/healthz?deep=1", successes=2, interval=30, headers={"Authorization": TOKEN})

    assert agent.request_lines == ["GET /healthz"] * 2
    assert agent.requests[0].query == {"deep": "1"}
    assert {request.headers["authorization"] for request in agent.requests} == {TOKEN}
    assert clock.now == pytest.approx(30)


def test_a_slash_at_the_end_of_the_url_is_no_second_one(check: Check, agent: FakeServer) -> None:
    """The path is appended to the URL as the service gives it."""
    agent.respond_with(GOOD)
    check.url = f"{agent.url}/base/"

    check(successes=1)

    assert agent.request_lines == ["GET /base/ok"]


def test_the_api_key_is_never_sent(check: Check, agent: FakeServer, server: FakeServer) -> None:
    """Neither by header nor otherwise, and the control plane is not asked."""
    agent.respond_with(GOOD)

    check()

    sent = json.dumps([dataclasses.asdict(request) for request in agent.requests])
    assert API_KEY not in sent
    assert "x-api-key" not in sent
    assert server.requests == []


def test_a_redirect_is_not_followed(check: Check, agent: FakeServer, server: FakeServer) -> None:
    """It would send the headers to another address; nor is it a good answer."""
    agent.respond_with(Response(302, headers={"Location": f"{server.url}/elsewhere?token=x"}))

    message = check.fails(timeout=20, headers={"Authorization": TOKEN})

    assert "302, a redirection, which is not followed" in message
    assert "elsewhere" not in message
    assert server.requests == []


def test_a_failure_says_what_the_agent_answered_last(
    check: Check, agent: FakeServer, clock: FakeClock
) -> None:
    """The answers are listed, alike ones together, and the next step is named."""
    agent.respond_with(
        GOOD, BAD, BAD, RESET, Response(500, "<html><h1>oops</h1></html>"), GOOD, BAD
    )

    message = check.fails(timeout=30)

    assert f"'support-agent' ({DEPLOYMENT_ID}) is deployed, but its agent did not answer" in message
    assert "6 times in a row within 30 s" in message
    assert "503: starting, then no answer (" in message
    assert ", then 500: oops, then 200, then 503: starting." in message
    assert "the next `pulumi up` asks again" in message
    assert "/host/deployments/" in message
    assert "\n" not in message
    assert clock.now == pytest.approx(30)


def test_an_agent_that_cannot_be_reached_is_a_matter_of_the_network(
    check: Check, clock: FakeClock
) -> None:
    """The machine that runs `up` may be outside of the agent's network; its host is not shown."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        check.url = f"http://127.0.0.1:{free.getsockname()[1]}"

    message = check.fails(timeout=20)

    assert "no connection (" in message
    assert "(5 times)" in message
    assert "must reach the agent's network" in message
    assert "127.0.0.1" not in message
    assert clock.now == pytest.approx(20)


@pytest.mark.parametrize(
    "url", ["http://a b", "ftp://agent", "http://[", "agent", "http://x:99999"]
)
def test_a_url_of_no_use_is_told(check: Check, url: str) -> None:
    """Whatever the service gives as the URL ends in one sentence."""
    check.url = url

    assert "no connection (" in check.fails(timeout=10)


@pytest.mark.parametrize("url", [None, ""])
def test_a_deployment_without_a_url_cannot_be_asked(check: Check, url: str | None) -> None:
    """The error says where a URL comes from."""
    check.url = url

    assert "source_config.custom_url" in check.fails()


def test_no_message_holds_the_value_of_a_header(check: Check, agent: FakeServer) -> None:
    """Not even where the agent echoes it."""
    agent.respond_with(Response(401, {"detail": f"Bearer {TOKEN} is not valid"}))

    message = check.fails(timeout=10, headers={"Authorization": f"Bearer {TOKEN}"})

    assert "401: " in message
    assert TOKEN not in message


def test_a_path_with_a_token_is_shown_without_its_query(check: Check, agent: FakeServer) -> None:
    """Some gateways take a key in the query."""
    agent.respond_with(BAD)

    assert "hush" not in check.fails(timeout=10, path="/ok?key=hush")


def test_a_hostile_agent_cannot_write_to_the_terminal(check: Check, agent: FakeServer) -> None:
    """Its text is one printable line, and of a limited length."""
    agent.respond_with(Response(500, "\x1b[31m##[error]\n" + "x" * 100_000))

    message = check.fails(timeout=10)

    assert message.isprintable()
    assert "##[" not in message
    assert len(message) < 1000


@pytest.mark.parametrize("from_the_start", [True, False])
def test_an_agent_that_trickles_does_not_hold_the_check(
    check: Check, agent: FakeServer, *, from_the_start: bool
) -> None:
    """A request ends in time, also if each byte of its answer does."""
    agent.respond_with(Response(200, "x" * 1000, byte_delay=0.2, delays_headers=from_the_start))

    message = check.fails(timeout=0.5)

    assert "within 1 s; its last answers: " in message or "within 0 s" in message
