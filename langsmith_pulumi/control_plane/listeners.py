"""The routes of listeners, which run deployments in clusters of one's own."""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from . import recovery, responses
from .comparison import listener_differences
from .conflicts import adoption_hint
from .connection import check_id
from .errors import APIStatusError, Conflict, ControlPlaneError, ListenerNotFound
from .retry import IDEMPOTENT, NON_IDEMPOTENT, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .connection import Connection
    from .models import ListenerCreateRequest, ListenerPatchRequest
    from .responses import LiveListener

_LISTENERS = "/v2/listeners"
_MAX_ROUNDS = 3
"""How often a change of unknown outcome is sent while the listener does not show it."""
_ABOUT_LISTENERS = re.compile(r"\blistener", re.IGNORECASE)
_MAX_LISTED = 10


class ListenerClient:
    """The routes of listeners, over a connection that it shares with other clients."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, listener_id: str, *, policy: Policy = IDEMPOTENT) -> LiveListener:
        """Return a listener; raise ``ListenerNotFound`` if there is none of this id."""
        path = _path(listener_id)
        return self._connection.send("GET", path, responses.parse_listener, policy)

    def list(self) -> Iterator[LiveListener]:
        """Yield the workspace's listeners, page by page, in no particular order."""
        return self._connection.list_all(_LISTENERS, {}, responses.parse_listener)

    def find(self, compute_id: str) -> LiveListener | None:
        """Return the listener of exactly this cluster, or None."""
        return next((one for one in self.list() if one.compute_id == compute_id), None)

    def create(self, body: ListenerCreateRequest) -> LiveListener:
        """Create a listener; ``recovery`` says what is done if the response is lost."""
        sent, find = body.payload(), partial(self.find, body.compute_id)
        return recovery.Create(
            noun="listener",
            key="compute_id",
            name=body.compute_id,
            request=f"POST {_LISTENERS}",
            post=partial(
                self._connection.send,
                "POST",
                _LISTENERS,
                responses.parse_listener,
                NON_IDEMPOTENT,
                body=sent,
            ),
            find=find,
            differing_paths=lambda live: [
                one.path for one in listener_differences(sent, live, missing_means_unchanged=True)
            ],
            explain_conflict=lambda conflict: _explain_taken(conflict, find),
            clock=self._connection.clock,
            sleep=self._connection.sleep,
        ).run()

    def patch(self, listener_id: str, body: ListenerPatchRequest) -> LiveListener:
        """Change a listener; fields that are left out keep their values.

        If the response is lost, it is sent again only if the listener does not show the change.
        """
        sent, path = body.payload(), _path(listener_id)

        def find_applied() -> LiveListener | None:
            live = self.get(listener_id)
            differing = listener_differences(sent, live, missing_means_unchanged=False)
            return None if differing else live

        send = partial(
            self._connection.send,
            "PATCH",
            path,
            responses.parse_listener,
            NON_IDEMPOTENT,
            body=sent,
        )
        sleep = self._connection.sleep
        return recovery.send_with_recovery(send, find_applied, rounds=_MAX_ROUNDS, sleep=sleep)

    def delete(self, listener_id: str) -> None:
        """Delete a listener, which is complete with the response; one that is gone is no error."""
        path = _path(listener_id)
        try:
            self._connection.send("DELETE", path, responses.expect_no_content, IDEMPOTENT)
        except ListenerNotFound:
            return
        except Conflict as conflict:
            conflict.advice = (
                "It changed nothing. Delete or replace the deployments that it runs first, those "
                "of other programs included, then run again."
            )
            raise


def explain_placement(
    error: APIStatusError, list_listeners: Callable[[], Iterable[LiveListener]]
) -> APIStatusError:
    """Return a refused create of a deployment with the listeners that may place it.

    An error that is not about listeners is returned as it is.
    """
    if not _ABOUT_LISTENERS.search(error.detail):
        return error
    try:
        found = list(islice(list_listeners(), _MAX_LISTED + 1))
    except ControlPlaneError:
        # The error of the look-up must not replace the refusal.
        return error
    error.advice = _placement_advice(found)
    return error


def _placement_advice(listeners: list[LiveListener]) -> str:
    if not listeners:
        return (
            "It changed nothing. Check the id that the answer names, and the workspace "
            "(langsmith:workspaceId): it has no listener."
        )
    first = listeners[0]
    namespace = next(iter(first.k8s_namespaces), "<namespace>")
    argument = {"listener_id": first.id, "listener_config": {"k8s_namespace": namespace}}
    shown = [_describe(one) for one in listeners[:_MAX_LISTED]]
    more = " and more" if len(listeners) > _MAX_LISTED else ""
    return (
        f"It changed nothing. Set source_config={json.dumps(argument)}, or name another listener. "
        f"This workspace has {'; '.join(shown)}{more}."
    )


def _describe(listener: LiveListener) -> str:
    namespaces = ", ".join(listener.k8s_namespaces) or "none shown"
    return f"{listener.id} (compute_id {listener.compute_id!r}, namespaces: {namespaces})"


def _explain_taken(conflict: Conflict, find: Callable[[], LiveListener | None]) -> Conflict:
    """Return the conflict with the listener that has the compute_id already, if it is found."""
    try:
        other = find()
    except ControlPlaneError:
        # The error of the look-up must not replace the conflict.
        return conflict
    if other is not None:
        conflict.advice = (
            f"Listener {other.compute_id!r} exists already (id {other.id}), and a workspace takes "
            f"one for each cluster; {adoption_hint(other.id)}. If it is in this stack under "
            'another resource name, add aliases=[pulumi.Alias(name="<the old name>")] instead, or '
            "run `pulumi state rename`. Or choose another compute_id."
        )
    return conflict


def _path(listener_id: str) -> str:
    """Return the path of a listener."""
    check_id(listener_id, "listener", _LISTENERS)
    return f"{_LISTENERS}/{listener_id}"
