"""Faults: responses that are late, wrong or missing."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]
Call = Callable[..., httpx.Response]

LIST = "/v2/deployments"


@pytest.mark.parametrize("kind", ["drop_request", "drop_response", "drop_body"])
def test_the_connection_breaks(simulator: Simulator, http: httpx.Client, kind: Any) -> None:
    """The connection closes without a whole response, and the next request succeeds."""
    simulator.fail("GET", LIST, kind)

    with pytest.raises(httpx.RemoteProtocolError):
        http.get(LIST)

    assert http.get(LIST).status_code == 200


@pytest.mark.parametrize("kind", ["delay", "drip"])
@pytest.mark.parametrize("after", [False, True])
def test_slow_responses(
    simulator: Simulator, http: httpx.Client, kind: Any, *, after: bool
) -> None:
    """The response does not arrive in time, and the next request is served at once."""
    simulator.fail("GET", LIST, kind, seconds=600, after=after)

    with pytest.raises(httpx.ReadTimeout):
        http.get(LIST, timeout=0.05)

    assert http.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("kind", "options", "carried_out"),
    [
        ("drop_request", {}, False),
        ("drop_response", {}, True),
        ("drop_body", {}, True),
        ("status", {"status": 503}, False),
        ("status", {"status": 504, "after": True}, True),
        ("garbage", {}, False),
        ("garbage", {"after": True}, True),
        ("truncated", {}, True),
    ],
)
def test_which_faults_carry_the_request_out(
    simulator: Simulator, create: Call, kind: Any, options: Json, *, carried_out: bool
) -> None:
    """Each kind of fault hits either before or after the request is carried out."""
    simulator.fail("POST", LIST, kind, **options)

    try:
        create()
    except httpx.RemoteProtocolError:
        status = None
    else:
        status = options.get("status", 201 if kind == "truncated" else 200)

    assert ("agent" in simulator.deployments()) is carried_out
    assert simulator.requests[-1].status in (status, 201 if kind == "drop_body" else status)


@pytest.mark.parametrize(
    ("options", "text", "headers"),
    [
        (
            {"status": 500},
            '{"detail": "Internal Server Error"}',
            {"content-type": "application/json"},
        ),
        ({"status": 429, "headers": {"Retry-After": "7"}}, "Too Many", {"retry-after": "7"}),
        (
            {"status": 502, "body": "<h1>no</h1>", "content_type": "text/html"},
            "<h1>no</h1>",
            {"content-type": "text/html"},
        ),
        (
            {"status": 307, "headers": {"Location": "http://elsewhere.example"}},
            "Temporary Redirect",
            {"location": "http://elsewhere.example"},
        ),
    ],
)
def test_statuses(
    simulator: Simulator, http: httpx.Client, options: Json, text: str, headers: dict[str, str]
) -> None:
    """A status fault responds with its status, body and headers."""
    simulator.fail("GET", LIST, "status", **options)

    response = http.get(LIST)

    assert (response.status_code, text in response.text) == (options["status"], True)
    assert headers.items() <= dict(response.headers).items()


@pytest.mark.parametrize("kind", ["garbage", "truncated"])
def test_responses_that_are_not_json(simulator: Simulator, http: httpx.Client, kind: Any) -> None:
    """The response is complete and has status 200, but its body is not JSON."""
    simulator.fail("GET", LIST, kind)

    response = http.get(LIST)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        response.json()


def test_stale_reads(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """A stale read misses the last write; the next read has it."""
    simulator.fail("GET", f"{LIST}*", "stale", times=2)
    path = f"{LIST}/{new_deployment()['id']}"

    stale = http.get(LIST).json()["resources"], http.get(path).status_code
    fresh = http.get(LIST).json()["resources"], http.get(path).status_code

    assert stale == ([], 404)
    assert (len(fresh[0]), fresh[1]) == (1, 200)


@pytest.mark.parametrize(
    ("fault", "failures"),
    [
        ({}, [True, False, False, False]),
        ({"times": 2}, [True, True, False, False]),
        ({"times": -1}, [True, True, True, True]),
        ({"skip": 2}, [False, False, True, False]),
        ({"skip": 1, "times": 2}, [False, True, True, False]),
        ({"times": 0}, [False, False, False, False]),
        ({"method": "*"}, [True, False, False, False]),
        ({"method": "POST"}, [False, False, False, False]),
        ({"path": "/v2/*"}, [True, False, False, False]),
        ({"path": "/v2/deployment"}, [False, False, False, False]),
        ({"path": "/v2/deployments/*"}, [False, False, False, False]),
    ],
)
def test_which_requests_are_hit(
    simulator: Simulator, http: httpx.Client, fault: Json, failures: list[bool]
) -> None:
    """Method and path select the requests, and skip and times count only those."""
    simulator.fail(**{"method": "GET", "path": LIST, "kind": "status", **fault})

    assert [http.get(LIST).is_error for _ in failures] == failures


def test_faults_take_turns(simulator: Simulator, http: httpx.Client) -> None:
    """Of several faults that match, the first with hits left applies."""
    for status in (500, 429, 503):
        simulator.fail("GET", LIST, "status", status=status)

    assert [http.get(LIST).status_code for _ in range(4)] == [500, 429, 503, 200]


def test_faults_hit_before_the_key_is_checked(simulator: Simulator) -> None:
    """A fault hits before authentication, as in a proxy in front of the service."""
    simulator.fail("GET", LIST, "status", status=502)

    assert httpx.get(simulator.url + LIST, verify=False).status_code == 502
