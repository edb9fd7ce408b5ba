"""Waits for a rollout and for a deletion.

A wait for a rollout follows the newest revision, also one that another user makes meanwhile. It
ends

1. with success, when the newest revision is deployed and active. A revision that is DEPLOYED but
   not active after half a minute counts as a success, because services may report it late or never;
   the result carries a warning if the service names another active revision;
2. with an error, when the newest revision has failed (see ``revision_status``), when the deployment
   is deleted, or when the API key is no longer accepted;
3. with an error after the timeout and one last poll. The rollout continues by itself then.

While other waits go on too, a list shows for all of them that nothing has changed, which spares the
requests of a poll; see ``watching``. How often a wait polls is the matter of ``pace``.

Temporary errors do not end it: a control plane in maintenance answers 502 for minutes. The requests
of a poll, with their retries and delays, end at the timeout; those of the last poll end a few
seconds after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import DeploymentNotFound
from .polling import TEMPORARY, PollFailure, Polls
from .retry import POLLING
from .revision_status import Outcome, is_being_deleted, outcome_of
from .stuck import StuckRevisions
from .wait_errors import (
    LastSeen,
    deletion_timed_out,
    deployment_gone,
    inactive_warning,
    rollout_failed,
    rollout_timed_out,
)
from .watching import is_same_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from .client import ControlPlaneClient
    from .errors import ControlPlaneError, DeletionTimedOut
    from .logs import LogKind
    from .responses import LiveDeployment, Revision

    Observer: TypeAlias = Callable[[ControlPlaneClient, LiveDeployment, Revision], None]

_UNSETTLED_SECONDS = 30.0
"""Seconds for a state that usually changes by itself, before it is taken as final."""
_MAX_MISSING_POLLS = 3
"""Polls for a deployment that was never seen, because a new one may show late."""
_TRUST_SECONDS = 10.0
"""Seconds for which lists are believed that a deletion goes on."""
_LOG_LINES = 15
_LOG_SECONDS = 45.0
"""Limit for reading the log of a failed revision, so that its failure is reported soon."""
_LOG_KINDS: dict[str, LogKind] = {"DEPLOY_FAILED": "deploy"}


@dataclass(frozen=True)
class RolloutResult:
    """A deployment whose newest revision is deployed."""

    deployment: LiveDeployment
    warning: str = ""
    """Why the revision may not be active; empty as a rule."""
    seconds: float | None = None
    """How long the rollout took, counted from when the revision was made; None if not seen."""


def wait_for_rollout(  # noqa: PLR0913 - the options and callbacks of a wait
    client: ControlPlaneClient,
    deployment_id: str,
    *,
    timeout: float,
    on_progress: Callable[[Revision, float], None],
    on_poll_failure: Callable[[PollFailure], None] = lambda _: None,
    revision_id: str | None = None,
    on_interrupt: Callable[[str], None] | None = None,
    observers: Sequence[Observer] = (),
    earlier_seconds: float | None = None,
) -> RolloutResult:
    """Wait until the newest revision is deployed; raise a ``WaitError`` if it is not.

    ``timeout`` is in seconds. ``on_progress`` receives the newest revision and the elapsed seconds
    at each poll, ``on_poll_failure`` each poll without a usable response. ``revision_id`` is a
    revision that is known to exist: a response from before it is ignored. With ``on_interrupt`` an
    older revision that holds it in the queue for too long is interrupted, and that is reported.
    ``observers`` see each poll, with a client whose requests end in time; an error of one counts as
    that of the poll. ``earlier_seconds`` is how long an earlier rollout of the deployment took.
    """
    with client.joined(deployment_id) as watched:
        polls = Polls(client, timeout, on_poll_failure, watched)
        wait = _RolloutWait(polls, deployment_id, revision_id, earlier_seconds)
        wait.observers += observers
        if revision_id and on_interrupt:
            wait.observers.append(StuckRevisions(revision_id, on_interrupt).observe)
        for elapsed in polls.schedule():
            result = wait.poll(elapsed, on_progress)
            if result is not None:
                return result
    seen = wait.last_seen
    page_url = client.dashboard_url(seen.deployment) if seen.deployment else ""
    raise rollout_timed_out(deployment_id, timeout, seen, page_url)


class _RolloutWait:
    """The observations of one wait for a rollout."""

    def __init__(
        self,
        polls: Polls,
        deployment_id: str,
        known_revision_id: str | None,
        earlier_seconds: float | None,
    ) -> None:
        self._polls = polls
        self._client = polls.client
        self._id = deployment_id
        self._known = known_revision_id
        self._expected = earlier_seconds, polls.client.rollout_lengths.typical()
        self._began: float | None = None
        """The elapsed seconds at which the newest revision was made, mostly below zero."""
        self.observers: list[Observer] = []
        self._missing_polls = 0
        """Polls that found no deployment."""
        self._unchanged_since = 0.0
        """The elapsed seconds at the first poll with the last revision and status."""
        self._deployment: LiveDeployment | None = None
        self._revision: Revision | None = None
        self._listed: LiveDeployment | None = None
        """The deployment in the last list, which was taken before the last request."""
        self._asked_at = 0.0
        """The elapsed seconds at the last request for the revision."""
        self._error: ControlPlaneError | None = None
        """The error of the last poll, if any."""

    @property
    def last_seen(self) -> LastSeen:
        """Return the last observations, for an error."""
        return LastSeen(self._deployment, self._revision, self._error)

    def poll(
        self, elapsed: float, on_progress: Callable[[Revision, float], None]
    ) -> RolloutResult | None:
        """Poll once; return the result, or None while the rollout continues."""
        self._error = None
        self._client = self._polls.limited_client()
        try:
            revision = self._revision_in_progress(elapsed) or self._read(elapsed)
            if revision is None:
                result = None
            else:
                on_progress(revision, elapsed)
                self._observe(revision)
                result = self._result(revision, elapsed)
        except TEMPORARY as error:
            self._error, self._listed = error, None
            self._polls.failed(error, self._revision.status if self._revision else "")
        except DeploymentNotFound as error:
            self._listed = None
            self._missing_polls += 1
            if self._deployment is not None or self._missing_polls >= _MAX_MISSING_POLLS:
                raise deployment_gone(self._id, self.last_seen) from error
            self._error = error
        else:
            self._polls.succeeded()
            return result
        return None

    def _revision_in_progress(self, elapsed: float) -> Revision | None:
        """Return the newest revision if a list shows that it is still the one in progress.

        It is requested if the list shows any other change, and from time to time. None if the
        deployment has to be requested too.
        """
        revision = self._revision
        is_over = revision is not None and outcome_of(revision.status) is not Outcome.IN_PROGRESS
        listed = None if is_over else self._polls.look(self._client, elapsed)
        is_same = is_same_deployment(self._listed, listed)
        self._listed = listed
        is_known = is_same and not self._polls.is_request_due(elapsed, self._asked_at)
        if not is_known:
            self._asked_at = elapsed
        if revision is None or listed is None or not _goes_on(listed, revision):
            return None
        if not is_known:
            revision = self._client.revision(self._id, revision.id, policy=POLLING)
        if outcome_of(revision.status) is not Outcome.IN_PROGRESS:
            return None
        self._revision = revision
        return revision

    def _read(self, elapsed: float) -> Revision | None:
        """Return the newest revision, or None if there is none yet."""
        self._deployment = deployment = self._client.get(self._id, policy=POLLING)
        if is_being_deleted(deployment.status):
            raise deployment_gone(self._id, self.last_seen)
        if deployment.latest_revision_id is None:
            return None
        revision = self._client.revision(self._id, deployment.latest_revision_id, policy=POLLING)
        before = self._revision
        if before is None or (before.id, before.status) != (revision.id, revision.status):
            self._unchanged_since = elapsed
        self._revision = revision
        if before is None or before.id != revision.id:
            self._expect_end(revision, elapsed)
        return revision

    def _expect_end(self, revision: Revision, elapsed: float) -> None:
        """Note when a revision was made, and when it may end by the lengths of earlier ones."""
        is_seen = outcome_of(revision.status) is Outcome.IN_PROGRESS
        self._began = elapsed - max(revision.age or 0.0, 0.0) if is_seen else None
        self._polls.expected_ends = [
            self._began + length
            for length in self._expected
            if length is not None and self._began is not None
        ]

    def _result(self, revision: Revision, elapsed: float) -> RolloutResult | None:
        outcome, deployment = outcome_of(revision.status), self._deployment
        if outcome is Outcome.IN_PROGRESS or deployment is None:
            return None
        is_unsettled = elapsed - self._unchanged_since < _UNSETTLED_SECONDS
        if is_unsettled and self._may_change(outcome, deployment, revision):
            return None
        page_url = self._client.dashboard_url(deployment)
        if outcome is Outcome.SUCCEEDED:
            warning = inactive_warning(deployment, revision, page_url)
            return RolloutResult(deployment, warning, self._record_length(revision, elapsed))
        log_kind = _LOG_KINDS.get(revision.status, "build")
        reader = self._client.until(self._client.clock() + _LOG_SECONDS)
        raise rollout_failed(
            deployment,
            revision,
            log_kind=log_kind,
            log_lines=reader.build_log(deployment.id, revision.id, _LOG_LINES, log_kind),
            page_url=page_url,
        )

    def _record_length(self, revision: Revision, elapsed: float) -> float | None:
        """Remember how long the rollout took, if this wait has seen it in progress."""
        if self._began is None:
            return None
        seconds = max(revision.age or 0.0, elapsed - self._began)
        self._client.rollout_lengths.record(seconds)
        return seconds

    def _observe(self, newest: Revision) -> None:
        for observe in self.observers:
            if self._deployment:
                observe(self._client, self._deployment, newest)

    def _may_change(self, outcome: Outcome, deployment: LiveDeployment, revision: Revision) -> bool:
        """Return True if the next polls may show another state than this one."""
        if outcome is Outcome.SUPERSEDED:
            return True
        # A revision is deployed shortly before it is active, and only then the URL is final.
        is_active = deployment.active_revision_id == revision.id
        return (outcome is Outcome.SUCCEEDED and not is_active) or self._is_stale(revision)

    def _is_stale(self, newest: Revision) -> bool:
        """Return True if the response is from before the revision that is known to exist."""
        if self._known in (None, newest.id):
            return False
        listed = [other.id for other in self._client.revisions(self._id)]
        both = [identifier for identifier in listed if identifier in (self._known, newest.id)]
        return both != [newest.id, self._known]


def _goes_on(listed: LiveDeployment, revision: Revision) -> bool:
    """Return True if a revision that was in progress may still be that, by a list."""
    return (
        outcome_of(revision.status) is Outcome.IN_PROGRESS
        and listed.latest_revision_id == revision.id
        and listed.active_revision_id != revision.id
        and not is_being_deleted(listed.status)
    )


def wait_until_gone(  # noqa: PLR0913 - the options and callbacks of a wait
    client: ControlPlaneClient,
    deployment_id: str,
    *,
    timeout: float,
    on_progress: Callable[[str, float], None],
    on_poll_failure: Callable[[PollFailure], None] = lambda _: None,
    timed_out: Callable[[str, float, LastSeen], DeletionTimedOut] = deletion_timed_out,
) -> None:
    """Wait until the control plane says that a deleted deployment is gone, which frees its name.

    ``timeout`` is in seconds. ``on_progress`` receives the status and the elapsed seconds,
    ``timed_out`` returns the error after the timeout.
    """
    deployment: LiveDeployment | None = None
    error: ControlPlaneError | None = None
    with client.joined(deployment_id) as watched:
        polls = Polls(client, timeout, on_poll_failure, watched)
        wait = _DeletionWait(polls, deployment_id)
        for elapsed in polls.schedule():
            error = None
            try:
                deployment = wait.read(elapsed)
            except DeploymentNotFound:
                wait.record_length(elapsed)
                return
            except TEMPORARY as failure:
                error = failure
                polls.failed(failure, deployment.status if deployment else "")
            else:
                polls.succeeded()
                on_progress(deployment.status, elapsed)
    raise timed_out(deployment_id, timeout, LastSeen(deployment, None, error))


class _DeletionWait:
    """The looks at a deployment that is being deleted."""

    def __init__(self, polls: Polls, deployment_id: str) -> None:
        self._polls = polls
        self._id = deployment_id
        self._lengths = polls.client.deletion_lengths
        self._asked_at = 0.0
        typical = self._lengths.typical()
        polls.expected_ends = [] if typical is None else [typical]

    def read(self, elapsed: float) -> LiveDeployment:
        """Return the deployment as a list shows it, and from time to time as a request shows it.

        Only that says that it is gone.
        """
        client = self._polls.limited_client()
        is_due = elapsed - self._asked_at >= _TRUST_SECONDS
        listed = None if is_due else self._polls.look(client, elapsed)
        if listed is not None and is_being_deleted(listed.status):
            return listed
        self._asked_at = elapsed
        return client.get(self._id, policy=POLLING)

    def record_length(self, elapsed: float) -> None:
        """Remember how long the deletion took, if it was waited for."""
        if elapsed > 0:
            self._lengths.record(elapsed)
