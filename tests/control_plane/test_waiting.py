"""A wait follows the newest revision until it ends, and survives temporary failures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.retry import sleep
from langsmith_pulumi.control_plane.revision_status import Outcome, is_being_deleted, outcome_of
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.control_plane.text import format_duration
from langsmith_pulumi.control_plane.waiting import (
    RolloutResult,
    wait_for_rollout,
    wait_until_gone,
)
from tests.control_plane.factories import (
    API_KEY,
    CANARY,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    SECOND_REVISION_ID,
    deployment,
    list_page,
    not_found,
    revision,
)
from tests.control_plane.fake_server import RESET, FakeClock, FakeServer, Request, Response
from tests.workflows.runner import executed_commands

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.polling import PollFailure
    from langsmith_pulumi.control_plane.responses import Revision

TIMEOUT = 600.0
LOG_NOT_FOUND = Response(404)


@dataclass(frozen=True)
class Poll:
    """The responses to one poll: the deployment, then its newest revision."""

    deployment: Response
    revision: Response = RESET
    log: Response = LOG_NOT_FOUND
    listed: tuple[str, ...] = (FIRST_REVISION_ID,)


def poll(
    status: str, newest: str = FIRST_REVISION_ID, active: str | None = None, **changes: Any
) -> Poll:
    serving = newest if status == "DEPLOYED" and active is None else active
    live = deployment(latest_revision_id=newest, active_revision_id=serving)
    return Poll(Response(body=live), Response(body=revision(status, id=newest, **changes)))


def same_response(response: Response) -> Poll:
    """Return a poll in which both requests get this response."""
    return Poll(response, response)


class ResponseSequence:
    """Serves the polls in order, the last one forever; a GET of the deployment starts the next."""

    def __init__(self, server: FakeServer) -> None:
        self.polls: list[Poll] = []
        self.at = -1
        server.respond_using(self.answer)

    def answer(self, request: Request) -> Response:
        if request.path.endswith("/logs"):
            return self.now.log
        if request.path.endswith("/revisions"):
            return list_page(*(revision(id=identifier) for identifier in self.now.listed))
        if "/revisions/" in request.path:
            return self.now.revision
        self.at = min(self.at + 1, len(self.polls) - 1)
        return self.now.deployment

    @property
    def now(self) -> Poll:
        return self.polls[self.at]


@pytest.fixture
def responses(server: FakeServer) -> ResponseSequence:
    return ResponseSequence(server)


class RolloutWait:
    """The wait under test, with the statuses that it reported."""

    def __init__(self, client: ControlPlaneClient, clock: FakeClock) -> None:
        self.client = client
        self.clock = clock
        self.statuses: list[str] = []

    def __call__(self, timeout: float = TIMEOUT, known: str | None = None) -> RolloutResult:
        return wait_for_rollout(
            self.client,
            DEPLOYMENT_ID,
            timeout=timeout,
            on_progress=self.report,
            revision_id=known,
        )

    def report(self, newest: Revision, _: float) -> None:
        self.statuses.append(newest.status)


@pytest.fixture
def wait(client: ControlPlaneClient, clock: FakeClock) -> RolloutWait:
    return RolloutWait(client, clock)


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("CREATING", Outcome.IN_PROGRESS),
        ("QUEUED", Outcome.IN_PROGRESS),
        ("AWAITING_BUILD", Outcome.IN_PROGRESS),
        ("BUILDING", Outcome.IN_PROGRESS),
        ("AWAITING_DEPLOY", Outcome.IN_PROGRESS),
        ("DEPLOYING", Outcome.IN_PROGRESS),
        ("DEPLOYED", Outcome.SUCCEEDED),
        ("CREATE_FAILED", Outcome.FAILED),
        ("BUILD_FAILED", Outcome.FAILED),
        ("DEPLOY_FAILED", Outcome.FAILED),
        ("INTERRUPTED", Outcome.FAILED),
        ("SKIPPED", Outcome.SUPERSEDED),
        ("UNKNOWN", Outcome.IN_PROGRESS),
        ("REHEARSING", Outcome.IN_PROGRESS),
        ("", Outcome.IN_PROGRESS),
    ],
)
def test_status_has_outcome(status: str, found: Outcome) -> None:
    """An unknown status counts as in progress."""
    assert outcome_of(status) is found


def test_deletion_statuses() -> None:
    """Two statuses mean that a deployment is being deleted."""
    assert is_being_deleted("AWAITING_DELETE")
    assert is_being_deleted("AWAITING_FINAL_DELETE")
    assert not is_being_deleted("READY")


def test_wait_ends_with_deployed_revision(responses: ResponseSequence, wait: RolloutWait) -> None:
    """Each status is reported, and the result is the deployment with its revision."""
    statuses = ["CREATING", "QUEUED", "BUILDING", "REHEARSING", "DEPLOYING", "DEPLOYED"]
    responses.polls = [poll(status) for status in statuses]

    result = wait()

    assert wait.statuses == statuses
    assert (result.deployment.id, result.warning) == (DEPLOYMENT_ID, "")


def test_status_of_deployment_is_ignored(responses: ResponseSequence, wait: RolloutWait) -> None:
    """A deployment is READY while its newest revision is still building or has failed."""
    responses.polls = [
        poll("BUILDING", active=SECOND_REVISION_ID),
        poll("BUILD_FAILED", active=SECOND_REVISION_ID),
    ]

    with pytest.raises(errors.RolloutFailed):
        wait()


def test_wait_ends_when_revision_is_active(responses: ResponseSequence, wait: RolloutWait) -> None:
    """A revision is DEPLOYED a moment before it is active."""
    responses.polls = [poll("DEPLOYED", active=SECOND_REVISION_ID)] * 2 + [poll("DEPLOYED")]

    assert wait().deployment.active_revision_id == FIRST_REVISION_ID
    assert len(wait.statuses) == 3


@pytest.mark.parametrize(("active", "warns"), [("", False), (SECOND_REVISION_ID, True)])
def test_deployed_revision_that_stays_inactive_succeeds(
    responses: ResponseSequence, wait: RolloutWait, server: FakeServer, active: str, *, warns: bool
) -> None:
    """After some polls a DEPLOYED revision succeeds, with a warning if another one is active."""
    responses.polls = [poll("DEPLOYED", active=active)]

    result = wait()

    warning = (
        f"revision {FIRST_REVISION_ID} is deployed, "
        f"but the service still names {SECOND_REVISION_ID} as the active one"
    )
    assert (warning in result.warning) is warns
    assert (f"{server.url}/host/deployments/{DEPLOYMENT_ID}" in result.warning) is warns
    assert wait.clock.now < 60


@pytest.mark.parametrize("status", ["SKIPPED", "BUILDING", "BUILD_FAILED"])
def test_wait_follows_newer_revision(
    responses: ResponseSequence, wait: RolloutWait, status: str
) -> None:
    """After a push the result of the older revision does not matter."""
    first = poll("BUILDING") if status == "BUILD_FAILED" else poll(status)
    responses.polls = [
        poll("QUEUED"),
        first,
        poll("BUILDING", SECOND_REVISION_ID),
        poll("DEPLOYED", SECOND_REVISION_ID),
    ]

    assert wait().deployment.latest_revision_id == SECOND_REVISION_ID


def test_skipped_revision_without_newer_one_fails(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """A skipped revision without a newer one will not be deployed."""
    responses.polls = [poll("QUEUED"), poll("SKIPPED")]

    with pytest.raises(errors.RolloutFailed, match="skipped it"):
        wait()

    assert wait.clock.now < 60


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("CREATE_FAILED", "CREATE_FAILED"),
        ("BUILD_FAILED", "BUILD_FAILED"),
        ("DEPLOY_FAILED", "DEPLOY_FAILED"),
        ("INTERRUPTED", "somebody cancelled it"),
    ],
)
def test_failed_revision_ends_wait(
    responses: ResponseSequence, wait: RolloutWait, server: FakeServer, status: str, says: str
) -> None:
    """The error names deployment, revision, status, page and next step."""
    responses.polls = [poll("QUEUED"), poll(status)]

    with pytest.raises(errors.RolloutFailed) as failed:
        wait()

    assert [
        part
        for part in ("'support-agent'", FIRST_REVISION_ID, says)
        if part not in str(failed.value)
    ] == []
    assert f"{server.url}/host/deployments/{DEPLOYMENT_ID}" in str(failed.value)
    assert re.search(r"`pulumi up` (then rolls|to roll) out again", str(failed.value))
    assert wait.clock.now < 5


@pytest.mark.parametrize(
    ("status", "kind"), [("BUILD_FAILED", "build"), ("DEPLOY_FAILED", "deploy")]
)
def test_failure_contains_log_tail(
    responses: ResponseSequence, wait: RolloutWait, server: FakeServer, status: str, kind: str
) -> None:
    """The error contains the message and the end of the log, redacted."""
    failed_poll = poll(status, status_message=f"no module named {CANARY}")
    log = Response(body={"logs": [{"message": f"boom {CANARY}"}, {"message": "step 7"}]})
    responses.polls = [Poll(failed_poll.deployment, failed_poll.revision, log)]

    with pytest.raises(errors.RolloutFailed) as failed:
        wait()

    assert f"{status}: no module named [secret]" in str(failed.value)
    assert f"end of its {kind} log:\n    | step 7\n    | boom [secret]\n" in str(failed.value)
    assert server.requests[-1].query["type"] == kind
    assert "hush" not in str(failed.value)


def test_log_in_error_contains_no_runner_command(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """No line of a log can be a command to the CI runner that prints the error."""
    lines = ["::set-output name=url::x", "said ##[add-mask]x", "##vso[task]x"]
    failed_poll = poll("BUILD_FAILED")
    log = Response(body={"logs": [{"message": line} for line in lines]})
    responses.polls = [Poll(failed_poll.deployment, failed_poll.revision, log)]

    with pytest.raises(errors.RolloutFailed) as failed:
        wait()

    assert executed_commands(str(failed.value)) == []
    assert "| ::set-output" in str(failed.value)


@pytest.mark.parametrize(
    "response",
    [
        RESET,
        Response(502, "<html>"),
        Response(500),
        Response(503),
        Response(429),
        Response(408),
        Response(404, "<html>"),
        Response(200, "<html>"),
        Response(404, {"detail": "Not Found"}),
    ],
)
def test_wait_survives_temporary_failures(
    responses: ResponseSequence, wait: RolloutWait, response: Response
) -> None:
    """Minutes of temporary failures do not end a wait."""
    responses.polls = [poll("BUILDING"), *[same_response(response)] * 50, poll("DEPLOYED")]

    wait()

    assert wait.statuses[-1] == "DEPLOYED"


def test_unreadable_new_revision_is_awaited(responses: ResponseSequence, wait: RolloutWait) -> None:
    """A new revision may be named before it can be read."""
    named = poll("QUEUED")
    missing = Response(404, {"detail": f"Revision ID {FIRST_REVISION_ID} not found."})
    responses.polls = [Poll(named.deployment, missing), poll("DEPLOYED")]

    wait()

    assert wait.statuses[-1] == "DEPLOYED"


@pytest.mark.parametrize("status", [401, 403, 307, 400])
def test_permanent_error_ends_wait(
    responses: ResponseSequence, wait: RolloutWait, status: int
) -> None:
    """An error that a retry cannot fix, such as an invalid key, ends the wait."""
    responses.polls = [poll("BUILDING"), same_response(Response(status))]

    with pytest.raises(errors.APIStatusError):
        wait()

    assert wait.clock.now < 5


@pytest.mark.parametrize(
    "end", [same_response(not_found()), Poll(Response(body=deployment(status="AWAITING_DELETE")))]
)
def test_deletion_by_others_ends_wait(
    responses: ResponseSequence, wait: RolloutWait, end: Poll
) -> None:
    """A deployment that somebody deletes ends the wait at once."""
    responses.polls = [poll("BUILDING"), end]

    with pytest.raises(
        errors.DeploymentGone, match=r"revision 1111.* was BUILDING.*pulumi refresh"
    ):
        wait()

    assert wait.clock.now < 5


def test_new_deployment_may_be_missing_at_first(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """Right after its creation, a deployment may be missing for a moment."""
    responses.polls = [same_response(not_found()), same_response(not_found()), poll("DEPLOYED")]

    assert wait().deployment.latest_revision_id == FIRST_REVISION_ID


def test_deployment_that_stays_missing_is_gone(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """After a few 404s a deployment counts as deleted."""
    responses.polls = [same_response(not_found())]

    with pytest.raises(errors.DeploymentGone):
        wait()

    assert wait.clock.now < 5


@pytest.mark.parametrize("stale_status", ["DEPLOYED", "BUILD_FAILED", "SKIPPED"])
def test_stale_revision_is_ignored(
    responses: ResponseSequence, wait: RolloutWait, stale_status: str
) -> None:
    """A read may lag behind the write that made the revision."""
    responses.polls = [poll(stale_status)] * 3 + [poll("DEPLOYED", SECOND_REVISION_ID)]

    assert wait(known=SECOND_REVISION_ID).deployment.latest_revision_id == SECOND_REVISION_ID


def test_revision_newer_than_known_one_is_accepted(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """If the list contains the known revision, the newest one is newer."""
    newer = poll("DEPLOYED", SECOND_REVISION_ID)
    responses.polls = [
        Poll(newer.deployment, newer.revision, listed=(SECOND_REVISION_ID, FIRST_REVISION_ID))
    ]

    assert wait(known=FIRST_REVISION_ID).deployment.latest_revision_id == SECOND_REVISION_ID
    assert wait.clock.sleeps == []


def test_known_revision_that_never_appears_is_ignored(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """A wait does not depend on one id forever."""
    responses.polls = [poll("DEPLOYED")]

    assert wait(known=SECOND_REVISION_ID).deployment.latest_revision_id == FIRST_REVISION_ID


def test_timeout_names_last_status(responses: ResponseSequence, wait: RolloutWait) -> None:
    """The error names the last status; the next `up` waits again."""
    responses.polls = [poll("BUILDING")]

    with pytest.raises(errors.RolloutTimedOut) as late:
        wait(timeout=90)

    assert f"revision {FIRST_REVISION_ID} is BUILDING after 1 min 30 s" in str(late.value)
    assert "Run `pulumi up` later: it waits for the rest" in str(late.value)
    assert wait.clock.now == pytest.approx(90)


def test_timeout_names_last_failure(responses: ResponseSequence, wait: RolloutWait) -> None:
    """The error names the last failure beside the last status."""
    responses.polls = [poll("BUILDING"), same_response(Response(502))]

    with pytest.raises(errors.RolloutTimedOut, match=r"is BUILDING .*the last look failed: .*502"):
        wait(timeout=90)


def test_wait_polls_once_more_at_deadline(responses: ResponseSequence, wait: RolloutWait) -> None:
    """A rollout that completes at the deadline succeeds."""
    responses.polls = [poll("BUILDING"), poll("BUILDING"), poll("DEPLOYED")]

    wait(timeout=2)

    assert wait.statuses[-1] == "DEPLOYED"
    assert wait.clock.now == pytest.approx(2)


def test_clock_jump_past_deadline_polls_once_more(
    responses: ResponseSequence, wait: RolloutWait
) -> None:
    """After a suspend past the deadline, one more poll sees the result."""
    responses.polls = [poll("BUILDING"), poll("DEPLOYED")]
    sleep = wait.clock.sleep
    wait.clock.sleep = lambda seconds: sleep(seconds + 10_000)  # type: ignore[method-assign]

    wait()

    assert wait.statuses[-1] == "DEPLOYED"


def test_zero_timeout_polls_once(
    responses: ResponseSequence, wait: RolloutWait, server: FakeServer
) -> None:
    """A timeout of zero polls once."""
    responses.polls = [poll("BUILDING")]

    with pytest.raises(errors.RolloutTimedOut):
        wait(timeout=0)

    assert len(server.requests) == 2


def test_missing_first_revision_is_awaited(responses: ResponseSequence, wait: RolloutWait) -> None:
    """The first revision may be named later than the deployment."""
    responses.polls = [Poll(Response(body=deployment(latest_revision_id=None))), poll("DEPLOYED")]

    assert wait().deployment.latest_revision_id == FIRST_REVISION_ID


def test_polling_of_failing_service_is_limited(
    responses: ResponseSequence, wait: RolloutWait, server: FakeServer
) -> None:
    """An outage of ten minutes leads to a few hundred requests at most."""
    responses.polls = [same_response(Response(503))]

    with pytest.raises(errors.RolloutTimedOut):
        wait()

    assert len(server.requests) < 300


def test_polling_obeys_retry_after(responses: ResponseSequence, wait: RolloutWait) -> None:
    """Retry-After is obeyed while polling."""
    busy = same_response(Response(429, headers={"Retry-After": "30"}))
    responses.polls = [busy, busy, poll("DEPLOYED")]

    wait()

    assert wait.clock.now > 30


@pytest.mark.parametrize("cap", ["0", "0.001", "-1"])
def test_poll_interval_can_be_limited(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock, cap: str
) -> None:
    """An environment variable limits the interval for tests and demonstrations."""
    monkeypatch.setenv("LANGSMITH_PULUMI_POLL_SECONDS", cap)
    monkeypatch.setattr("time.sleep", clock.sleep)

    sleep(5)

    assert clock.sleeps == [max(float(cap), 0)]


@pytest.mark.parametrize("cap", ["soon", "nan", None])
def test_invalid_poll_interval_limit_is_ignored(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock, cap: str | None
) -> None:
    """A limit that is no number has no effect."""
    monkeypatch.delenv("LANGSMITH_PULUMI_POLL_SECONDS", raising=False)
    if cap:
        monkeypatch.setenv("LANGSMITH_PULUMI_POLL_SECONDS", cap)
    monkeypatch.setattr("time.sleep", clock.sleep)

    sleep(5)

    assert clock.sleeps == [5]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (1800, "30 min"), (95, "1 min 35 s")],
)
def test_durations_are_formatted_in_minutes_and_seconds(seconds: float, words: str) -> None:
    """Durations are readable, not 1800 s."""
    assert format_duration(seconds) == words


def wait_gone(client: ControlPlaneClient, seen: list[str], timeout: float = TIMEOUT) -> None:
    wait_until_gone(
        client,
        DEPLOYMENT_ID,
        timeout=timeout,
        on_progress=lambda status, _: seen.append(status),
    )


def test_deletion_ends_with_404_of_deployment(
    client: ControlPlaneClient, responses: ResponseSequence
) -> None:
    """Only the deployment's 404 ends a deletion; error pages and outages do not."""
    statuses = ["READY", "AWAITING_DELETE", "AWAITING_FINAL_DELETE"]
    responses.polls = [
        *(Poll(Response(body=deployment(status=status))) for status in statuses),
        *[same_response(Response(404, "<html>"))] * 3,
        same_response(Response(502)),
        same_response(not_found()),
    ]
    seen: list[str] = []

    wait_gone(client, seen)

    assert seen == statuses


