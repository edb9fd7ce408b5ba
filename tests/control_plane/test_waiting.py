"""Waiting follows the newest revision, ends when that has ended, and survives what passes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.polling import PollFailure, poll_schedule
from langsmith_pulumi.control_plane.retry import sleep
from langsmith_pulumi.control_plane.revision_status import Outcome, is_being_deleted, outcome_of
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.control_plane.text import format_duration
from langsmith_pulumi.control_plane.waiting import (
    RolloutResult,
    wait_for_rollout,
    wait_until_gone,
)
from tests.control_plane.samples import (
    CANARY,
    DEPLOYMENT,
    FIRST,
    KEY,
    SECOND,
    deployment,
    gone,
    page,
    revision,
)
from tests.control_plane.scripted import RESET, Reply, Request, Scripted, Time
from tests.workflows.runner import executed_commands

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.responses import Revision

TIMEOUT = 600.0
NO_LOG = Reply(404)


@dataclass(frozen=True)
class Frame:
    """What one look sees: the deployment, then its newest revision."""

    deployment: Reply
    revision: Reply = RESET
    log: Reply = NO_LOG
    listed: tuple[str, ...] = (FIRST,)


def frame(status: str, newest: str = FIRST, active: str | None = None, **changes: Any) -> Frame:
    serving = newest if status == "DEPLOYED" and active is None else active
    live = deployment(latest_revision_id=newest, active_revision_id=serving)
    return Frame(Reply(body=live), Reply(body=revision(status, id=newest, **changes)))


def passing(reply: Reply) -> Frame:
    return Frame(reply, reply)


class Film:
    """Serves frames one after the other, the last one for ever; each look begins a new one."""

    def __init__(self, server: Scripted) -> None:
        self.frames: list[Frame] = []
        self.at = -1
        server.acts(self.answer)

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("/logs"):
            return self.now.log
        if request.path.endswith("/revisions"):
            return page(*(revision(id=identifier) for identifier in self.now.listed))
        if "/revisions/" in request.path:
            return self.now.revision
        self.at = min(self.at + 1, len(self.frames) - 1)
        return self.now.deployment

    @property
    def now(self) -> Frame:
        return self.frames[self.at]


@pytest.fixture
def film(server: Scripted) -> Film:
    return Film(server)


class Wait:
    """The call under test, with what it reported."""

    def __init__(self, client: ControlPlaneClient, time: Time) -> None:
        self.client = client
        self.time = time
        self.seen: list[str] = []

    def __call__(self, timeout: float = TIMEOUT, known: str | None = None) -> RolloutResult:
        return wait_for_rollout(
            self.client,
            DEPLOYMENT,
            timeout=timeout,
            on_progress=self.report,
            revision_id=known,
        )

    def report(self, newest: Revision, _: float) -> None:
        self.seen.append(newest.status)


@pytest.fixture
def wait(client: ControlPlaneClient, time: Time) -> Wait:
    return Wait(client, time)


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
def test_each_status_has_a_verdict(status: str, found: Outcome) -> None:
    """A status that nobody has heard of counts as under way."""
    assert outcome_of(status) is found


def test_a_deployment_on_its_way_out_is_known() -> None:
    """Two statuses say so."""
    assert is_being_deleted("AWAITING_DELETE")
    assert is_being_deleted("AWAITING_FINAL_DELETE")
    assert not is_being_deleted("READY")


def test_it_waits_until_the_revision_serves(film: Film, wait: Wait) -> None:
    """Each status is reported, and the end is the deployment with its revision."""
    course = ["CREATING", "QUEUED", "BUILDING", "REHEARSING", "DEPLOYING", "DEPLOYED"]
    film.frames = [frame(status) for status in course]

    settled = wait()

    assert wait.seen == course
    assert (settled.deployment.id, settled.warning) == (DEPLOYMENT, "")


def test_the_status_of_the_deployment_says_nothing(film: Film, wait: Wait) -> None:
    """A deployment is READY while its newest revision is still building, or has failed."""
    film.frames = [frame("BUILDING", active=SECOND), frame("BUILD_FAILED", active=SECOND)]

    with pytest.raises(errors.RolloutFailed):
        wait()


def test_it_waits_for_the_revision_to_serve(film: Film, wait: Wait) -> None:
    """A revision is deployed a moment before it serves."""
    film.frames = [frame("DEPLOYED", active=SECOND)] * 2 + [frame("DEPLOYED")]

    assert wait().deployment.active_revision_id == FIRST
    assert len(wait.seen) == 3


@pytest.mark.parametrize(("active", "doubted"), [("", False), (SECOND, True)])
def test_it_does_not_wait_for_ever_for_a_revision_to_serve(
    film: Film, wait: Wait, server: Scripted, active: str, *, doubted: bool
) -> None:
    """It is taken by its word, deployed; but if the service names another as active, that is told.

    There may be services that never tell which revision serves, or are long in telling.
    """
    film.frames = [frame("DEPLOYED", active=active)]

    settled = wait()

    told = f"revision {FIRST} is deployed, but the service still names {SECOND} as the active one"
    assert (told in settled.warning) is doubted
    assert (f"{server.url}/host/deployments/{DEPLOYMENT}" in settled.warning) is doubted
    assert wait.time.now < 60


@pytest.mark.parametrize("fate", ["SKIPPED", "BUILDING", "BUILD_FAILED"])
def test_a_newer_revision_is_followed(film: Film, wait: Wait, fate: str) -> None:
    """Somebody pushes meanwhile: what becomes of the older revision is of no interest."""
    first = frame("BUILDING") if fate == "BUILD_FAILED" else frame(fate)
    film.frames = [frame("QUEUED"), first, frame("BUILDING", SECOND), frame("DEPLOYED", SECOND)]

    assert wait().deployment.latest_revision_id == SECOND


def test_a_skipped_revision_without_a_newer_one_ends_it(film: Film, wait: Wait) -> None:
    """Nothing will come of it any more."""
    film.frames = [frame("QUEUED"), frame("SKIPPED")]

    with pytest.raises(errors.RolloutFailed, match="skipped it"):
        wait()

    assert wait.time.now < 60


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("CREATE_FAILED", "CREATE_FAILED"),
        ("BUILD_FAILED", "BUILD_FAILED"),
        ("DEPLOY_FAILED", "DEPLOY_FAILED"),
        ("INTERRUPTED", "somebody cancelled it"),
    ],
)
def test_a_failed_revision_ends_it_at_once(
    film: Film, wait: Wait, server: Scripted, status: str, says: str
) -> None:
    """The error names deployment, revision, status, page and what comes next."""
    film.frames = [frame("QUEUED"), frame(status)]

    with pytest.raises(errors.RolloutFailed) as failed:
        wait()

    assert [
        part for part in ("'support-agent'", FIRST, says) if part not in str(failed.value)
    ] == []
    assert f"{server.url}/host/deployments/{DEPLOYMENT}" in str(failed.value)
    assert re.search(r"`pulumi up` (then rolls|to roll) out again", str(failed.value))
    assert wait.time.now < 5


@pytest.mark.parametrize(
    ("status", "kind"), [("BUILD_FAILED", "build"), ("DEPLOY_FAILED", "deploy")]
)
def test_a_failure_brings_the_end_of_its_log(
    film: Film, wait: Wait, server: Scripted, status: str, kind: str
) -> None:
    """Reason and log lines are in the error, without the secrets that they quote."""
    failed_frame = frame(status, status_message=f"no module named {CANARY}")
    log = Reply(body={"logs": [{"message": f"boom {CANARY}"}, {"message": "step 7"}]})
    film.frames = [Frame(failed_frame.deployment, failed_frame.revision, log)]

    with pytest.raises(errors.RolloutFailed) as failed:
        wait()

    assert f"{status}: no module named [secret]" in str(failed.value)
    assert f"end of its {kind} log:\n    | step 7\n    | boom [secret]\n" in str(failed.value)
    assert server.requests[-1].query["type"] == kind
    assert "hush" not in str(failed.value)


def test_a_log_in_an_error_commands_no_runner(film: Film, wait: Wait) -> None:
    """A pipeline prints the error: no line of a build's log may be a command to its runner."""
    lines = ["::set-output name=url::x", "said ##[add-mask]x", "##vso[task]x"]
    failed_frame = frame("BUILD_FAILED")
    log = Reply(body={"logs": [{"message": line} for line in lines]})
    film.frames = [Frame(failed_frame.deployment, failed_frame.revision, log)]

    with pytest.raises(errors.RolloutFailed) as failed:
        wait()

    assert executed_commands(str(failed.value)) == []
    assert "| ::set-output" in str(failed.value)


