"""Waiting until the newest revision of a deployment has ended, whoever made it.

When somebody pushes or patches meanwhile, the wait follows the newer revision. It ends

1. well, when the newest revision is deployed and serves. One that is deployed and goes on not being
   the active one is taken for that too, since services may be slow to tell, or tell nothing; but
   where the service names another one, the result says so;
2. at once, when the newest revision has failed (by the table in ``verdict``), when the deployment
   is deleted, or when the key is not accepted any more;
3. past the timeout, after one last look. The rollout goes on by itself then.

Failures that may pass don't end it: a control plane under repair answers 502 for minutes. The
requests of each look, with their retries and pauses, end by the timeout; those of the last look a
few seconds after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import (
    TRANSIENT,
    AnswerLost,
    ControlPlaneError,
    DeploymentMissing,
    RevisionMissing,
    RouteMissing,
    Unreachable,
)
from .farewell import Seen, failed, gone, not_serving, still_there, timed_out
from .polling import looks
from .retrying import BRIEFLY, asked_pause
from .verdict import Verdict, deletion_began, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Deployment, Revision
    from .client import ControlPlane

PASSING = (*TRANSIENT, RouteMissing, RevisionMissing)
"""While polling. The address was right a moment ago, so a proxy's 404 page passes too."""

_PATIENCE = 10
"""Looks at a state that passes by itself as a rule, before it is taken for what it says."""
_LAST_LOOK = 5.0
"""Seconds for the requests of a look that begins at the end of the timeout."""
_UNSEEN = 3
"""Looks for a deployment that was never seen: one just made may show late."""


@dataclass(frozen=True)
class Settled:
    """A deployment whose newest revision is deployed."""

    deployment: Deployment
    doubt: str = ""
    """Why it may not serve all the same, in a sentence for people; empty as a rule."""


def wait_for_rollout(  # noqa: PLR0913 - what a wait is told, and what it tells
    client: ControlPlane,
    deployment_id: str,
    *,
    timeout: float,
    on_progress: Callable[[Revision, float], None],
    on_silence: Callable[[Silence], None] = lambda _: None,
    revision_id: str | None = None,
) -> Settled:
    """Wait until the newest revision is up; raises a ``WaitError`` if that does not happen.

    ``timeout`` is in seconds. ``on_progress`` gets the newest revision and the seconds so far, at
    each look; ``on_silence`` hears of each look that saw nothing. ``revision_id`` is one that is
    known to exist: an answer older than it is not taken.
    """
    sight = _Sight(client, timeout, on_silence)
    watch = _Watch(sight, deployment_id, revision_id, on_progress)
    for elapsed in looks(timeout, client.clock, client.sleep):
        settled = watch.look(elapsed)
        if settled is not None:
            return settled
    raise timed_out(client, deployment_id, timeout, watch.seen())


@dataclass(frozen=True)
class Silence:
    """A look that saw nothing."""

    seconds: float
    """Since the last look that saw something, or since the wait began."""
    elapsed: float
    """Since the wait began."""
    last_seen: str
    """The status that was seen last; empty when none was."""
    is_answered: bool
    """Whether there are answers, though of no use, such as 502."""


class _Sight:
    """The looks of one wait: how long they may take, and for how long they have seen nothing."""

    def __init__(
        self, client: ControlPlane, timeout: float, on_silence: Callable[[Silence], None]
    ) -> None:
        self.client = client
        self._on_silence = on_silence
        self._started = self._answered = client.clock()
        self._deadline = self._started + timeout

    def for_this_look(self) -> ControlPlane:
        """Return the client with the time that is left, and at least a little for the last look."""
        return self.client.until(max(self._deadline, self.client.clock() + _LAST_LOOK))

    def answered(self) -> None:
        """Note that a look saw something."""
        self._answered = self.client.clock()

    def failed(self, failure: ControlPlaneError, last_seen: str) -> None:
        """Tell that a look saw nothing, and rest as long as the server asks for."""
        now = self.client.clock()
        self._on_silence(
            Silence(
                seconds=now - self._answered,
                elapsed=now - self._started,
                last_seen=last_seen,
                is_answered=not isinstance(failure, (AnswerLost, Unreachable)),
            )
        )
        rest = min(asked_pause(failure) or 0.0, self._deadline - now)
        if rest > 0:
            self.client.sleep(rest)


