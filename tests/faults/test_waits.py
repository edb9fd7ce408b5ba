"""Long waits: temporary failures are retried, permanent ones end them, and all are bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import faulty_transport
from tests.faults.engine import NAME
from tests.faults.preparations import DEPLOYMENT_PATH, DEPLOYMENTS_PATH, REVISION_PATH
from tests.support.scenario import github

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.faults.faulty_transport import FaultyTransport
    from tests.faults.harness import Harness

MINUTE = 60.0
NEXT_REVISION = {"source_revision_config__repo_ref": "v2"}


def agent(**changes: Any) -> dict[str, Any]:
    return {**github(**changes), "rollout_timeout": 30 * MINUTE}


def start_slow_rollout(harness: Harness, minutes: float = 10) -> Harness:
    """Bring a deployment up and make its next revision slow."""
    assert harness.engine.up(agent()) == ""
    harness.simulator.revision_seconds = minutes * MINUTE
    harness.simulator.clear_requests()
    harness.clock.now = 0.0
    return harness


def at_minute(harness: Harness, minutes: float, act: Callable[[], object]) -> None:
    """Call a function during the wait, before the first poll after that many minutes."""
    left = [act]

    def forward(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
        while left and harness.clock.now >= minutes * MINUTE:
            left.pop()()
        return transport.forward(request)

    harness.transport.faults.append(
        faulty_transport.TransportFault("GET", DEPLOYMENT_PATH, forward, times=-1)
    )


def answer(harness: Harness, status: int) -> Callable[[], None]:
    """Return a function that makes every later GET fail with a status."""
    return lambda: harness.simulator.fail("GET", "*", "status", status=status, times=-1)


@pytest.mark.parametrize(
    "failure",
    [
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 503, "headers": {"retry-after": "7"}},
        {"kind": "status", "status": 429},
        {"kind": "status", "status": 404, "body": "<html>", "content_type": "text/html"},
        {"kind": "drop_request"},
        {"kind": "garbage"},
    ],
    ids=lambda failure: f"{failure['kind']} {failure.get('status', '')}",
)
def test_wait_survives_minutes_of_failures(harness: Harness, failure: dict[str, Any]) -> None:
    """Temporary failures do not end a wait, and the number of requests is bounded."""
    start_slow_rollout(harness)
    at_minute(harness, 1, lambda: harness.simulator.fail("GET", "*", times=-1, **failure))
    clear_faults = faulty_transport.TransportFault(
        "GET", DEPLOYMENT_PATH, _clear_faults_after(harness, 8 * MINUTE), times=-1
    )
    harness.transport.faults.insert(0, clear_faults)

    assert harness.engine.up(agent(**NEXT_REVISION)) == ""

    assert 10 * MINUTE <= harness.clock.now < 11 * MINUTE
    assert harness.transport.request_count < 400


def _clear_faults_after(harness: Harness, seconds: float) -> faulty_transport.Handler:
    def handler(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
        if harness.clock.now >= seconds:
            harness.clear_faults()
        else:
            transport.faults[1].handler(transport, request).read()
        return transport.forward(request)

    return handler


def test_next_rollout_is_expected_to_take_as_long(harness: Harness) -> None:
    """The state keeps how long a rollout took; its end is then noticed sooner."""
    start_slow_rollout(harness, minutes=10)
    assert harness.engine.up(agent(**NEXT_REVISION)) == ""
    assert harness.engine.refresh() == ""
    begun = harness.clock.now

    assert harness.engine.up(agent(source_revision_config__repo_ref="v3")) == ""

    assert 10 * MINUTE <= harness.clock.now - begun <= 10.06 * MINUTE


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_permanent_error_ends_wait(harness: Harness, status: int) -> None:
    """An error that a retry cannot fix, such as an invalid key, ends the wait at once."""
    start_slow_rollout(harness)
    at_minute(harness, 2, answer(harness, status))

    error = harness.engine.up(agent(**NEXT_REVISION))

    assert (
        f"While waiting for the rollout of '{NAME}': GET {DEPLOYMENTS_PATH}/{harness.id}" in error
    )
    assert f"was answered {status}" in error
    assert harness.clock.now < 2.2 * MINUTE


def test_deletion_by_others_ends_wait(harness: Harness) -> None:
    """If somebody deletes the deployment, the wait ends at once and a refresh removes it."""
    start_slow_rollout(harness)
    service = harness.simulator._service
    at_minute(
        harness, 6, lambda: service.delete(harness.id, delete_tracing_project=True, force=False)
    )

    error = harness.engine.up(agent(**NEXT_REVISION))

    assert f"Deployment '{NAME}' (" in error
    assert "was deleted by somebody else before its rollout ended. Its revision " in error
    assert " was BUILDING. Run `pulumi refresh`" in error
    assert harness.clock.now < 6.2 * MINUTE
    harness.clock.now += 30 * MINUTE
    assert (harness.engine.refresh(), harness.engine.state.deployment) == ("", None)
    assert harness.engine.up(agent(**NEXT_REVISION)) == ""
    assert list(harness.simulator.deployments()) == [NAME]


def test_wait_follows_newer_revision(harness: Harness) -> None:
    """If somebody patches the deployment, the wait ends with the newest revision."""
    start_slow_rollout(harness)
    newer = {"source_revision_config": {"repo_ref": "theirs"}}
    at_minute(harness, 2, lambda: harness.simulator.drift(NAME, **newer))

    assert harness.engine.up(agent(**NEXT_REVISION)) == ""

    assert len(harness.simulator.revisions(NAME)) == 3
    assert harness.live["active_revision_id"] == harness.live["latest_revision_id"]
    assert harness.clock.now > 11 * MINUTE


def test_failure_of_newer_revision_names_that_revision(harness: Harness) -> None:
    """The error names the failed newer revision and its reason."""
    start_slow_rollout(harness)
    harness.simulator.outcome(NAME, "DEPLOYED")
    harness.simulator.outcome(NAME, "BUILD_FAILED", "their mistake")
    newer = {"source_revision_config": {"repo_ref": "theirs"}}
    at_minute(harness, 2, lambda: harness.simulator.drift(NAME, **newer))

    error = harness.engine.up(agent(**NEXT_REVISION))

    assert f"revision {harness.live['latest_revision_id']} ended as BUILD_FAILED" in error
    assert "their mistake" in error


def test_timeout_reports_last_status_and_next_up_continues(harness: Harness) -> None:
    """A timeout reports the last status; the next `up` continues to wait and creates nothing."""
    start_slow_rollout(harness, minutes=60)

    error = harness.engine.up(agent(**NEXT_REVISION))

    newest = harness.live["latest_revision_id"]
    assert f"Deployment '{NAME}' ({harness.id}): revision {newest} is " in error
    assert " after 30 min. The rollout goes on by itself. Run `pulumi up` later" in error
    assert harness.clock.now == pytest.approx(30 * MINUTE)
    assert harness.engine.up(agent(**NEXT_REVISION)) in ("", error.replace("BUILDING", "DEPLOYING"))
    assert len(harness.simulator.revisions(NAME)) == 2


def test_wait_polls_once_more_at_deadline(harness: Harness) -> None:
    """A rollout that completes at the deadline succeeds."""
    start_slow_rollout(harness, minutes=30)

    assert harness.engine.up(agent(**NEXT_REVISION)) == ""


def test_unknown_status_counts_as_in_progress(harness: Harness) -> None:
    """An unknown status is waited for until the timeout, which names it."""
    assert harness.engine.up(agent()) == ""
    harness.simulator.outcome(NAME, "REHEARSING")

    assert " is REHEARSING after 30 min." in harness.engine.up(agent(**NEXT_REVISION))


def test_clock_jump_past_deadline_polls_once_more(harness: Harness) -> None:
    """After a suspend past the deadline, one more poll sees that the rollout has completed."""
    start_slow_rollout(harness)
    at_minute(harness, 2, lambda: harness.clock.sleep(600 * MINUTE))

    assert harness.engine.up(agent(**NEXT_REVISION)) == ""


def test_local_wall_clock_is_not_used(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timestamps are compared with the server's clock, not with the local one."""
    start_slow_rollout(harness, minutes=1)
    monkeypatch.setattr("time.time", lambda: 0.0)
    harness.simulator.fail("PATCH", "*", "drop_response")

    assert harness.engine.up(agent(**NEXT_REVISION)) == ""

    assert len(harness.simulator.revisions(NAME)) == 2


