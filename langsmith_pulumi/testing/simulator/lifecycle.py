"""The statuses that revisions and deployments pass through, as tables, and how fast they do.

A course is a list of statuses and a tempo. Time is counted in ticks: seconds of the clock, or
reads of the deployment. A step of no ticks is over at the next look.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BUILT = (
    "CREATING",
    "QUEUED",
    "AWAITING_BUILD",
    "BUILDING",
    "AWAITING_DEPLOY",
    "DEPLOYING",
    "DEPLOYED",
)
PREBUILT = ("CREATING", "QUEUED", "AWAITING_DEPLOY", "DEPLOYING", "DEPLOYED")
COURSE_OF_SOURCE = {
    "github": BUILT,
    "internal_source": BUILT,
    "internal_template": BUILT,
    "internal_docker": PREBUILT,
    "external_docker": PREBUILT,
}
LAST_STATUS_BEFORE = {
    "CREATE_FAILED": "CREATING",
    "SKIPPED": "QUEUED",
    "BUILD_FAILED": "BUILDING",
    "INTERRUPTED": "BUILDING",
}
NOT_STARTED = frozenset({"CREATING", "QUEUED"})
WITHOUT_BUILD_LOG = frozenset({*NOT_STARTED, "AWAITING_BUILD", "CREATE_FAILED", "SKIPPED"})
WITH_COMMIT = frozenset({"AWAITING_DEPLOY", "DEPLOYING", "DEPLOYED", "DEPLOY_FAILED"})
WITH_DEPLOY_LOG = frozenset({"DEPLOYING", "DEPLOYED", "DEPLOY_FAILED"})
FINAL = frozenset(
    {"DEPLOYED", "CREATE_FAILED", "BUILD_FAILED", "DEPLOY_FAILED", "SKIPPED", "INTERRUPTED"}
)

ARRIVING = ("AWAITING_DATABASE", "READY")
LEAVING = ("AWAITING_DELETE", "AWAITING_FINAL_DELETE", "GONE")

_ROUNDING = 1e-6  # sums of thirds of a second must not miss the full one


@dataclass
class Course:
    """The statuses still to come, the present one first; each but the last lasts `step` ticks."""

    statuses: list[str]
    since: float
    step: float

    @property
    def status(self) -> str:
        """The present status."""
        return self.statuses[0]

    @property
    def finished(self) -> bool:
        """Whether nothing is to come any more."""
        return len(self.statuses) == 1

    def advance(self, now: float, *, stop_at: str | None = None) -> None:
        """Move on as far as the ticks allow, but not beyond `stop_at`."""
        while (
            not self.finished
            and self.status != stop_at
            and self.since + self.step <= now + _ROUNDING
        ):
            self.statuses.pop(0)
            self.since += self.step

    def hold(self, until: float) -> None:
        """Let the present status begin no earlier than at this tick."""
        if not self.finished:
            self.since = max(self.since, until)

    def end(self, status: str, now: float) -> None:
        """Stop here and now, in this status."""
        self.statuses = [status]
        self.since = now


@dataclass(frozen=True)
class Pace:
    """How fast things go: seconds for a whole course, or reads for each status of it."""

    revision_seconds: float = 0.0
    deletion_seconds: float = 0.0
    reads: int | None = None

    def revision(self, source: str, ending: str, now: float) -> Course:
        """Set a revision on its course to this ending."""
        whole = COURSE_OF_SOURCE[source]
        return Course(
            revision_course(source, ending), now, self._step(self.revision_seconds, whole)
        )

    def arrival(self, now: float) -> Course:
        """Set a new deployment on its course; its database comes with the first statuses."""
        return Course(list(ARRIVING), now, self._step(self.revision_seconds, BUILT))

    def departure(self, now: float) -> Course:
        """Set a deployment on its way out."""
        return Course(list(LEAVING), now, self._step(self.deletion_seconds, LEAVING))

    def _step(self, seconds: float, statuses: Sequence[str]) -> float:
        return seconds / (len(statuses) - 1) if self.reads is None else self.reads


def revision_course(source: str, ending: str) -> list[str]:
    """List what a revision of this source passes through to end like that.

    An ending that is a status on the way means that the revision gets stuck there; a word
    nobody knows comes in the place of `DEPLOYED`.
    """
    way = list(COURSE_OF_SOURCE[source])
    if ending in way:
        return way[: way.index(ending) + 1]
    before = LAST_STATUS_BEFORE.get(ending, "DEPLOYING")
    last = before if before in way else "DEPLOYING"
    return [*way[: way.index(last) + 1], ending]


def advance_in_turn(courses: Sequence[Course], now: float) -> None:
    """Move revisions on, oldest first: one runs at a time, and later ones wait in the queue."""
    free_since = float("-inf")
    busy = False
    for course in courses:
        if busy:
            course.advance(now, stop_at="QUEUED")
            continue
        course.hold(free_since)
        course.advance(now)
        busy = course.status not in FINAL
        free_since = max(free_since, course.since)


def skip_waiting(courses: Sequence[Course], now: float) -> None:
    """End the revisions that have not started: a newer one takes their place."""
    for course in courses:
        if course.status in NOT_STARTED:
            course.end("SKIPPED", now)