def test_deletion_timeout_names_status(
    client: ControlPlaneClient, responses: ResponseSequence
) -> None:
    """The error names the deployment, its status and the next step."""
    responses.polls = [Poll(Response(body=deployment(status="AWAITING_DELETE")))]

    with pytest.raises(errors.DeletionTimedOut) as late:
        wait_gone(client, [], timeout=30)

    assert f"'support-agent' ({DEPLOYMENT_ID}) is still AWAITING_DELETE, 30 s after" in str(
        late.value
    )
    assert "goes on by itself" in str(late.value)


class HangingTransport(httpx.BaseTransport):
    """A transport that stops responding after a number of responses."""

    def __init__(self, inner: httpx.BaseTransport, clock: FakeClock, answers: int) -> None:
        self._inner = inner
        self._clock = clock
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._answers -= 1
        if self._answers >= 0:
            return self._inner.handle_request(request)
        self._clock.sleep(request.extensions["timeout"]["read"])
        raise httpx.ReadTimeout("timed out", request=request)


def hanging_client(server: FakeServer, clock: FakeClock, answers: int) -> ControlPlaneClient:
    # Nobody closes this client, so it keeps no connection open.
    inner = httpx.HTTPTransport(verify=False, limits=httpx.Limits(max_keepalive_connections=0))
    transport = HangingTransport(inner, clock, answers)
    settings = Settings(API_KEY, server.url)
    return ControlPlaneClient(
        settings, transport=transport, sleep=clock.sleep, clock=clock.monotonic
    )