@pytest.mark.parametrize(
    "reply",
    [
        RESET,
        Reply(502, "<html>"),
        Reply(500),
        Reply(503),
        Reply(429),
        Reply(408),
        Reply(404, "<html>"),
        Reply(200, "<html>"),
        Reply(404, {"detail": "Not Found"}),
    ],
)
def test_a_storm_passes(film: Film, wait: Wait, reply: Reply) -> None:
    """Minutes of failures that may pass don't end a wait."""
    film.frames = [frame("BUILDING"), *[passing(reply)] * 50, frame("DEPLOYED")]

    wait()

    assert wait.seen[-1] == "DEPLOYED"


def test_a_revision_that_shows_late_is_waited_for(film: Film, wait: Wait) -> None:
    """A new revision may be named before it can be read."""
    named = frame("QUEUED")
    missing = Reply(404, {"detail": f"Revision ID {FIRST} not found."})
    film.frames = [Frame(named.deployment, missing), frame("DEPLOYED")]

    wait()

    assert wait.seen[-1] == "DEPLOYED"


@pytest.mark.parametrize("status", [401, 403, 307, 400])
def test_what_does_not_pass_ends_it(film: Film, wait: Wait, status: int) -> None:
    """A key that is not accepted any more will not be later."""
    film.frames = [frame("BUILDING"), passing(Reply(status))]

    with pytest.raises(errors.APIStatusError):
        wait()

    assert wait.time.now < 5


