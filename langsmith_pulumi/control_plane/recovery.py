"""Recovery from requests whose outcome is unknown: look up what is there, then decide.

The API has no idempotency key, so a blind retry could create a second deployment or a second
revision. The evidence is the live state and its age by the server's clock. Where it proves nothing,
as with a redacted secret or a negative age, the error is raised with that reason, and the next
``up`` makes the rest of the change.

A create is looked up by its name, which is unique:

- A resource with the requested configuration, no older than the request, is the one created.
- Any other resource of that name may be another user's: ``CreateOutcomeUnknown`` names its id.
- If there is none, the POST is sent once more. Should the first one be carried out late, the second
  is a conflict, and the deployment is found then.

Another user who creates the same resource under the same name within these seconds cannot be
distinguished.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from .comparison import differences
from .conflicts import adoption_hint
from .errors import (
    AMBIGUOUS,
    GONE,
    TRANSIENT,
    APIStatusError,
    Conflict,
    ControlPlaneError,
    CreateOutcomeUnknown,
)
from .retry import requested_delay
from .revision_status import Outcome, outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .comparison import Difference
    from .responses import ListedResource, LiveDeployment, Revision

T = TypeVar("T")
R = TypeVar("R", bound="ListedResource")

CLOCK_TOLERANCE = 2.0
"""Seconds by which two clocks of whole seconds may disagree about an age."""
LOOKUP_DELAYS = (0.5, 1.5, 3.0)
"""Seconds before each look-up, because a change may show late."""
CREATE_LOOKUP_DELAYS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each look-up of a resource that may have been created."""

_MAX_PATHS = 5
_PACKAGES = "tracked_packages"
_MAX_POSTS = 2


class Unverifiable(Exception):  # noqa: N818 - says what happened
    """The live state may come from this request or from another one; the text says why."""


def send_with_recovery(
    send: Callable[[], T],
    find_applied: Callable[[], T | None],
    *,
    rounds: int,
    delays: tuple[float, ...] = LOOKUP_DELAYS,
    sleep: Callable[[float], None],
) -> T:
    """Send a request; if its outcome is unknown, return what it left, or send it again.

    It is sent at most ``rounds`` times. The last error is raised, and so is one whose outcome stays
    ``Unverifiable``.
    """
    attempts = 0
    while True:
        try:
            return send()
        except Conflict as conflict:  # noqa: PERF203 - the request takes the time here
            # The revision in progress may be that of an earlier attempt.
            is_own = attempts > 0 and conflict.kind == "revision_in_progress"
            found = _look_up(find_applied, delays, sleep, conflict) if is_own else None
            if found is None:
                raise
            return found
        except AMBIGUOUS as error:
            rounds -= 1
            attempts += error.attempts
            error.attempts = attempts
            found = _look_up(find_applied, delays, sleep, error)
            if found is not None:
                return found
            if rounds == 0:
                raise


def _look_up(
    find_applied: Callable[[], T | None],
    delays: tuple[float, ...],
    sleep: Callable[[float], None],
    error: ControlPlaneError,
) -> T | None:
    requested = requested_delay(error) or 0.0
    uncertainty = ""
    for delay in (max(delays[0], requested), *delays[1:]):
        sleep(delay)
        try:
            found, uncertainty = find_applied(), ""
        except Unverifiable as reason:
            # A later look-up may find more: a build continues, variables show late.
            uncertainty = str(reason)
            continue
        except GONE:
            # More precise than the lost response.
            raise
        except (*TRANSIENT, APIStatusError) as lookup_error:
            # The look-up fails too, so a retry would be blind.
            error.verification_error = lookup_error
            raise error from None
        if found is not None:
            return found
    if uncertainty:
        # A retry might carry it out twice; taking the change for this one might lose it.
        error.uncertainty = uncertainty
        raise error from None
    return None


def created_since(live: ListedResource, elapsed: float) -> bool | None:
    """Return True if it was created within the last ``elapsed`` seconds; None if unknown.

    A negative age comes from clocks that disagree or from a local time, and proves nothing.
    """
    if live.age is None or live.age < -CLOCK_TOLERANCE:
        return None
    return live.age <= elapsed + CLOCK_TOLERANCE


def is_setting_applied(body: Mapping[str, Any], live: LiveDeployment) -> bool:
    """Return True if a PATCH in place was carried out; in doubt False, for twice does no harm."""
    return not differences(body, live, missing_means_unchanged=False)


