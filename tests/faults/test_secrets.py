"""No secret and no key in an error, a message, a log or an exception, whatever is echoed."""

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
from langsmith_pulumi.provider import deployments, rollouts
from tests.faults import network
from tests.faults.engine import NAME, State
from tests.faults.requests import COLLECTION, DEPLOYMENT, REVISION
from tests.support.scenario import API_KEY, github

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.world import World

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
"""Values with all that tends to slip through: `INNER` is part of `OUTER`."""

EVERYTHING = "; ".join(SECRETS.values())


def agent(**changes: Any) -> dict[str, Any]:
    return {**github(secrets=SECRETS, **changes), "rollout_timeout": 20.0}


def forms(value: str) -> Iterator[str]:
    """The ways in which a value may be written, and its first characters."""
    for part in {value, value.strip(), *value.strip().splitlines()}:
        if len(part) < 8 or part.startswith("-----"):
            continue
        yield from (part, json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1])
        yield from (repr(part)[1:-1], quote(part), quote(part, safe=""), quote_plus(part))
        yield base64.b64encode(part.encode()).decode().rstrip("=")[:-1]
        yield part[:12]


def leaks(text: str) -> list[str]:
    found = [form for value in SECRETS.values() for form in forms(value) if form in text]
    return found + [API_KEY for _ in [1] if API_KEY[:14] in text]


ECHOES: dict[str, dict[str, Any]] = {
    "a detail": {"status": 400, "body": json.dumps({"detail": f"cannot use {EVERYTHING}"})},
    "an escaped detail": {"status": 400, "body": json.dumps({"detail": json.dumps(SECRETS)})},
    "a Python repr": {"status": 500, "body": json.dumps({"detail": repr(SECRETS)})},
    "a validation error": {
        "status": 422,
        "body": json.dumps(
            {"detail": [{"loc": ["body", EVERYTHING], "msg": EVERYTHING, "input": SECRETS}]}
        ),
    },
    "an unknown shape": {"status": 500, "body": json.dumps({"trace": SECRETS})},
    "plain text": {"status": 502, "body": EVERYTHING, "content_type": "text/plain"},
    "a page": {"status": 502, "body": f"<p>{EVERYTHING}</p>", "content_type": "text/html"},
    "a URL": {"status": 400, "body": json.dumps({"detail": f"?v={quote_plus(EVERYTHING)}"})},
    "base64": {
        "status": 400,
        "body": json.dumps({"detail": base64.b64encode(EVERYTHING.encode()).decode()}),
    },
    "a redirect": {
        "status": 302,
        "headers": {"location": f"https://x.example/{quote(EVERYTHING)}?k={API_KEY}"},
    },
    "a request id": {
        "status": 500,
        "headers": {"x-request-id": f"{API_KEY} {SECRETS['INNER']} {quote(SECRETS['OUTER'])}"},
    },
    "the key": {"status": 401, "body": json.dumps({"detail": f"unknown key {API_KEY}"})},
    "a success": {"status": 200, "body": json.dumps({"secrets": SECRETS, "id": 7, "name": []})},
    "half an answer": {"status": 200, "body": json.dumps({"secrets": SECRETS})[:-9]},
}
"""Answers that quote what was sent."""


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What the debug switch would show."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger = logging.getLogger("langsmith_pulumi.control_plane")
    keeper, level = Keeper(), logger.level
    logger.addHandler(keeper)
    logger.setLevel(logging.DEBUG)
    yield lines
    logger.removeHandler(keeper)
    logger.setLevel(level)


@pytest.mark.parametrize(("method", "path"), [("POST", COLLECTION), ("PATCH", DEPLOYMENT)])
@pytest.mark.parametrize("echo", ECHOES)
def test_an_answer_that_quotes_secrets_is_not_quoted(
    world: World, log: list[str], method: str, path: str, echo: str
) -> None:
    """Errors, messages on the row and the log stay clean, also when a second `up` follows."""
    if method == "PATCH":
        assert world.engine.up(github()) == ""
    world.simulator.fail(method, path, "status", times=-1, **ECHOES[echo])

    error = world.engine.up(agent())

    assert error
    assert leaks("\n".join([error, *world.told, *log])) == []
    world.calm()
    assert world.engine.up(agent()) == ""


def chain(failure: BaseException | None, found: list[BaseException]) -> list[BaseException]:
    """An exception and all that it came from."""
    if failure is not None and failure not in found:
        found.append(failure)
        for other in (failure.__cause__, failure.__context__, getattr(failure, "unseen", None)):
            chain(other, found)
    return found


@pytest.mark.parametrize("echo", ECHOES)
def test_no_exception_on_the_way_holds_a_secret(world: World, echo: str) -> None:
    """Before the door flattens a failure it is clean already, causes, traceback and all."""
    world.simulator.fail("POST", COLLECTION, "drop_request")
    world.simulator.fail("*", COLLECTION, "status", times=-1, **ECHOES[echo])
    session = world.session()
    props = deployments.check(session, {}, {**agent(), "name": NAME}).inputs

    with pytest.raises(Exception, match="/v2/deployments") as failed:
        deployments.create(session, props)

    for failure in chain(failed.value, []):
        whole = "".join(traceback.format_exception(failure))
        assert leaks(f"{whole}{failure!r}{failure.args}") == []