@pytest.mark.parametrize("lag", [1, 2])
def test_new_deployment_may_be_missing_at_first(harness: Harness, lag: int) -> None:
    """A 404 right after the POST is not a deletion."""
    missing = '{"detail": "Not here yet."}'
    harness.simulator.fail("GET", DEPLOYMENT_PATH, "stale", times=lag)
    harness.simulator.fail("GET", REVISION_PATH, "status", status=404, body=missing)

    assert harness.engine.up(agent()) == ""

    assert harness.engine.state.deployment is not None


def test_stale_failed_revision_is_not_retried(harness: Harness) -> None:
    """A stale read of the failed revision that this run has replaced triggers no redeploy."""
    harness.simulator.outcome(NAME, "BUILD_FAILED")
    assert "BUILD_FAILED" in harness.engine.up(agent())
    harness.simulator.fail("GET", DEPLOYMENT_PATH, "stale", times=3, skip=1)
    harness.simulator.clear_requests()

    assert harness.engine.up(agent(**NEXT_REVISION)) == ""

    assert [seen.method for seen in harness.simulator.requests if seen.method != "GET"] == ["PATCH"]
    assert harness.live["source_revision_config"]["repo_ref"] == "v2"


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("20", 20.0), ("3600", 60.0), ("Fri, 31 Dec 2099 23:59:59 GMT", 60.0), ("soon", 0.5)],
)
def test_retry_after_is_limited_to_a_minute(harness: Harness, asked: str, waited: float) -> None:
    """Retry-After is obeyed in both forms, up to a minute; an invalid one is ignored."""
    headers = {"retry-after": asked}
    harness.simulator.fail("POST", DEPLOYMENTS_PATH, "status", status=429, headers=headers)

    assert harness.engine.up(agent()) == ""

    assert waited <= harness.clock.sleeps[0] <= waited + 1


def test_retry_delays_have_jitter(harness: Harness) -> None:
    """Clients that were rejected at the same time retry at different times."""
    pauses = set()
    for _ in range(20):
        harness.restore()
        headers = {"retry-after": "20"}
        harness.simulator.fail("POST", DEPLOYMENTS_PATH, "status", status=429, headers=headers)
        assert harness.engine.up(agent()) == ""
        pauses.add(round(harness.clock.sleeps[0], 2))
    assert len(pauses) > 10