@pytest.mark.parametrize(
    "end", [passing(gone()), Frame(Reply(body=deployment(status="AWAITING_DELETE")))]
)
def test_a_deletion_meanwhile_ends_it_at_once(film: Film, wait: Wait, end: Frame) -> None:
    """Nobody waits half an hour for a deployment that somebody else has deleted."""
    film.frames = [frame("BUILDING"), end]

    with pytest.raises(
        errors.DeploymentGone, match=r"revision 1111.* was BUILDING.*pulumi refresh"
    ):
        wait()

    assert wait.time.now < 5


def test_a_new_deployment_may_show_late(film: Film, wait: Wait) -> None:
    """Right after its creation a deployment may be missing for a moment."""
    film.frames = [passing(gone()), passing(gone()), frame("DEPLOYED")]

    assert wait().deployment.latest_revision_id == FIRST


def test_a_deployment_that_never_shows_is_gone(film: Film, wait: Wait) -> None:
    """A few looks are enough to believe it."""
    film.frames = [passing(gone())]

    with pytest.raises(errors.DeploymentGone):
        wait()

    assert wait.time.now < 5


@pytest.mark.parametrize("stale", ["DEPLOYED", "BUILD_FAILED", "SKIPPED"])
def test_an_answer_older_than_a_known_revision_is_not_taken(
    film: Film, wait: Wait, stale: str
) -> None:
    """A read may lag behind the write that made the revision."""
    film.frames = [frame(stale)] * 3 + [frame("DEPLOYED", SECOND)]

    assert wait(known=SECOND).deployment.latest_revision_id == SECOND


def test_a_revision_newer_than_a_known_one_is_taken(film: Film, wait: Wait) -> None:
    """When the list knows the older one, the newest is really newer."""
    newer = frame("DEPLOYED", SECOND)
    film.frames = [Frame(newer.deployment, newer.revision, listed=(SECOND, FIRST))]

    assert wait(known=FIRST).deployment.latest_revision_id == SECOND
    assert wait.time.slept == []


def test_a_known_revision_that_never_shows_is_forgotten(film: Film, wait: Wait) -> None:
    """A wait must not hang on one id."""
    film.frames = [frame("DEPLOYED")]

    assert wait(known=SECOND).deployment.latest_revision_id == FIRST


def test_a_timeout_says_where_it_stands(film: Film, wait: Wait) -> None:
    """The rollout goes on by itself, and the next `up` waits again."""
    film.frames = [frame("BUILDING")]

    with pytest.raises(errors.RolloutTimedOut) as late:
        wait(timeout=90)

    assert f"revision {FIRST} is BUILDING after 1 min 30 s" in str(late.value)
    assert "Run `pulumi up` later: it waits for the rest" in str(late.value)
    assert wait.time.now == pytest.approx(90)


def test_a_timeout_in_a_storm_says_why_nothing_was_seen(film: Film, wait: Wait) -> None:
    """The last failure is named beside the last status."""
    film.frames = [frame("BUILDING"), passing(Reply(502))]

    with pytest.raises(errors.RolloutTimedOut, match=r"is BUILDING .*the last look failed: .*502"):
        wait(timeout=90)


def test_there_is_a_last_look_after_the_deadline(film: Film, wait: Wait) -> None:
    """What is up at the deadline is up, however long the last pause was."""
    film.frames = [frame("BUILDING"), frame("BUILDING"), frame("DEPLOYED")]

    wait(timeout=2)

    assert wait.seen[-1] == "DEPLOYED"
    assert wait.time.now == pytest.approx(2)


