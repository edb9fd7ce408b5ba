"""Making a deployment exactly once, though the API has no idempotency key.

After a POST without a clear answer the name is looked up, several times over a grace period:

- there, configured as we asked as far as it is shown, and no older than our request by the server's
  own clock: ours;
- there, but perhaps somebody else's: ``CreateUnclear`` tells its id and how to adopt it;
- not there: POST again, once. Should the first one come through late after all, the name makes the
  second a conflict, and the deployment is found by then.

What remains: somebody who makes the same deployment under the same name in those very seconds
cannot be told from us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .comparison import differences
from .conflicts import adopting, explained
from .errors import AMBIGUOUS, Conflict, CreateUnclear
from .settling import created_since, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Deployment
    from .client import ControlPlane

GRACE = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each look for a deployment that may have been made."""

_POSTS = 2
_REQUEST = "POST /v2/deployments"


class Creation:
    """One wish for one deployment, from the first POST to a deployment or a clear refusal."""

    def __init__(
        self, client: ControlPlane, sent: dict[str, Any], post: Callable[[], Deployment]
    ) -> None:
        self._client = client
        self._sent = sent
        self._name: str = sent["name"]
        self._post_once = post
        self._posts = 0
        self._started = client.clock()

    def run(self) -> Deployment:
        """Return the deployment that this very call made."""
        try:
            return settled(
                self._post, self._found, rounds=_POSTS, pauses=GRACE, sleep=self._client.sleep
            )
        except Conflict as conflict:
            live = self._first_after_all()
            if live is None:
                raise explained(conflict, self._sent, self._client) from None
            return live
        except AMBIGUOUS as failure:
            found = "may have been made" if failure.unseen else "could not be found afterwards"
            failure.advice = (
                f"Deployment {self._name!r} {found}. Run `pulumi up` again: should it be there "
                "after all, that names its id and the line that adopts it."
            )
            raise

    def _post(self) -> Deployment:
        self._posts += 1
        return self._post_once()

    def _found(self) -> Deployment | None:
        """Look the name up; what is there is ours, or the end."""
        live = self._client.find(self._name)
        if live is None:
            return None
        doubt = self._doubt(live)
        if doubt is None:
            return live
        raise CreateUnclear(
            f"{_REQUEST} for {self._name!r} got no clear answer, and a deployment of that name "
            f"exists (id {live.id}) that may be somebody else's: {doubt}",
            deployment_id=live.id,
            request=_REQUEST,
            advice=f"Look at it; {adopting(live.id)}.",
        )

    def _doubt(self, live: Deployment) -> str | None:
        found = differences(self._sent, live, missing_means_unchanged=True)
        if found:
            return f"it differs in {', '.join(one.path for one in found[:5])}"
        since = created_since(live, self._client.clock() - self._started)
        if since is None:
            return "its age is not told reliably"
        return None if since else "it is older than this request"

    def _first_after_all(self) -> Deployment | None:
        """After a second POST, the first one may be what is in the way."""
        for pause in GRACE if self._posts > 1 else ():
            live = self._client.find(self._name)
            if live is not None:
                return live if self._doubt(live) is None else None
            self._client.sleep(pause)
        return None
