"""Lines out of the answers of the log routes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable

LogKind = Literal["build", "deploy"]

_LONGEST_LINE = 300
_LONGEST_MESSAGE = 20_000


def lines_of(content: Any, scrub: Callable[[str], str]) -> list[str]:
    """Return the messages of a log answer that came newest first, oldest first.

    Entries that hold none are left out: a log is never worth an error of its own. They are
    scrubbed as one text and again line by line, since a secret may be spread over several.
    """
    entries = content.get("logs") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return []
    messages = [entry.get("message") for entry in reversed(entries) if isinstance(entry, dict)]
    text = scrub("\n".join(text[:_LONGEST_MESSAGE] for text in messages if isinstance(text, str)))
    lines = (sanitize(line, _LONGEST_LINE, redact=scrub) for line in text.splitlines())
    return [line for line in lines if line]