def test_a_clock_that_jumps_costs_one_look(film: Film, wait: Wait) -> None:
    """After a laptop's sleep the deadline is long past; the end is still seen."""
    film.frames = [frame("BUILDING"), frame("DEPLOYED")]
    sleep = wait.time.sleep
    wait.time.sleep = lambda seconds: sleep(seconds + 10_000)  # type: ignore[method-assign]

    wait()

    assert wait.seen[-1] == "DEPLOYED"


def test_no_time_at_all_is_one_look(film: Film, wait: Wait, server: Scripted) -> None:
    """A timeout of zero asks once."""
    film.frames = [frame("BUILDING")]

    with pytest.raises(errors.RolloutTimedOut):
        wait(timeout=0)

    assert len(server.requests) == 2


def test_a_deployment_without_a_revision_is_waited_for(film: Film, wait: Wait) -> None:
    """The first revision may be named later than the deployment."""
    film.frames = [Frame(Reply(body=deployment(latest_revision_id=None))), frame("DEPLOYED")]

    assert wait().deployment.latest_revision_id == FIRST


def test_a_failing_service_is_not_hammered(film: Film, wait: Wait, server: Scripted) -> None:
    """An outage of ten minutes costs a few hundred requests at most."""
    film.frames = [passing(Reply(503))]

    with pytest.raises(errors.RolloutTimedOut):
        wait()

    assert len(server.requests) < 300


def test_polling_comes_back_when_asked_to(film: Film, wait: Wait) -> None:
    """Retry-After holds while polling too."""
    busy = passing(Reply(429, headers={"Retry-After": "30"}))
    film.frames = [busy, busy, frame("DEPLOYED")]

    wait()

    assert wait.time.now > 30


def test_pauses_grow_gently(time: Time) -> None:
    """From one second to five."""
    list(poll_schedule(60, time.clock, time.sleep))

    assert time.slept[0] == 1
    assert max(time.slept) == 5
    assert all(b <= a * 1.2 + 1e-9 for a, b in zip(time.slept, time.slept[1:], strict=False))


@pytest.mark.parametrize("cap", ["0", "0.001", "-1"])
def test_pauses_can_be_capped(monkeypatch: pytest.MonkeyPatch, time: Time, cap: str) -> None:
    """Tests and demonstrations need not wait."""
    monkeypatch.setenv("LANGSMITH_PULUMI_POLL_SECONDS", cap)
    monkeypatch.setattr("time.sleep", time.sleep)

    sleep(5)

    assert time.slept == [max(float(cap), 0)]


@pytest.mark.parametrize("cap", ["soon", "nan", None])
def test_a_cap_that_is_no_number_is_none(
    monkeypatch: pytest.MonkeyPatch, time: Time, cap: str | None
) -> None:
    """Nonsense in the environment changes nothing."""
    monkeypatch.delenv("LANGSMITH_PULUMI_POLL_SECONDS", raising=False)
    if cap:
        monkeypatch.setenv("LANGSMITH_PULUMI_POLL_SECONDS", cap)
    monkeypatch.setattr("time.sleep", time.sleep)

    sleep(5)

    assert time.slept == [5]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (1800, "30 min"), (95, "1 min 35 s")],
)
def test_durations_are_spoken(seconds: float, words: str) -> None:
    """Nobody counts 1800 seconds."""
    assert format_duration(seconds) == words


def wait_gone(client: ControlPlaneClient, seen: list[str], timeout: float = TIMEOUT) -> None:
    wait_until_gone(
        client,
        DEPLOYMENT,
        timeout=timeout,
        on_progress=lambda status, _: seen.append(status),
    )


def test_a_deletion_is_over_when_the_deployment_is_missing(
    client: ControlPlaneClient, film: Film
) -> None:
    """Only then its name is free; error pages and outages on the way say nothing."""
    course = ["READY", "AWAITING_DELETE", "AWAITING_FINAL_DELETE"]
    film.frames = [
        *(Frame(Reply(body=deployment(status=status))) for status in course),
        *[passing(Reply(404, "<html>"))] * 3,
        passing(Reply(502)),
        passing(gone()),
    ]
    seen: list[str] = []

    wait_gone(client, seen)

    assert seen == course


def test_a_deletion_that_takes_long_goes_on_by_itself(
    client: ControlPlaneClient, film: Film
) -> None:
    """The error names the deployment, its status and what comes next."""
    film.frames = [Frame(Reply(body=deployment(status="AWAITING_DELETE")))]

    with pytest.raises(errors.DeletionTimedOut) as late:
        wait_gone(client, [], timeout=30)

    assert f"'support-agent' ({DEPLOYMENT}) is still AWAITING_DELETE, 30 s after" in str(late.value)
    assert "goes on by itself" in str(late.value)


