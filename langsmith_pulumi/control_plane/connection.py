"""A connection to one control plane: settings, workspace, deadline, and how a request is sent."""

from __future__ import annotations

import copy
import random
import re
import time
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from . import responses
from .errors import InvalidRequest
from .pace import Lengths
from .rate_limit import RateLimit
from .retry import IDEMPOTENT, Policy, sleep
from .settings import check_workspace_id, validate_settings
from .transport import Limits, Transport
from .watching import SharedLists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import httpx
    from typing_extensions import Self

    from .redaction import Redactor
    from .responses import ListedResource, Page, RawResponse
    from .settings import Settings

T = TypeVar("T")
R = TypeVar("R", bound="ListedResource")

PAGE_SIZE = 100
"""The most that a list returns at once."""
_ID = re.compile(r"[\w-]+")


class Connection:
    """A connection to the control plane, which threads may share.

    ``sleep`` takes seconds, ``clock`` is monotonic, and ``chance`` returns a number from 0 to 1 for
    the jitter of delays; tests replace them, and ``transport``.
    """

    def __init__(  # noqa: PLR0913 - the last four are for tests
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        limits: Limits | None = None,
    ) -> None:
        validate_settings(settings)
        self.rate_limit: RateLimit = RateLimit(clock, sleep, chance)
        """The pause that the control plane asks for, also for the copies for other workspaces."""
        self._transport = Transport(
            settings,
            transport=transport,
            clock=clock,
            sleep=sleep,
            limits=limits or Limits(),
            rate_limit=self.rate_limit,
        )
        self._url = settings.control_plane_url
        self._workspace = settings.workspace_id
        self._deadline: float | None = None
        self.writes: Writes = Writes()
        """The requests that may change something, also those of the copies for other workspaces."""
        self.shared_lists: SharedLists = SharedLists()
        """What waits list together, also those of the copies for other workspaces."""
        self.rollout_lengths: Lengths = Lengths()
        self.deletion_lengths: Lengths = Lengths()
        self.clock = clock
        self.sleep = sleep
        self.chance = chance
        self.redactor: Redactor = self._transport.redactor
        self.redact: Callable[[str], str] = self.redactor.redact
        """Redacts every secret that was sent, received or registered."""
        self.register_secrets: Callable[[Iterable[str | None]], None] = (
            self.redactor.register_secrets
        )
        """Registers further secrets for redaction."""

    @property
    def url(self) -> str:
        """Return the control plane's URL, without a slash at the end."""
        return self._url

    @property
    def workspace(self) -> str | None:
        """Return the workspace that requests name, or None to leave it to the API key."""
        return self._workspace

    def for_workspace(self, workspace_id: str) -> Self:
        """Return the same connection for another workspace."""
        check_workspace_id(workspace_id)
        other = copy.copy(self)
        other._workspace = workspace_id  # noqa: SLF001 - a copy of this object
        return other

    def until(self, deadline: float) -> Self:
        """Return the same connection whose requests and retries end at a time of the clock."""
        other = copy.copy(self)
        other._deadline = deadline  # noqa: SLF001 - a copy of this object
        return other

    def close(self) -> None:
        """Close the connections, also those for other workspaces."""
        self._transport.close()

    def send(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        path: str,
        parse: Callable[[RawResponse], T],
        policy: Policy,
        *,
        params: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> T:
        """Send a request to this workspace, retried as the policy allows; parse the response."""
        call = partial(
            self._transport.call,
            method,
            path,
            parse,
            policy,
            workspace=self._workspace,
            params=params,
            body=body,
            deadline=self._deadline,
        )
        if method == "GET":
            return call()
        with self.writes.recorded(path):
            return call()

    def list_all(
        self,
        path: str,
        params: dict[str, str],
        parse: Callable[[RawResponse, Any], R],
        *,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[R]:
        """Yield the entries of a list, each once; the next page is requested when it is needed."""
        for page in self.pages(path, params, parse, page_size=page_size):
            yield from page

    def pages(
        self,
        path: str,
        params: dict[str, str],
        parse: Callable[[RawResponse, Any], R],
        *,
        page_size: int = PAGE_SIZE,
        policy: Policy = IDEMPOTENT,
    ) -> Iterator[list[R]]:
        """Yield the pages of a list, each without the entries of the pages before."""
        seen: set[str] = set()
        offset = 0
        while True:
            query = {**params, "limit": str(page_size), "offset": str(offset)}
            response, page = self.send("GET", path, _parse_page, policy, params=query)
            found = [parse(response, item) for item in page.resources]
            # A create or delete meanwhile shifts the pages, so one may be listed twice.
            new = [resource for resource in found if resource.id not in seen]
            yield new
            seen |= {resource.id for resource in new}
            # A server that ignores `offset` repeats the same page.
            if len(found) < page_size or not new:
                return
            offset = max(page.offset or 0, offset + len(found))


class Writes:
    """The order of the requests that may change something, and the last one for each id.

    What was read of a resource is current if no request for it has begun or ended since.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.count: int = 0
        self._last: dict[str, int] = {}

    def last_of(self, identifier: str) -> int:
        """Return the count at the last beginning or end of a request for a resource, or 0."""
        return self._last.get(identifier, 0)

    @contextmanager
    def recorded(self, path: str) -> Iterator[None]:
        """Record the beginning and the end of a request for the resources in a path."""
        self._record(path)
        try:
            yield
        finally:
            self._record(path)

    def _record(self, path: str) -> None:
        with self._lock:
            self.count += 1
            self._last |= dict.fromkeys(path.split("/"), self.count)


def check_id(identifier: str, kind: str, request: str) -> None:
    """Raise ``InvalidRequest`` if an id of this kind is empty or malformed.

    In a path it could give another route.
    """
    if not _ID.fullmatch(identifier):
        detail = f"{identifier[:60]!r} is no id of a {kind}; ids are UUIDs"
        raise InvalidRequest(detail, request=request, advice="Nothing was sent.")


def _parse_page(response: RawResponse) -> tuple[RawResponse, Page]:
    return response, responses.parse_page(response)