@pytest.mark.parametrize("timeout", [15.0, 40.0, 600.0])
@pytest.mark.parametrize("answers", [0, 1, 2, 3])
def test_hanging_server_does_not_extend_timeout(
    responses: ResponseSequence, server: FakeServer, clock: FakeClock, timeout: float, answers: int
) -> None:
    """Requests, retries and delays end with the timeout, and poll failures are reported."""
    responses.polls = [poll("QUEUED")]
    failures: list[PollFailure] = []

    with pytest.raises(errors.RolloutTimedOut, match="nothing came for"):
        wait_for_rollout(
            hanging_client(server, clock, answers),
            DEPLOYMENT_ID,
            timeout=timeout,
            on_progress=lambda *_: None,
            on_poll_failure=failures.append,
        )

    assert timeout <= clock.now <= timeout + 12
    assert failures[-1].seconds >= timeout - 5
    assert {one.is_answered for one in failures} == {False}
    assert failures[-1].last_status == ("QUEUED" if answers > 1 else "")
    assert max(_intervals(failures)) <= 45


def _intervals(failures: list[PollFailure]) -> list[float]:
    moments = [0.0, *(one.elapsed for one in failures)]
    return [after - before for before, after in pairwise(moments)]


@pytest.mark.parametrize("answers", [0, 1])
def test_hanging_server_does_not_extend_deletion_timeout(
    responses: ResponseSequence, server: FakeServer, clock: FakeClock, answers: int
) -> None:
    """The wait for a deletion ends at its timeout as well."""
    responses.polls = [poll("DEPLOYED")]

    with pytest.raises(errors.DeletionTimedOut, match="nothing came for"):
        wait_until_gone(
            hanging_client(server, clock, answers),
            DEPLOYMENT_ID,
            timeout=20,
            on_progress=lambda *_: None,
        )

    assert 20 <= clock.now <= 32