def is_revision_applied(
    body: Mapping[str, Any],
    live: LiveDeployment,
    newest: Revision | None,
    elapsed: float,
    *,
    previous_is_known: bool,
) -> bool:
    """Return True if a PATCH with a new revision was carried out; raise ``Unverifiable`` in doubt.

    ``newest`` is the newest revision, or None if it is the one from before the PATCH;
    ``previous_is_known`` says that the one from before is known. The newest revision has to show
    the whole request; then nothing is lost, whoever made it.
    """
    if newest is None:
        return False
    all_found = differences(body, live, missing_means_unchanged=False)
    found = [one for one in all_found if not _is_recorded(one, live)]
    since = created_since(newest, elapsed)
    if since is False or any(one.is_shown for one in found):
        return False
    if found:
        paths = ", ".join(one.path for one in found[:_MAX_PATHS])
        raise Unverifiable(
            f"revision {newest.id} has come since, and the service does not show {paths} of it"
        )
    if since is None and not previous_is_known:
        raise Unverifiable(f"the service does not tell reliably when revision {newest.id} was made")
    return True


def _is_recorded(difference: Difference, live: LiveDeployment) -> bool:
    """Return True for packages that the service shows with the source of the newest revision.

    It may find others there by itself, so only equal ones prove something.
    """
    path = difference.path
    return path == _PACKAGES and difference.requested == live.source_revision_config.get(path)


def is_redeploy_applied(
    revision_id: str, newest: Revision | None, elapsed: float, *, previous_revision_id: str | None
) -> bool:
    """Return True if a redeploy was carried out; raise ``Unverifiable`` in doubt.

    It shows as a new revision, or as the given revision in progress again. The previous revision
    is the newest before the redeploy, if that is another one.
    """
    if newest is None:
        return False
    if newest.id == revision_id:
        return outcome_of(newest.status) is Outcome.IN_PROGRESS
    if newest.id == previous_revision_id:
        return False
    since = created_since(newest, elapsed)
    if since is None:
        raise Unverifiable(f"the service does not tell reliably when revision {newest.id} was made")
    return since


@dataclass(kw_only=True)
class Create(Generic[R]):
    """One create request, made safe to retry."""

    noun: str
    """What is created, such as ``deployment``."""
    key: str
    """The field that identifies it, such as ``name``."""
    name: str
    """The value of that field."""
    request: str
    """Method and path of the request."""
    post: Callable[[], R]
    find: Callable[[], R | None]
    """Returns the resource of that name."""
    differing_paths: Callable[[R], list[str]]
    """Returns the requested fields that a resource shows with another value."""
    explain_conflict: Callable[[Conflict], Conflict]
    """Returns a 409 with what it conflicts with."""
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    _posts: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)

    def run(self) -> R:
        """Return the resource that this request created; raise an error if there is none."""
        self._started = self.clock()
        try:
            return send_with_recovery(
                self._post_once,
                self._find_created,
                rounds=_MAX_POSTS,
                delays=CREATE_LOOKUP_DELAYS,
                sleep=self.sleep,
            )
        except Conflict as conflict:
            live = self._find_late()
            if live is None:
                raise self.explain_conflict(conflict) from None
            return live
        except AMBIGUOUS as error:
            state = "may have been made" if error.verification_error else _NOT_FOUND
            error.advice = (
                f"{self.noun.capitalize()} {self.name!r} {state}. Run `pulumi up` again: should it "
                "be there after all, that names its id and the line that adopts it."
            )
            raise

    def _post_once(self) -> R:
        self._posts += 1
        return self.post()

    def _find_created(self) -> R | None:
        """Return the resource of this name if this request created it; raise if it did not."""
        live = self.find()
        if live is None:
            return None
        reason = self._why_not_created_here(live)
        if reason is None:
            return live
        raise CreateOutcomeUnknown(
            f"{self.request} for {self.name!r} got no clear answer, and a {self.noun} of that "
            f"{self.key} exists (id {live.id}) that may be somebody else's: {reason}",
            resource_id=live.id,
            request=self.request,
            advice=f"Look at it; {adoption_hint(live.id)}.",
        )

    def _why_not_created_here(self, live: R) -> str | None:
        paths = self.differing_paths(live)
        if paths:
            return f"it differs in {', '.join(paths[:_MAX_PATHS])}"
        since = created_since(live, self.clock() - self._started)
        if since is None:
            return "its age is not told reliably"
        return None if since else "it is older than this request"

    def _find_late(self) -> R | None:
        """Return the resource of the first POST if the second one conflicts with it."""
        for delay in CREATE_LOOKUP_DELAYS if self._posts > 1 else ():
            live = self.find()
            if live is not None:
                return live if self._why_not_created_here(live) is None else None
            self.sleep(delay)
        return None


_NOT_FOUND = "could not be found afterwards"
