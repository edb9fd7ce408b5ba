"""How much a report says, and in which order it falls silent when there is too little room.

The verdict, the counts and the gravest names go last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ALL = 1_000_000


@dataclass(frozen=True)
class Detail:
    """What is shown of a report."""

    values: bool = True
    """Old and new values of each change."""
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
    left_out: tuple[str, ...] = ()
    """What is missing, in words."""


def _ladder() -> tuple[Detail, ...]:
    steps: list[tuple[str, dict[str, int]]] = [
        ("some of the other resources", {"others": 50}),
        ("the list of other resources", {"others": 0}),
        ("parts of long messages", {"message": 600, "messages": 10}),
        ("old and new values", {"values": False}),
        ("the names of changed fields and secrets", {"keys": False}),
        ("some deployments", {"names": 20}),
        ("most messages", {"message": 200, "messages": 2}),
        ("most stacks", {"stacks": 20}),
        ("most deployments", {"names": 3, "stacks": 5}),
        ("all but the counts", {"names": 0, "messages": 0, "stacks": 0}),
    ]
    rungs = [Detail()]
    for words, less in steps:
        told = tuple(text for text in rungs[-1].left_out if text.split()[-1] != words.split()[-1])
        rungs.append(replace(rungs[-1], left_out=(*told, words), **less))  # type: ignore[arg-type]
    return tuple(rungs)


LADDER = _ladder()
"""From everything to the counts alone."""