class _Watch:
    """What was seen so far, and one look more."""

    def __init__(
        self,
        sight: _Sight,
        deployment_id: str,
        known: str | None,
        on_progress: Callable[[Revision, float], None],
    ) -> None:
        self._sight = sight
        self._client = sight.client
        self._id = deployment_id
        self._known = known
        self._on_progress = on_progress
        self._unseen = 0
        """Looks that found no deployment."""
        self._unmoved = 0
        """Looks in a row at the same revision in the same status, but for the first."""
        self.deployment: Deployment | None = None
        self.revision: Revision | None = None
        self.trouble: ControlPlaneError | None = None
        """Why the last look saw nothing, if so."""

    def seen(self) -> Seen:
        """Return the last that was seen, for the error."""
        return Seen(self.deployment, self.revision, self.trouble)

    def look(self, elapsed: float) -> Settled | None:
        """Look once: the end, or None while it goes on."""
        self.trouble = None
        self._client = self._sight.for_this_look()
        try:
            settled = self._look(elapsed)
        except PASSING as failure:
            self.trouble = failure
            self._sight.failed(failure, self.revision.status if self.revision else "")
        except DeploymentMissing as missing:
            self._unseen += 1
            if self.deployment is not None or self._unseen >= _UNSEEN:
                raise gone(self._id, self.seen()) from missing
            self.trouble = missing
        else:
            self._sight.answered()
            return settled
        return None

    def _look(self, elapsed: float) -> Settled | None:
        self.deployment = deployment = self._client.get(self._id, policy=BRIEFLY)
        if deletion_began(deployment.status):
            raise gone(self._id, self.seen())
        if deployment.latest_revision_id is None:
            return None
        revision = self._client.revision(self._id, deployment.latest_revision_id, policy=BRIEFLY)
        self._note(revision)
        self._on_progress(revision, elapsed)
        return self._judged(deployment, revision)

    def _note(self, revision: Revision) -> None:
        before = self.revision
        moved = before is None or (before.id, before.status) != (revision.id, revision.status)
        self._unmoved = 0 if moved else self._unmoved + 1
        self.revision = revision

    def _judged(self, deployment: Deployment, revision: Revision) -> Settled | None:
        found = verdict(revision.status)
        if found is Verdict.UNDER_WAY:
            return None
        if self._unmoved < _PATIENCE and self._may_pass(found, deployment, revision):
            return None
        if found is Verdict.SUCCEEDED:
            return Settled(deployment, not_serving(self._client, deployment, revision))
        raise failed(self._client, deployment, revision)

    def _may_pass(self, found: Verdict, deployment: Deployment, revision: Revision) -> bool:
        """Whether a revision that has ended may show as something else at the next looks."""
        if found is Verdict.SUPERSEDED:
            return True
        # It is deployed a moment before it serves, and only then the URL is sure.
        serves = deployment.active_revision_id == revision.id
        return (found is Verdict.SUCCEEDED and not serves) or self._is_stale(revision)

    def _is_stale(self, newest: Revision) -> bool:
        """Whether the answer is from before the revision that is known to exist."""
        if self._known in (None, newest.id):
            return False
        listed = [other.id for other in self._client.revisions(self._id)]
        both = [identifier for identifier in listed if identifier in (self._known, newest.id)]
        return both != [newest.id, self._known]


def wait_until_gone(
    client: ControlPlane,
    deployment_id: str,
    *,
    timeout: float,
    on_progress: Callable[[str, float], None],
    on_silence: Callable[[Silence], None] = lambda _: None,
) -> None:
    """Wait until the control plane says that a deleted deployment is gone: its name is free then.

    ``timeout`` is in seconds. ``on_progress`` gets the status and the seconds so far.
    """
    deployment: Deployment | None = None
    trouble: ControlPlaneError | None = None
    sight = _Sight(client, timeout, on_silence)
    for elapsed in looks(timeout, client.clock, client.sleep):
        trouble = None
        try:
            deployment = sight.for_this_look().get(deployment_id, policy=BRIEFLY)
        except DeploymentMissing:
            return
        except PASSING as failure:
            trouble = failure
            sight.failed(failure, deployment.status if deployment else "")
        else:
            sight.answered()
            on_progress(deployment.status, elapsed)
    raise still_there(deployment_id, timeout, Seen(deployment, None, trouble))
