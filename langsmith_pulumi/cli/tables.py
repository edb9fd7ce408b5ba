"""Tables of plain text, in which no cell is cut, and no cell can steer the terminal."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "  "
_NOTHING = "-"


def format_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return the rows below a header, in columns as wide as their widest cell."""
    lines = [list(header), *([format_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join(format_line(line) for line in padded)


def format_line(text: str) -> str:
    """Return a line that no pipeline's runner takes for a command (``::name::``)."""
    return text.strip().replace("::", ": :", 1) if text.lstrip().startswith("::") else text.rstrip()


def format_cell(value: Any) -> str:
    """Return a value as one printable line; a dash for none."""
    if isinstance(value, datetime):
        return format_time(value)
    return printable(str(value)) if value not in (None, "") else _NOTHING


def format_time(time: datetime | None, *, seconds: bool = False) -> str:
    """Return a time in UTC, to the minute or the second; a dash for none."""
    if time is None:
        return _NOTHING
    utc = time.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}" if seconds else f"{utc:%Y-%m-%d %H:%M} UTC"
