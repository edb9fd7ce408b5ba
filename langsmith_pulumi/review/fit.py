"""Keeps a report within a comment's size: the most detail that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .detail import EVERYTHING, LADDER, LAST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .detail import Detail

GITHUB_LIMIT = 65_536
"""Most characters of a comment on GitHub."""


@dataclass(frozen=True)
class Fitted:
    """A text that fits, and what had to be left out for it."""

    text: str
    left_out: tuple[str, ...]

    @property
    def truncated(self) -> bool:
        """Whether anything is missing."""
        return bool(self.left_out)


WHOLE = Fitted("", ())
"""Nothing is left out, for there is no limit."""


def fit(render: Callable[[Detail, Sequence[str]], str], limit: int = GITHUB_LIMIT) -> Fitted:
    """Render with as much detail as the limit allows; the last rung is taken whatever its size.

    The size is measured in bytes, the strictest reading of "characters". A rung that changes
    nothing leaves nothing out.
    """
    left_out: dict[str, str] = {}
    bare = text = render(EVERYTHING, ())
    for rung in LADDER:
        if _size(text) <= limit:
            break
        above, bare = bare, render(rung.detail, ())
        if bare != above:
            left_out = {**(left_out if rung.topic != LAST else {}), rung.topic: rung.left_out}
        near = _size(bare) <= limit or rung.topic == LAST
        text = render(rung.detail, tuple(left_out.values())) if near else bare
    return Fitted(text, tuple(left_out.values()))


def _size(text: str) -> int:
    return len(text.encode())