@pytest.mark.parametrize("status", ["BUILD_FAILED", "DEPLOY_FAILED"])
def test_a_failed_revision_quotes_no_secret(world: World, log: list[str], status: str) -> None:
    """Neither its reason nor its log, also for a process that has sent none: a later retry."""
    lines = [f"+ export {name}={value}" for name, value in SECRETS.items()]
    assert world.engine.up(agent()) == ""
    for _ in range(2):
        world.simulator.outcome(NAME, status, f"cannot use {EVERYTHING}", lines, lines)
    for _ in range(2):
        error = world.engine.up(agent(source_revision_config__repo_ref="v2"))

        assert f"ended as {status}" in error
        assert "+ export QUOTES=[secret]" in error
        assert leaks("\n".join([error, *world.told, *log])) == []


def test_a_secret_that_the_service_never_shows_is_hidden_all_the_same(world: World) -> None:
    """Where values come back redacted, a later retry knows them from the program alone."""
    assert world.engine.up(agent()) == ""
    redacted = network.rewritten(lambda answer: answer.update(secrets=[]))
    shown = [("GET", DEPLOYMENT), ("PATCH", DEPLOYMENT), ("POST", f"{REVISION}/redeploy")]
    for method, path in shown:
        world.network.disturbances.append(network.Disturbance(method, path, redacted, -1))
    for _ in range(2):
        world.simulator.outcome(NAME, "BUILD_FAILED", "", [f"token is {SECRETS['INNER']}"])
    world.engine.up(agent(source_revision_config__repo_ref="v2"))

    error = world.engine.up(agent(source_revision_config__repo_ref="v2"))

    assert "token is [secret]" in error


def test_state_and_errors_after_drift_hold_no_live_secret(world: World) -> None:
    """A secret that somebody sets by hand is seen as drift, and its value stays there."""
    assert world.engine.up(github()) == ""
    theirs = [{"name": name, "value": value} for name, value in SECRETS.items()]
    world.simulator.drift(NAME, secrets=theirs)
    before = world.engine.state

    assert world.engine.refresh() == ""

    assert world.engine.state != before
    assert leaks(repr(world.engine.state)) == []


def test_a_value_in_clear_is_in_no_output_but_its_own(world: World) -> None:
    """The state knows a secret under `secrets`, which the engine encrypts, and nowhere else."""
    assert world.engine.up(agent()) == ""

    state: State = world.engine.state
    assert state.deployment is not None
    assert state.deployment.outputs.pop("secrets") == SECRETS
    assert leaks(f"{state.deployment.outputs}{state.rollout}") == []


def test_the_log_tells_what_happened_and_nothing_else(world: World, log: list[str]) -> None:
    """Method, path, status, duration and request id, on one line for each request."""
    headers = {"x-request-id": "req-7"}
    world.simulator.fail("GET", REVISION, "status", status=503, headers=headers)

    assert world.engine.up(agent()) == ""

    path = f"{COLLECTION}/{world.id}"
    revision = f"{path}/revisions/{world.live['latest_revision_id']}"
    told = [line.replace("0.00s", "").split() for line in log]
    assert told[:3] == [
        ["POST", COLLECTION, "201", "-"],
        ["GET", path, "200", "-"],
        ["GET", revision, "503", "req-7"],
    ]
    assert leaks("\n".join(log)) == []


_BLANKS = f"  {API_KEY}\n"
CASES: dict[str, Callable[[World], ControlPlaneClient]] = {
    "settings": lambda world: ControlPlaneClient(Settings(API_KEY, world.simulator.url)),
    "a blank around it": lambda world: ControlPlaneClient(
        resolve_settings(lambda _: None, {**world.simulator.env, "LANGSMITH_API_KEY": _BLANKS})
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_key_is_trimmed_and_shown_nowhere(world: World, case: str) -> None:
    """A line break at the end of a CI variable does no harm, and no object prints the key."""
    client = CASES[case](world)

    assert list(client.deployments()) == []
    assert leaks(f"{client!r}{vars(client)}{client._transport!r}{vars(client._transport)}") == []
    client.close()


def test_a_defect_of_ours_prints_no_value(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody thought of may quote anything: its kind and place are enough."""

    def broken(*_: Any) -> None:
        raise KeyError(EVERYTHING)

    monkeypatch.setattr(rollouts, "_wait_or_read", broken)

    error = world.engine.up(agent())

    assert error.startswith(f"While waiting for the rollout of '{NAME}': a defect of langsmith-")
    assert "(KeyError at test_secrets.py:" in error
    assert "running `pulumi up` again is safe" in error
    assert leaks(error) == []
