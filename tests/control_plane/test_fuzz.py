"""For any response, a call returns a model or raises an error of this package."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.errors import ControlPlaneError
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.control_plane.waiting import wait_for_rollout, wait_until_gone
from tests.control_plane.factories import (
    API_KEY,
    CANARY,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    create_request,
    deployment,
    patch,
    revision,
)
from tests.control_plane.fake_server import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = int(os.environ.get("LANGSMITH_PULUMI_FUZZ_ROUNDS", "20"))

PATCH = DeploymentPatchRequest.model_validate(
    {"display_name": "A", "secrets": [{"name": "TOKEN", "value": CANARY}]}
)


def wait_for_rollout_end(client: ControlPlaneClient) -> None:
    wait_for_rollout(
        client,
        DEPLOYMENT_ID,
        timeout=6,
        on_progress=lambda *_: None,
        revision_id=FIRST_REVISION_ID,
    )


def wait_for_deletion(client: ControlPlaneClient) -> None:
    wait_until_gone(
        client,
        DEPLOYMENT_ID,
        timeout=6,
        on_progress=lambda *_: None,
    )


CALLS: dict[str, Callable[[ControlPlaneClient], object]] = {
    "get": lambda client: client.get(DEPLOYMENT_ID),
    "find": lambda client: client.find("support-agent"),
    "list": lambda client: [next(client.deployments(), None)],
    "revisions": lambda client: list(client.revisions(DEPLOYMENT_ID)),
    "revision": lambda client: client.revision(DEPLOYMENT_ID, FIRST_REVISION_ID),
    "create": lambda client: client.create(create_request()),
    "patch": lambda client: patch(client, PATCH),
    "delete": lambda client: client.delete(DEPLOYMENT_ID, delete_tracing_project=True),
    "redeploy": lambda client: client.redeploy(DEPLOYMENT_ID, FIRST_REVISION_ID),
    "log": lambda client: client.build_log(DEPLOYMENT_ID, FIRST_REVISION_ID),
    "waiting": wait_for_rollout_end,
    "vanishing": wait_for_deletion,
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(CANARY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted({*deployment(), *revision(), "resources", "offset", "detail", "logs", "url"})
WHOLE = [deployment(), revision(), {"resources": [deployment()], "offset": 1}, {"detail": CANARY}]


@st.composite
def damaged_responses(draw: st.DrawFn) -> Any:
    """Draw a valid response and damage it."""
    document = dict(draw(st.sampled_from(WHOLE)))
    document.update(draw(st.dictionaries(st.sampled_from(FIELDS), anything, max_size=3)))
    for field in draw(st.sets(st.sampled_from(FIELDS), max_size=2)):
        document.pop(field, None)
    return document


bodies = st.one_of(
    st.binary(max_size=200),
    (damaged_responses() | anything).map(lambda document: json.dumps(document).encode()),
    damaged_responses().map(lambda document: json.dumps(document).encode()[:-3]),
    st.text().map(lambda text: f"<html><p>{text}{CANARY}".encode(errors="replace")),
    st.just(b"[" * 100_000),
)
printable = st.text(st.characters(min_codepoint=32, max_codepoint=126))
headers = st.dictionaries(
    st.sampled_from(
        ["Retry-After", "Date", "Location", "X-Request-Id", "Content-Type", "Content-Encoding"]
    ),
    printable | st.sampled_from(["gzip", "1e400", "-1", "Thu, 99 Foo 2026 25:61:61 GMT", API_KEY]),
    max_size=3,
)
answers = st.builds(
    lambda status, body, headers: httpx.Response(
        status, stream=httpx.ByteStream(body), headers=headers
    ),
    st.sampled_from([200, 201, 204, 206, 299, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500])
    | st.integers(200, 599),
    bodies,
    headers,
)
failures = st.sampled_from(
    [
        httpx.ConnectError(f"no {API_KEY}"),
        httpx.ConnectTimeout(""),
        httpx.ReadTimeout(""),
        httpx.WriteError("broken"),
        httpx.RemoteProtocolError("odd"),
        httpx.PoolTimeout(""),
        httpx.ProxyError("proxy"),
        httpx.DecodingError("zip"),
        httpx.InvalidURL("url"),
    ]
)


@pytest.mark.parametrize("call", CALLS)
@settings(
    max_examples=ROUNDS, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(course=st.lists(answers | failures, min_size=1, max_size=4))
def test_any_response_gives_model_or_own_error(
    call: str, course: list[httpx.Response | Exception]
) -> None:
    """Malformed responses lead to typed errors that contain no secret and are printable."""
    turns = iter(range(10**6))
    clock = FakeClock()

    def act(_: httpx.Request) -> httpx.Response:
        answer = course[next(turns) % len(course)]
        if isinstance(answer, Exception):
            raise answer
        body = answer.stream
        assert isinstance(body, httpx.ByteStream)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=body)

    transport = httpx.MockTransport(act)
    client = ControlPlaneClient(
        Settings(API_KEY, "https://cp.example.com"),
        transport=transport,
        sleep=clock.sleep,
        clock=clock.monotonic,
    )
    client._transport.redactor.register_secrets([CANARY])

    try:
        CALLS[call](client)
    except ControlPlaneError as failure:
        text = str(failure)
        assert API_KEY not in text
        assert CANARY[:12] not in text
        assert len(text) < 2000
        assert text.isprintable() or "log:" in text
