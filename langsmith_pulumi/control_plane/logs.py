"""Logs of a revision: the routes that serve them, and the entries since the last look."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import responses
from .errors import APIStatusError
from .retry import POLLING
from .text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from .connection import Connection

LogKind = Literal["build", "deploy"]

_MAX_PAGE = 1000
"""The most entries that the service returns at once."""
_MAX_LINE = 300
_MAX_MESSAGE = 20_000
_REMEMBERED = 5 * _MAX_PAGE
"""Entries by which a look recognizes what the one before has returned."""
NO_SUCH_ROUTE = (404, 405)
"""Statuses by which a version of the service may say that it lacks a route."""


@dataclass(frozen=True)
class LogSource:
    """One log of a revision, and the entries of it that are wanted."""

    deployment_id: str
    revision_id: str
    kind: LogKind
    since: datetime | None = None
    level: str | None = None
    """Such as ``ERROR``; the service decides if more severe entries count too."""

    def query(self, limit: int, offset: str | None) -> dict[str, Any]:
        """Return the parameters of a page, the newest entry first."""
        parameters = {
            "order": "desc",
            "limit": limit,
            "offset": offset,
            "start_time": self.since.isoformat() if self.since else None,
            "level": self.level,
        }
        return {name: value for name, value in parameters.items() if value is not None}


@dataclass(frozen=True)
class LogEntry:
    """One entry of a log, printable and without secrets."""

    time: datetime | None
    level: str
    lines: tuple[str, ...]


class LogReader:
    """Reads one log; each call returns the entries that are new since the last one.

    It reads from the newest entry backwards until it meets a known one, because services differ in
    what an offset or a start time means.
    """

    def __init__(self, source: LogSource) -> None:
        self._source = source
        self._known: deque[str] = deque(maxlen=_REMEMBERED)
        self._is_older_service = False

    def read(self, connection: Connection, limit: int = _REMEMBERED) -> list[LogEntry]:
        """Return at most ``limit`` new entries, the oldest first."""
        found: list[dict[str, Any]] = []
        offset: str | None = None
        while len(found) < limit:
            page, offset = self._page(connection, min(limit - len(found), _MAX_PAGE), offset)
            new = [item for item in page if self._is_new(item)]
            found += new
            if not offset or len(new) < len(page) or not page:
                break
        found.reverse()
        self._known.extend(_key(item) for item in found)
        return log_entries(found, connection.redact)

    def _is_new(self, item: dict[str, Any]) -> bool:
        since, time = self._source.since, responses.parse_time(item.get("timestamp"))
        is_early = bool(since and time and time < since)
        return not is_early and _key(item) not in self._known

    def _page(
        self, connection: Connection, limit: int, offset: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        content = self._request(connection, self._source.query(limit, offset))
        entries = content.get("logs") if isinstance(content, dict) else None
        if not isinstance(entries, list):
            return [], None
        following = content.get("next_offset")
        # A service may return more than it was asked for.
        page = [item for item in entries if _is_entry(item)][:limit]
        return page, str(following) if following else None

    def _request(self, connection: Connection, query: dict[str, Any]) -> Any:
        source = self._source
        newer = f"/v2/deployments/{source.deployment_id}/revisions/{source.revision_id}/logs"
        older = (
            f"/v1/projects/{source.deployment_id}/revisions/{source.revision_id}/{source.kind}_logs"
        )
        parse = responses.parse_json
        if not self._is_older_service:
            params = {"type": source.kind, **{key: str(value) for key, value in query.items()}}
            try:
                return connection.send("GET", newer, parse, POLLING, params=params)
            except APIStatusError as error:
                if error.status not in NO_SUCH_ROUTE:
                    raise
        found = connection.send("POST", older, parse, POLLING, body=query)
        self._is_older_service = True
        return found


def _is_entry(item: Any) -> bool:
    """Return True for an entry with a message; a log must not cause an error of its own."""
    return isinstance(item, dict) and isinstance(item.get("message"), str)


def _key(item: dict[str, Any]) -> str:
    """Return what tells an entry from the others: its id, or its time and text."""
    return str(item.get("id") or (item.get("timestamp"), item["message"]))


def log_entries(items: list[dict[str, Any]], redact: Callable[[str], str]) -> list[LogEntry]:
    """Return the entries of a log, the oldest first as given.

    Entries that one secret spans become one entry, in which it is redacted as a whole.
    """
    texts = [item["message"][:_MAX_MESSAGE] for item in items]
    groups = list(_groups(texts, redact))
    shown = ["\n".join(texts[start:end]) for start, end in groups]
    if "\n".join(map(redact, shown)) != redact("\n".join(texts)):
        groups, shown = [(0, len(items))], ["\n".join(texts)]
    starts = (start for start, _ in groups)
    entries = (_entry(items[at], text, redact) for at, text in zip(starts, shown, strict=True))
    return [entry for entry in entries if entry.lines]


def _groups(texts: list[str], redact: Callable[[str], str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of texts that belong together: single ones, but for secrets that span more.

    The first secret of this kind ends where a growing range is no longer redacted as its texts are
    one by one, and begins where the range from there to its end is not, either.
    """

    def is_separate(start: int, end: int) -> bool:
        part = texts[start:end]
        return redact("\n".join(part)) == "\n".join(map(redact, part))

    begin = 0
    while begin < len(texts):
        sizes = range(1, len(texts) - begin + 1)
        count = bisect_left(sizes, True, key=lambda size: not is_separate(begin, begin + size))
        end = begin + count
        if end < len(texts):
            starts = range(begin, end + 1)
            start = starts[bisect_left(starts, True, key=lambda at: is_separate(at, end + 1)) - 1]
        else:
            start = end
        yield from ((at, at + 1) for at in range(begin, start))
        if start < end:
            yield start, end + 1
        begin = end + 1


def _entry(item: dict[str, Any], text: str, redact: Callable[[str], str]) -> LogEntry:
    lines = (sanitize(line, _MAX_LINE, redact=redact) for line in redact(text).splitlines())
    level = item.get("level")
    return LogEntry(
        time=responses.parse_time(item.get("timestamp")),
        level=sanitize(level, 20, redact=redact) if isinstance(level, str) else "",
        lines=tuple(line for line in lines if line),
    )