class Hanging(httpx.BaseTransport):
    """A control plane that takes a request and says no more, after so many answers."""

    def __init__(self, inner: httpx.BaseTransport, time: Time, answers: int) -> None:
        self._inner = inner
        self._time = time
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._answers -= 1
        if self._answers >= 0:
            return self._inner.handle_request(request)
        self._time.sleep(request.extensions["timeout"]["read"])
        raise httpx.ReadTimeout("timed out", request=request)


def hanging(server: Scripted, time: Time, answers: int) -> ControlPlaneClient:
    # Nobody closes this client, so it keeps no connection open.
    inner = httpx.HTTPTransport(verify=False, limits=httpx.Limits(max_keepalive_connections=0))
    transport = Hanging(inner, time, answers)
    settings = Settings(KEY, server.url)
    return ControlPlaneClient(settings, transport=transport, sleep=time.sleep, clock=time.clock)


@pytest.mark.parametrize("timeout", [15.0, 40.0, 600.0])
@pytest.mark.parametrize("answers", [0, 1, 2, 3])
def test_a_server_that_hangs_holds_a_wait_no_longer_than_its_timeout(
    film: Film, server: Scripted, time: Time, timeout: float, answers: int
) -> None:
    """Requests, retries and pauses end with the wait; the row says for how long nothing came."""
    film.frames = [frame("QUEUED")]
    silences: list[PollFailure] = []

    with pytest.raises(errors.RolloutTimedOut, match="nothing came for"):
        wait_for_rollout(
            hanging(server, time, answers),
            DEPLOYMENT,
            timeout=timeout,
            on_progress=lambda *_: None,
            on_poll_failure=silences.append,
        )

    assert timeout <= time.now <= timeout + 12
    assert silences[-1].seconds >= timeout - 5
    assert {one.is_answered for one in silences} == {False}
    assert silences[-1].last_status == ("QUEUED" if answers > 1 else "")
    assert max(_gaps(silences)) <= 40


def _gaps(silences: list[PollFailure]) -> list[float]:
    moments = [0.0, *(one.elapsed for one in silences)]
    return [after - before for before, after in pairwise(moments)]


@pytest.mark.parametrize("answers", [0, 1])
def test_a_server_that_hangs_holds_a_deletion_no_longer_than_its_timeout(
    film: Film, server: Scripted, time: Time, answers: int
) -> None:
    """The wait for a deletion ends as that for a rollout does."""
    film.frames = [frame("DEPLOYED")]

    with pytest.raises(errors.DeletionTimedOut, match="nothing came for"):
        wait_until_gone(
            hanging(server, time, answers), DEPLOYMENT, timeout=20, on_progress=lambda *_: None
        )

    assert 20 <= time.now <= 32


def test_a_log_that_hangs_does_not_hold_the_failure_back(
    film: Film, server: Scripted, time: Time
) -> None:
    """The revision has failed, and that is told within a minute, without its log."""
    film.frames = [frame("BUILD_FAILED")]

    with pytest.raises(errors.RolloutFailed, match="BUILD_FAILED"):
        wait_for_rollout(
            hanging(server, time, 2), DEPLOYMENT, timeout=600, on_progress=lambda *_: None
        )

    assert time.now <= 60


def test_a_list_that_hangs_counts_as_a_look_that_saw_nothing(
    film: Film, server: Scripted, time: Time
) -> None:
    """The look-up of whether an answer is stale is part of the wait."""
    film.frames = [frame("BUILD_FAILED")]

    with pytest.raises(errors.RolloutTimedOut):
        wait_for_rollout(
            hanging(server, time, 2),
            DEPLOYMENT,
            timeout=15,
            on_progress=lambda *_: None,
            revision_id=SECOND,
        )

    assert time.now <= 27


def test_a_failing_server_is_told_from_one_that_is_silent(
    film: Film, client: ControlPlaneClient, time: Time
) -> None:
    """A 502 is an answer, though of no use."""
    film.frames = [frame("QUEUED"), passing(Reply(502))]
    silences: list[PollFailure] = []

    with pytest.raises(errors.RolloutTimedOut):
        wait_for_rollout(
            client,
            DEPLOYMENT,
            timeout=20,
            on_progress=lambda *_: None,
            on_poll_failure=silences.append,
        )

    assert {(one.is_answered, one.last_status) for one in silences} == {(True, "QUEUED")}
