"""The verdict: one sentence, the costliest first, and how grave it is."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .effects import Kind
from .operations import Verb
from .words import LOSSES, REBUILDS, count

if TYPE_CHECKING:
    from .report import Other, Report


class Level(str, Enum):
    """How grave a report is, the gravest first."""

    FAILED = "failed"
    LOSS = "loss"
    REBUILD = "rebuild"
    CHANGE = "change"
    NONE = "none"


MARKS = {
    Level.FAILED: "❌",
    Level.LOSS: "🔴",
    Level.REBUILD: "🟠",
    Level.CHANGE: "🔵",
    Level.NONE: "✅",
}

COLOURS = {
    Level.FAILED: "red",
    Level.LOSS: "red",
    Level.REBUILD: "yellow",
    Level.CHANGE: "cyan",
    Level.NONE: "green",
}


def level(report: Report) -> Level:
    """How grave the report is; other resources count where they are replaced or deleted."""
    if report.failed:
        return Level.FAILED
    kinds = report.counts.keys()
    if any(kind in kinds for kind in LOSSES) or grave_others(report):
        return Level.LOSS
    if any(kind in kinds for kind in REBUILDS):
        return Level.REBUILD
    return Level.CHANGE if report.changes else Level.NONE


def grave_others(report: Report) -> int:
    """How many other resources are replaced or deleted."""
    return sum(is_grave(other) for stack in report.stacks for other in stack.others)


def is_grave(other: Other) -> bool:
    """Whether something outside Pulumi may be lost; an operation that is not known counts."""
    return other.custom and other.verb in (Verb.REPLACE, Verb.DELETE, Verb.UNKNOWN)


def sentence(report: Report) -> str:
    """The verdict in one line."""
    parts = _parts(report)
    if report.failed:
        return ", ".join(["The preview failed", *parts])
    nothing = "No deployment changes" if report.changes else "Nothing changes"
    return ", ".join(parts) or nothing


_LOSES = {True: "loses its database and threads", False: "lose their databases and threads"}
_PHRASES = {
    Kind.UNKNOWN: "changed in an unknown way",
    Kind.REVISION: "rebuilt and redeployed",
    Kind.RETRIED: "retried",
    Kind.IN_PLACE: "changed in place",
    Kind.CREATED: "created",
    Kind.ADOPTED: "adopted",
    Kind.DRIFT: "put back after drift",
    Kind.RELEASED: "released",
}


def _parts(report: Report) -> list[str]:
    """The numbers with what happens; the first that counts deployments says so."""
    counts, grave = report.counts, grave_others(report)
    lost = counts[Kind.REPLACED] + counts[Kind.DELETED]
    told = [(lost, _LOSES[lost == 1]), *((counts[kind], text) for kind, text in _PHRASES.items())]
    parts = [(number, text) for number, text in told if number]
    deployments = [
        f"{number if index else count(number, 'deployment')} {text}"
        for index, (number, text) in enumerate(parts)
    ]
    others = f"{count(grave, 'other resource')} replaced or deleted"
    return [*deployments, *([others] if grave else [])]
