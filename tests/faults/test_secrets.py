"""Errors, messages, logs and exceptions contain no secret, whatever a response quotes."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.settings import Settings, resolve_settings
from langsmith_pulumi.provider import creation, deployments, rollouts
from tests.faults import faulty_transport
from tests.faults.engine import NAME, State
from tests.faults.preparations import DEPLOYMENT_PATH, DEPLOYMENTS_PATH, REVISION_PATH
from tests.support.scenario import API_KEY, github

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.harness import Harness

SECRETS = {
    "LINES": "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7f\nq9Zb+/x2Lw==\n-----END KEY-----\n",
    "QUOTES": 'it\'s "quoted" and \\back\\slashed\\',
    "UNICODE": "pässwörd-\u2603-\U0001f511-\u00df",
    "CHARACTERS": "a&b=c d%e/f?g#h+i<j>k",
    "INNER": "inner-secret-value",
    "OUTER": "outer[inner-secret-value]outer",
    "JSON": '{"token": "deep-and-quoted", "n": 1}',
    "SPACES": "  led and trailed by blanks  ",
}
"""Values that are hard to redact; `INNER` is part of `OUTER`."""

ALL_SECRETS = "; ".join(SECRETS.values())


def agent(**changes: Any) -> dict[str, Any]:
    return {**github(secrets=SECRETS, **changes), "rollout_timeout": 20.0}


def encodings(value: str) -> Iterator[str]:
    """Yield the encodings of a value, and its first characters."""
    for part in {value, value.strip(), *value.strip().splitlines()}:
        if len(part) < 8 or part.startswith("-----"):
            continue
        yield from (part, json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1])
        yield from (repr(part)[1:-1], quote(part), quote(part, safe=""), quote_plus(part))
        yield base64.b64encode(part.encode()).decode().rstrip("=")[:-1]
        yield part[:12]


def leaks(text: str) -> list[str]:
    found = [form for value in SECRETS.values() for form in encodings(value) if form in text]
    return found + [API_KEY for _ in [1] if API_KEY[:14] in text]


QUOTING_RESPONSES: dict[str, dict[str, Any]] = {
    "a detail": {"status": 400, "body": json.dumps({"detail": f"cannot use {ALL_SECRETS}"})},
    "an escaped detail": {"status": 400, "body": json.dumps({"detail": json.dumps(SECRETS)})},
    "a Python repr": {"status": 500, "body": json.dumps({"detail": repr(SECRETS)})},
    "a validation error": {
        "status": 422,
        "body": json.dumps(
            {"detail": [{"loc": ["body", ALL_SECRETS], "msg": ALL_SECRETS, "input": SECRETS}]}
        ),
    },
    "an unknown shape": {"status": 500, "body": json.dumps({"trace": SECRETS})},
    "plain text": {"status": 502, "body": ALL_SECRETS, "content_type": "text/plain"},
    "a page": {"status": 502, "body": f"<p>{ALL_SECRETS}</p>", "content_type": "text/html"},
    "a URL": {"status": 400, "body": json.dumps({"detail": f"?v={quote_plus(ALL_SECRETS)}"})},
    "base64": {
        "status": 400,
        "body": json.dumps({"detail": base64.b64encode(ALL_SECRETS.encode()).decode()}),
    },
    "a redirect": {
        "status": 302,
        "headers": {"location": f"https://x.example/{quote(ALL_SECRETS)}?k={API_KEY}"},
    },
    "a request id": {
        "status": 500,
        "headers": {"x-request-id": f"{API_KEY} {SECRETS['INNER']} {quote(SECRETS['OUTER'])}"},
    },
    "the key": {"status": 401, "body": json.dumps({"detail": f"unknown key {API_KEY}"})},
    "a success": {"status": 200, "body": json.dumps({"secrets": SECRETS, "id": 7, "name": []})},
    "half an answer": {"status": 200, "body": json.dumps({"secrets": SECRETS})[:-9]},
}
"""Responses that quote the request."""


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Return the lines that debug logging writes."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger = logging.getLogger("langsmith_pulumi.control_plane")
    collector, level = Collector(), logger.level
    logger.addHandler(collector)
    logger.setLevel(logging.DEBUG)
    yield lines
    logger.removeHandler(collector)
    logger.setLevel(level)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", DEPLOYMENTS_PATH), ("PATCH", DEPLOYMENT_PATH)]
)
@pytest.mark.parametrize("response", QUOTING_RESPONSES)
def test_response_that_quotes_secrets_is_redacted(
    harness: Harness, log: list[str], method: str, path: str, response: str
) -> None:
    """Errors, messages on the row and the log contain no secret, and a second `up` succeeds."""
    if method == "PATCH":
        assert harness.engine.up(github()) == ""
    harness.simulator.fail(method, path, "status", times=-1, **QUOTING_RESPONSES[response])

    error = harness.engine.up(agent())

    assert error
    assert leaks("\n".join([error, *harness.row_messages, *log])) == []
    harness.clear_faults()
    assert harness.engine.up(agent()) == ""


def exception_chain(
    failure: BaseException | None, found: list[BaseException]
) -> list[BaseException]:
    """Return an exception with all its causes and contexts."""
    if failure is not None and failure not in found:
        found.append(failure)
        for other in (failure.__cause__, failure.__context__, getattr(failure, "unseen", None)):
            exception_chain(other, found)
    return found


@pytest.mark.parametrize("response", QUOTING_RESPONSES)
def test_no_exception_contains_secret(harness: Harness, response: str) -> None:
    """Exceptions contain no secret before the error boundary converts them, traceback included."""
    harness.simulator.fail("POST", DEPLOYMENTS_PATH, "drop_request")
    harness.simulator.fail("*", DEPLOYMENTS_PATH, "status", times=-1, **QUOTING_RESPONSES[response])
    session = harness.session()
    props = deployments.check(session, {}, {**agent(), "name": NAME}).inputs

    with pytest.raises(Exception, match="/v2/deployments") as failed:
        creation.create(session, props)

    for failure in exception_chain(failed.value, []):
        whole = "".join(traceback.format_exception(failure))
        assert leaks(f"{whole}{failure!r}{failure.args}") == []


@pytest.mark.parametrize("status", ["BUILD_FAILED", "DEPLOY_FAILED"])
def test_failed_revision_shows_no_secret(harness: Harness, log: list[str], status: str) -> None:
    """The message and the log of a failed revision are redacted, also in a later retry."""
    lines = [f"+ export {name}={value}" for name, value in SECRETS.items()]
    assert harness.engine.up(agent()) == ""
    for _ in range(2):
        harness.simulator.outcome(NAME, status, f"cannot use {ALL_SECRETS}", lines, lines)
    for _ in range(2):
        error = harness.engine.up(agent(source_revision_config__repo_ref="v2"))

        assert f"ended as {status}" in error
        assert "+ export QUOTES=[secret]" in error
        assert leaks("\n".join([error, *harness.row_messages, *log])) == []


def test_secret_that_service_redacts_is_redacted_in_log(harness: Harness) -> None:
    """If the service returns no values, a retry redacts those of the program."""
    assert harness.engine.up(agent()) == ""
    redacted = faulty_transport.rewrite_response(lambda answer: answer.update(secrets=[]))
    shown = [
        ("GET", DEPLOYMENT_PATH),
        ("PATCH", DEPLOYMENT_PATH),
        ("POST", f"{REVISION_PATH}/redeploy"),
    ]
    for method, path in shown:
        harness.transport.faults.append(faulty_transport.TransportFault(method, path, redacted, -1))
    for _ in range(2):
        harness.simulator.outcome(NAME, "BUILD_FAILED", "", [f"token is {SECRETS['INNER']}"])
    harness.engine.up(agent(source_revision_config__repo_ref="v2"))

    error = harness.engine.up(agent(source_revision_config__repo_ref="v2"))

    assert "token is [secret]" in error


def test_drift_of_secret_records_no_value(harness: Harness) -> None:
    """A secret that was changed outside is detected as drift, but its value is not recorded."""
    assert harness.engine.up(github()) == ""
    theirs = [{"name": name, "value": value} for name, value in SECRETS.items()]
    harness.simulator.drift(NAME, secrets=theirs)
    before = harness.engine.state

    assert harness.engine.refresh() == ""

    assert harness.engine.state != before
    assert leaks(repr(harness.engine.state)) == []


def test_secret_is_only_in_secrets_output(harness: Harness) -> None:
    """The state contains a secret under `secrets`, which the engine encrypts, and nowhere else."""
    assert harness.engine.up(agent()) == ""

    state: State = harness.engine.state
    assert state.deployment is not None
    assert state.deployment.outputs.pop("secrets") == SECRETS
    assert leaks(f"{state.deployment.outputs}{state.rollout}") == []


def test_debug_log_has_one_line_per_request(harness: Harness, log: list[str]) -> None:
    """A line contains method, path, status, duration and request id, and nothing else."""
    headers = {"x-request-id": "req-7"}
    harness.simulator.fail("GET", REVISION_PATH, "status", status=503, headers=headers)

    assert harness.engine.up(agent()) == ""

    path = f"{DEPLOYMENTS_PATH}/{harness.id}"
    revision = f"{path}/revisions/{harness.live['latest_revision_id']}"
    told = [line.replace("0.00s", "").split() for line in log]
    assert told[:3] == [
        ["POST", DEPLOYMENTS_PATH, "201", "-"],
        ["GET", path, "200", "-"],
        ["GET", revision, "503", "req-7"],
    ]
    assert leaks("\n".join(log)) == []


_BLANKS = f"  {API_KEY}\n"
CASES: dict[str, Callable[[Harness], ControlPlaneClient]] = {
    "settings": lambda harness: ControlPlaneClient(Settings(API_KEY, harness.simulator.url)),
    "a blank around it": lambda harness: ControlPlaneClient(
        resolve_settings(lambda _: None, {**harness.simulator.env, "LANGSMITH_API_KEY": _BLANKS})
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_api_key_is_trimmed_and_not_shown(harness: Harness, case: str) -> None:
    """A line break at the end of a key is removed, and no repr contains the key."""
    client = CASES[case](harness)

    assert list(client.deployments()) == []
    assert leaks(f"{client!r}{vars(client)}{client._transport!r}{vars(client._transport)}") == []
    client.close()


def test_internal_error_shows_no_value(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception is reported with its type and place only."""

    def broken(*_: Any, **_named: Any) -> None:
        raise KeyError(ALL_SECRETS)

    monkeypatch.setattr(rollouts, "_wait_or_read", broken)

    error = harness.engine.up(agent())

    assert error.startswith(f"While waiting for the rollout of '{NAME}': a defect of langsmith-")
    assert "(KeyError at test_secrets.py:" in error
    assert "running `pulumi up` again is safe" in error
    assert leaks(error) == []
