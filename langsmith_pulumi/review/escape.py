"""Foreign text in Markdown: shown as it is, and never obeyed.

Names and values come from programs and services. Inside a code span nothing is obeyed: no HTML, no
link, no mention, no emphasis. So foreign text stands in code spans and code blocks only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .values import Foreign, Word, visible

if TYPE_CHECKING:
    from collections.abc import Iterable


def markdown(pieces: Iterable[str]) -> str:
    """Some pieces as one line."""
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    if isinstance(piece, Foreign):
        return code(piece)
    return f"*{piece}*" if isinstance(piece, Word) else piece


def code(text: str) -> str:
    """A text as a code span."""
    shown = visible(text) or '""'
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # A space keeps backticks off the fence; one space at both ends is taken off again.
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """A text as a code span in a table, which a bar would end even there."""
    return code(text).replace("|", "\\|")


def block(text: str) -> list[str]:
    """Lines of text as a fenced block; longer fences than any inside."""
    # A pipeline may print the comment: no line of it may be a command to the runner.
    lines = [_at_line_start(visible(line)) for line in text.splitlines()]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return [f"{fence}text", *lines, fence]


def _at_line_start(line: str) -> str:
    return f"| {line}" if line.lstrip().startswith("::") else line
