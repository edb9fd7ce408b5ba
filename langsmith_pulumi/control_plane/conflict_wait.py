"""Wait out a 409 that ends by itself, then send the request again. Others are errors at once.

A change may meet a revision in progress. The vendor's clients report it for new revisions; whether
a PATCH, a redeploy and a resize can be answered so is not documented.

A create may meet a deployment that is being deleted, which keeps its name, and its place as the
only one of an agent, until it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .errors import Conflict, ControlPlaneError
from .polling import TEMPORARY, Polls
from .retry import POLLING
from .revision_status import Outcome, is_being_deleted, outcome_of
from .wait_errors import LastSeen, create_timed_out, deployment_gone, still_in_progress
from .waiting import wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import ControlPlaneClient
    from .models import DeploymentCreateRequest
    from .polling import PollFailure
    from .responses import LiveDeployment, Revision

T = TypeVar("T")

_SECONDS_BETWEEN_CREATES = 5.0
"""For a deployment that a list still shows, though it is gone."""


def send_when_idle(  # noqa: PLR0913 - the options and callbacks of a wait
    client: ControlPlaneClient,
    deployment_id: str,
    send: Callable[[LiveDeployment | None], T],
    *,
    timeout: float,
    on_conflict: Callable[[Conflict], None],
    on_progress: Callable[[Revision, float], None],
    on_poll_failure: Callable[[PollFailure], None] = lambda _: None,
) -> T:
    """Send a change; while a revision is in progress, wait until it has ended and send it again.

    ``send`` receives the deployment as read during the wait, or None at first. ``timeout`` is in
    seconds; after it the 409 is raised, with the revision that it waited for. ``on_conflict``
    receives the first 409, when the wait begins.
    """
    try:
        return send(None)
    except Conflict as conflict:
        blocked = _as_blocked(conflict)
    on_conflict(blocked)
    polls = Polls(client, timeout, on_poll_failure)
    wait = _IdleWait(polls, deployment_id)
    for elapsed in polls.schedule():
        if not wait.poll(elapsed, on_progress):
            continue
        try:
            return send(wait.last_seen.deployment)
        except Conflict as conflict:
            blocked = _as_blocked(conflict)
    seen = wait.last_seen
    page_url = client.dashboard_url(seen.deployment) if seen.deployment else ""
    raise still_in_progress(blocked, timeout, seen, page_url)


def _as_blocked(conflict: Conflict) -> Conflict:
    """Return the conflict if waiting can resolve it; raise it otherwise."""
    is_unclear = conflict.uncertainty or conflict.verification_error
    if conflict.kind != "revision_in_progress" or is_unclear:
        raise conflict
    return conflict


def create_when_free(  # noqa: PLR0913 - the options and callbacks of a wait
    client: ControlPlaneClient,
    body: DeploymentCreateRequest,
    *,
    timeout: float,
    on_conflict: Callable[[Conflict], None],
    on_progress: Callable[[str, float], None],
    on_poll_failure: Callable[[PollFailure], None] = lambda _: None,
) -> LiveDeployment:
    """Create a deployment; while another one that is being deleted is in its way, wait.

    ``timeout`` is in seconds; after it ``DeletionTimedOut`` is raised. ``on_conflict`` receives
    the 409 for each deployment that is waited for, ``on_progress`` its status and the seconds.
    """
    deadline = client.clock() + timeout
    waited_for: set[str] = set()
    while True:
        try:
            return client.create(body)
        except Conflict as conflict:
            if not conflict.is_being_deleted or client.clock() >= deadline:
                raise
            blocking = conflict
        deletion = str(blocking.deployment_id)
        if deletion in waited_for:
            client.sleep(_SECONDS_BETWEEN_CREATES)
        else:
            on_conflict(blocking)
            waited_for.add(deletion)
        wait_until_gone(
            client,
            deletion,
            timeout=deadline - client.clock(),
            on_progress=on_progress,
            on_poll_failure=on_poll_failure,
            timed_out=create_timed_out,
        )


class _IdleWait:
    """The observations of a wait for the end of a revision that blocks a change."""

    def __init__(self, polls: Polls, deployment_id: str) -> None:
        self._polls = polls
        self._id = deployment_id
        self.last_seen = LastSeen(None, None, None)

    def poll(self, elapsed: float, on_progress: Callable[[Revision, float], None]) -> bool:
        """Read the newest revision; return True if it is not in progress."""
        try:
            deployment, newest = self._read(self._polls.limited_client())
        except TEMPORARY as error:
            self._record_failure(error)
            return False
        self._polls.succeeded()
        self.last_seen = LastSeen(deployment, newest, None)
        if is_being_deleted(deployment.status):
            raise deployment_gone(self._id, self.last_seen)
        if newest is None or outcome_of(newest.status) is not Outcome.IN_PROGRESS:
            return True
        on_progress(newest, elapsed)
        return False

    def _read(self, client: ControlPlaneClient) -> tuple[LiveDeployment, Revision | None]:
        deployment = client.get(self._id, policy=POLLING)
        newest_id = deployment.latest_revision_id
        if newest_id is None:
            return deployment, None
        return deployment, client.revision(self._id, newest_id, policy=POLLING)

    def _record_failure(self, error: ControlPlaneError) -> None:
        before = self.last_seen
        self.last_seen = LastSeen(before.deployment, before.revision, error)
        self._polls.failed(error, before.revision.status if before.revision else "")
