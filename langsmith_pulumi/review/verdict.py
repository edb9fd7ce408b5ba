"""The verdict: one sentence, the costliest first, and how grave it is."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .effects import Kind
from .operations import Verb
from .words import KINDS, LOSSES, REBUILDS, count, listing

if TYPE_CHECKING:
    from .report import Report


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
    """How many other resources are replaced, deleted, or changed in an unknown way."""
    grave = (Verb.REPLACE, Verb.DELETE, Verb.UNKNOWN)
    return sum(
        other.custom and other.verb in grave for stack in report.stacks for other in stack.others
    )


def sentence(report: Report) -> str:
    """The verdict in one line."""
    parts = _deployments(report)
    if report.failed:
        return f"The preview failed{f', after it had seen {listing(parts)}' if parts else ''}"
    if parts:
        return listing(parts)
    return "No deployment changes" if report.changes else "Nothing changes"


def _deployments(report: Report) -> list[str]:
    counts = report.counts
    lost = sum(counts[kind] for kind in (Kind.REPLACED, Kind.DELETED))
    unknown, rebuilt = counts[Kind.UNKNOWN], counts[Kind.REVISION]
    told = {
        _loses(lost): lost,
        f"{count(unknown, 'deployment')} changed in an unknown way": unknown,
        f"{count(rebuilt, 'deployment')} rebuilt and redeployed": rebuilt,
        **{f"{counts[kind]} {KINDS[kind].title}": counts[kind] for kind in _REST},
    }
    return [text for text, number in told.items() if number]


def _loses(number: int) -> str:
    owners = "its database and threads" if number == 1 else "their databases and threads"
    return f"{count(number, 'deployment')} {'loses' if number == 1 else 'lose'} {owners}"


_REST = (Kind.RETRIED, Kind.IN_PLACE, Kind.CREATED, Kind.ADOPTED, Kind.DRIFT, Kind.RELEASED)
