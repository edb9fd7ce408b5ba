"""Keeps a report within a comment's size: the most detail that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .detail import LADDER

if TYPE_CHECKING:
    from collections.abc import Callable

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


def fit(render: Callable[[Detail], str], limit: int = GITHUB_LIMIT) -> Fitted:
    """Render with as much detail as the limit allows; the last rung is taken whatever its size.

    The size is measured in bytes, the strictest reading of "characters".
    """
    for detail in LADDER:
        text = render(detail)
        if len(text.encode()) <= limit:
            break
    return Fitted(text, detail.left_out)
