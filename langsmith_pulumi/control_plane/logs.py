"""Lines out of the answers of the log routes. Pure."""

from __future__ import annotations

from typing import Any, Literal

from .wording import quotable

LogKind = Literal["build", "deploy"]

_LONGEST_LINE = 300


def lines_of(content: Any) -> list[str]:
    """Return the messages of a log answer that came newest first, oldest first.

    Entries that hold none are left out: a log is never worth an error of its own.
    """
    entries = content.get("logs") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return []
    messages = [entry.get("message") for entry in reversed(entries) if isinstance(entry, dict)]
    texts = [line for text in messages if isinstance(text, str) for line in text.splitlines()]
    return [line for line in (quotable(text, _LONGEST_LINE) for text in texts) if line]
