"""The routes of listeners, which run deployments in clusters of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .connection import check_id
from .retry import IDEMPOTENT, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .connection import Connection
    from .responses import LiveListener

_LISTENERS = "/v2/listeners"


class ListenerClient:
    """The routes of listeners, over a connection that it shares with other clients."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, listener_id: str, *, policy: Policy = IDEMPOTENT) -> LiveListener:
        """Return a listener; raise ``NotFound`` if there is none of this id."""
        path = _path(listener_id)
        return self._connection.send("GET", path, responses.parse_listener, policy)

    def list(self) -> Iterator[LiveListener]:
        """Yield the workspace's listeners, page by page, in no particular order."""
        return self._connection.list_all(_LISTENERS, {}, responses.parse_listener)


def _path(listener_id: str) -> str:
    """Return the path of a listener."""
    check_id(listener_id, "listener", _LISTENERS)
    return f"{_LISTENERS}/{listener_id}"