def test_hanging_log_does_not_delay_failure(
    responses: ResponseSequence, server: FakeServer, clock: FakeClock
) -> None:
    """A failed revision is reported within a minute, without its log if necessary."""
    responses.polls = [poll("BUILD_FAILED")]

    with pytest.raises(errors.RolloutFailed, match="BUILD_FAILED"):
        wait_for_rollout(
            hanging_client(server, clock, 2),
            DEPLOYMENT_ID,
            timeout=600,
            on_progress=lambda *_: None,
        )

    assert clock.now <= 60


def test_hanging_revision_list_counts_as_failed_poll(
    responses: ResponseSequence, server: FakeServer, clock: FakeClock
) -> None:
    """The check for a stale response is part of the wait's timeout."""
    responses.polls = [poll("BUILD_FAILED")]

    with pytest.raises(errors.RolloutTimedOut):
        wait_for_rollout(
            hanging_client(server, clock, 2),
            DEPLOYMENT_ID,
            timeout=15,
            on_progress=lambda *_: None,
            revision_id=SECOND_REVISION_ID,
        )

    assert clock.now <= 27


def test_error_response_is_distinguished_from_timeout(
    responses: ResponseSequence, client: ControlPlaneClient, clock: FakeClock
) -> None:
    """A poll failure records if there was a response, such as a 502."""
    responses.polls = [poll("QUEUED"), same_response(Response(502))]
    failures: list[PollFailure] = []

    with pytest.raises(errors.RolloutTimedOut):
        wait_for_rollout(
            client,
            DEPLOYMENT_ID,
            timeout=20,
            on_progress=lambda *_: None,
            on_poll_failure=failures.append,
        )

    assert {(one.is_answered, one.last_status) for one in failures} == {(True, "QUEUED")}
