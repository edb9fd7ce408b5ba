"""The levels of detail of a report, and the choice of the first one that fits into a comment.

The summary is never left out; the counts and the names of what is lost are the last details to go.
Each level says what it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .impact import LOSSES, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

GITHUB_LIMIT = 65_536
"""Most characters of a comment on GitHub."""
_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class TruncationLevel:
    """The parts of a report that are shown."""

    left_out: str = ""
    """What the report says of the parts that are not shown."""
    values: frozenset[Kind] = field(default_factory=lambda: frozenset(Kind))
    """The kinds of changes that are shown with old and new values."""
    fields: bool = True
    """True if changes without values still name the fields and secrets that change."""
    others: int = _UNLIMITED
    """Most other resources that are listed per stack, those that are lost aside."""
    message_length: int = 4000
    """Most characters of a message."""
    messages: int = _UNLIMITED
    """Most messages per stack."""
    names: int = _UNLIMITED
    """Most deployments that are named per stack and kind, those that are lost aside."""
    losses: int = _UNLIMITED
    """Most lost deployments and other resources that are named per stack and kind."""
    stacks: int = _UNLIMITED
    """Most stacks that are listed; those with losses come first if there are more."""


WHOLE = TruncationLevel()
UNCUT = TruncationLevel(message_length=_UNLIMITED)
"""For formats without a limit."""

_NO_VALUES: frozenset[Kind] = frozenset()

LEVELS = (
    WHOLE,
    TruncationLevel(
        "values of deployments that are not lost, and parts of long lists and messages",
        values=frozenset(LOSSES),
        others=20,
        message_length=600,
        messages=10,
        names=20,
    ),
    TruncationLevel(
        "everything but the counts, the names of losses and the first messages",
        values=_NO_VALUES,
        fields=False,
        others=0,
        message_length=200,
        messages=2,
        names=0,
        losses=50,
        stacks=50,
    ),
    TruncationLevel(
        "everything but the counts",
        values=_NO_VALUES,
        fields=False,
        others=0,
        messages=0,
        names=0,
        losses=0,
        stacks=0,
    ),
)
"""From the whole report to the counts alone."""


@dataclass(frozen=True)
class Truncated:
    """A rendered report."""

    text: str
    truncated: bool
    """True if the report leaves anything out."""


def truncate(render: Callable[[TruncationLevel], str], limit: int = GITHUB_LIMIT) -> Truncated:
    """Render at the first level that fits, or at the last one whatever its size.

    The size is measured in bytes, the strictest reading of "characters".
    """
    for level in LEVELS:
        text = render(level)
        if len(text.encode()) <= limit:
            break
    return Truncated(text, level is not WHOLE)
