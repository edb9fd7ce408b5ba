"""How much a report says, and in which order it falls silent when there is too little room.

The verdict, the counts and the gravest names go last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ALL = 1_000_000
LOST = 3
"""The kinds by which something may be lost: replaced, deleted, unknown."""


@dataclass(frozen=True)
class Detail:
    """What is shown of a report."""

    values: int = ALL
    """For how many kinds, the costliest first, each change is shown with old and new value."""
    keys: bool = True
    """The names of the fields and secrets that change."""
    others: int = ALL
    """How many of the other resources are listed, per stack."""
    message: int = 4000
    """Most characters of a diagnostic."""
    messages: int = 50
    """How many diagnostics are shown, per stack."""
    names: int = ALL
    """How many deployments are named, per stack and kind."""
    stacks: int = ALL
    """How many stacks are listed."""


EVERYTHING = Detail()


@dataclass(frozen=True)
class Rung:
    """A level of detail, and what it leaves out that the one above still shows."""

    detail: Detail
    left_out: str


_STEPS: tuple[tuple[str, dict[str, int]], ...] = (
    ("some other resources", {"others": 50}),
    ("the other resources", {"others": 0}),
    ("parts of long messages", {"message": 600, "messages": 10}),
    ("the values of all but lost deployments", {"values": LOST}),
    ("the values of lost deployments", {"values": 0}),
    ("the names of fields and secrets", {"keys": False}),
    ("some deployments", {"names": 20}),
    ("most messages", {"message": 200, "messages": 2}),
    ("most stacks", {"stacks": 20}),
    ("all but the counts", {"names": 0, "messages": 0, "stacks": 0}),
)


def _ladder() -> tuple[Rung, ...]:
    rungs: list[Rung] = []
    detail = EVERYTHING
    for words, less in _STEPS:
        detail = replace(detail, **less)  # type: ignore[arg-type]
        rungs.append(Rung(detail, words))
    return tuple(rungs)


LADDER = _ladder()
"""From almost everything to the counts alone."""
