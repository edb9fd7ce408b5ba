"""The statuses of revisions and deployments, as tables, and their timelines.

A timeline is a list of statuses and the duration of each. Time is counted in ticks: seconds of the
clock, or reads of the deployment. A step of no ticks is over at the next read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

BUILD_STATUSES = (
    "CREATING",
    "QUEUED",
    "AWAITING_BUILD",
    "BUILDING",
    "AWAITING_DEPLOY",
    "DEPLOYING",
    "DEPLOYED",
)
IMAGE_STATUSES = ("CREATING", "QUEUED", "AWAITING_DEPLOY", "DEPLOYING", "DEPLOYED")
STATUSES_OF_SOURCE: dict[str, tuple[str, ...]] = {
    "github": BUILD_STATUSES,
    "internal_source": BUILD_STATUSES,
    "internal_template": BUILD_STATUSES,
    "internal_docker": IMAGE_STATUSES,
    "external_docker": IMAGE_STATUSES,
}
LAST_STATUS_BEFORE = {
    "CREATE_FAILED": "CREATING",
    "SKIPPED": "QUEUED",
    "BUILD_FAILED": "BUILDING",
    "INTERRUPTED": "BUILDING",
}
NOT_STARTED = frozenset({"CREATING", "QUEUED"})
WITH_COMMIT = frozenset({"AWAITING_DEPLOY", "DEPLOYING", "DEPLOYED", "DEPLOY_FAILED"})
WITHOUT_SERVER = frozenset({"CREATE_FAILED", "BUILD_FAILED", "SKIPPED"})
FINAL = frozenset(
    {"DEPLOYED", "CREATE_FAILED", "BUILD_FAILED", "DEPLOY_FAILED", "SKIPPED", "INTERRUPTED"}
)

CREATION_STATUSES = ("AWAITING_DATABASE", "READY")
DELETION_STATUSES = ("AWAITING_DELETE", "AWAITING_FINAL_DELETE", "GONE")

_ROUNDING = 1e-6  # sums of thirds of a second must not miss the full one


@dataclass
class StatusTimeline:
    """The current status and those to come; each but the last lasts `step` ticks.

    `began` has the ticks at which the statuses after the first one began.
    """

    statuses: list[str]
    since: float
    step: float
    began: dict[str, float] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Return the current status."""
        return self.statuses[0]

    @property
    def is_finished(self) -> bool:
        """Return True if no status is to come."""
        return len(self.statuses) == 1

    @property
    def is_in_progress(self) -> bool:
        """Return True if the current status is not final, or others are to come."""
        return self.status not in FINAL or not self.is_finished

    def advance(self, now: float, *, stop_at: str | None = None) -> None:
        """Advance as far as the ticks allow, but not beyond `stop_at`."""
        while (
            not self.is_finished
            and self.status != stop_at
            and self.since + self.step <= now + _ROUNDING
        ):
            self.statuses.pop(0)
            self.since += self.step
            self.began[self.status] = self.since

    def delay_until(self, until: float) -> None:
        """Make the current status begin no earlier than at this tick."""
        if not self.is_finished:
            self.since = max(self.since, until)

    def end(self, status: str, now: float) -> None:
        """End at this tick, in this status."""
        self.interrupt(status, now, resumes=False)

    def interrupt(self, status: str, now: float, *, resumes: bool) -> None:
        """Enter this status at this tick, and go on from there if it resumes."""
        self.statuses = [status, *(self.statuses[1:] if resumes else ())]
        self.since = now


@dataclass(frozen=True)
class Timing:
    """The durations: seconds for a whole timeline, or reads for each of its statuses."""

    revision_seconds: float = 0.0
    deletion_seconds: float = 0.0
    reads: int | None = None

    def revision(self, source: str, final: str, now: float) -> StatusTimeline:
        """Return the timeline of a revision with this final status."""
        statuses = STATUSES_OF_SOURCE[source]
        return StatusTimeline(
            revision_statuses(source, final), now, self._step(self.revision_seconds, statuses)
        )

    def creation(self, now: float) -> StatusTimeline:
        """Return the timeline of a new deployment, which is READY after one step of a revision."""
        return StatusTimeline(
            list(CREATION_STATUSES), now, self._step(self.revision_seconds, BUILD_STATUSES)
        )

    def deletion(self, now: float) -> StatusTimeline:
        """Return the timeline of a deletion."""
        return StatusTimeline(
            list(DELETION_STATUSES), now, self._step(self.deletion_seconds, DELETION_STATUSES)
        )

    def _step(self, seconds: float, statuses: Sequence[str]) -> float:
        return seconds / (len(statuses) - 1) if self.reads is None else self.reads


def revision_statuses(source: str, final: str) -> list[str]:
    """Return the statuses of a revision of this source up to the final one.

    A revision whose final status is an intermediate one gets stuck there; an unknown final status
    takes the place of `DEPLOYED`.
    """
    statuses = list(STATUSES_OF_SOURCE[source])
    if final in statuses:
        return statuses[: statuses.index(final) + 1]
    before = LAST_STATUS_BEFORE.get(final, "DEPLOYING")
    last = before if before in statuses else "DEPLOYING"
    return [*statuses[: statuses.index(last) + 1], final]


def advance_revisions(timelines: Sequence[StatusTimeline], now: float) -> None:
    """Advance revisions, oldest first: one runs at a time, and later ones wait in the queue."""
    free_since = float("-inf")
    busy = False
    for timeline in timelines:
        if busy:
            timeline.advance(now, stop_at="QUEUED")
            continue
        timeline.delay_until(free_since)
        timeline.advance(now)
        busy = timeline.is_in_progress
        free_since = max(free_since, timeline.since)


def skip_queued(timelines: Sequence[StatusTimeline], now: float) -> None:
    """Mark the revisions that have not started as SKIPPED: a newer one takes their place."""
    for timeline in timelines:
        if timeline.status in NOT_STARTED:
            timeline.end("SKIPPED", now)
