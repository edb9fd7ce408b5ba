"""How much a report says, and in which order it falls silent when there is too little room.

The verdict, the counts and the names of what is lost go last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .effects import Kind
from .messages import ALL
from .words import LOSSES


@dataclass(frozen=True)
class Detail:
    """What is shown of a report."""

    values: frozenset[Kind] = frozenset(Kind)
    """The kinds of effects of which each change is shown with old and new value."""
    keys: frozenset[Kind] = frozenset(Kind)
    """The kinds of effects of which the fields and secrets that change are at least named."""
    others: int = ALL
    """How many of the other resources are listed, per stack; those that are lost aside."""
    message: int = 4000
    """Most characters of a message."""
    messages: int = ALL
    """How many messages are shown, per stack."""
    names: int = ALL
    """How many deployments are named, per stack and kind; those that are lost aside."""
    losses: int = ALL
    """How many deployments and other resources that are lost are named, per stack and kind."""
    stacks: int = ALL
    """How many stacks are listed, the gravest first."""


EVERYTHING = Detail()
UNCUT = Detail(message=ALL)
"""For formats without any limit."""


@dataclass(frozen=True)
class Rung:
    """A level of detail, and what it leaves out that the one above still shows."""

    detail: Detail
    topic: str
    left_out: str
    """Takes the place of what was left out of the same topic before."""


LAST = "everything"
"""The topic of the last rung, which leaves out what all others do."""

_LOST = frozenset(LOSSES)
_NONE: frozenset[Kind] = frozenset()
_STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *(("others", "some other resources", {"others": most}) for most in (200, 100, 50, 20)),
    ("others", "the other resources", {"others": 0}),
    ("messages", "parts of long messages", {"message": 600}),
    ("changes", "the values of all but lost deployments", {"values": _LOST}),
    *(("messages", "some messages", {"messages": most}) for most in (50, 10)),
    ("changes", "what changes in all but lost deployments", {"keys": _LOST}),
    *(("names", "some deployments", {"names": most}) for most in (200, 100, 50, 20, 10, 5)),
    ("names", "all but lost deployments", {"names": 0}),
    ("changes", "all values", {"values": _NONE}),
    ("changes", "all that changes", {"keys": _NONE}),
    *(("stacks", "some stacks", {"stacks": most}) for most in (200, 100, 50)),
    ("messages", "most messages", {"message": 200, "messages": 2}),
    *(("losses", "some lost resources", {"losses": most}) for most in (100, 50, 20, 10)),
    *(("stacks", "most stacks", {"stacks": most}) for most in (20, 10, 5)),
    (LAST, "all but the counts", {"losses": 0, "messages": 0, "stacks": 0}),
)


def _ladder() -> tuple[Rung, ...]:
    rungs: list[Rung] = []
    detail = EVERYTHING
    for topic, words, less in _STEPS:
        detail = replace(detail, **less)
        rungs.append(Rung(detail, topic, words))
    return tuple(rungs)


LADDER = _ladder()
"""From almost everything to the counts alone."""
