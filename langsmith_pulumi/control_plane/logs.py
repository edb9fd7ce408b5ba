"""Lines out of the answers of the log routes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable

LogKind = Literal["build", "deploy"]

_LONGEST_LINE = 300


def lines_of(content: Any, scrub: Callable[[str], str]) -> list[str]:
    """Return the messages of a log answer that came newest first, oldest first.

    Entries that hold none are left out: a log is never worth an error of its own. Messages are
    scrubbed before they are split, since a secret may have several lines.
    """
    entries = content.get("logs") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return []
    messages = [entry.get("message") for entry in reversed(entries) if isinstance(entry, dict)]
    texts = [scrub(text) for text in messages if isinstance(text, str)]
    lines = (sanitize(line, _LONGEST_LINE) for text in texts for line in text.splitlines())
    return [line for line in lines if line]
