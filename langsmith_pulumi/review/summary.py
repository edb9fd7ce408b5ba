"""The summary of a report: one sentence, the most severe change first, and the severity."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

from .impact import LOSSES, Kind, Note
from .lines import count, listing, operations
from .values import Untrusted, shorten

if TYPE_CHECKING:
    from .impact import DeploymentChange
    from .report import Report, StackReport


class Severity(str, Enum):
    """The severity of a report, the most severe first."""

    FAILED = "failed"
    LOSS = "loss"
    REBUILD = "rebuild"
    CHANGE = "change"
    NONE = "none"


MARKS = {
    Severity.FAILED: "❌",
    Severity.LOSS: "🔴",
    Severity.REBUILD: "🟠",
    Severity.CHANGE: "🔵",
    Severity.NONE: "✅",
}

COLOURS = {
    Severity.FAILED: "red",
    Severity.LOSS: "red",
    Severity.REBUILD: "yellow",
    Severity.CHANGE: "cyan",
    Severity.NONE: "green",
}

_ORDER = list(Severity)


def severity(report: Report) -> Severity:
    """Return the severity of the report: that of its most severe stack."""
    return min(map(stack_severity, report.stacks), key=_ORDER.index, default=Severity.NONE)


def stack_severity(stack: StackReport) -> Severity:
    """Return the severity of a stack; an incomplete plan may leave out a loss."""
    if stack.failed:
        return Severity.FAILED
    if stack.incomplete or has_losses(stack):
        return Severity.LOSS
    if any(change.may_rebuild for change in stack.deployments):
        return Severity.REBUILD
    return Severity.CHANGE if stack.changes else Severity.NONE


def has_losses(stack: StackReport) -> bool:
    """Return True if the plan of a stack shows a loss, or a change that may be one."""
    return bool(stack.destructive) or any(
        change.kind in LOSSES or change.variables_lost for change in stack.deployments
    )


def most_severe_first(report: Report) -> list[StackReport]:
    """Sort the stacks by severity, and keep the given order among equals."""
    return sorted(report.stacks, key=lambda stack: _ORDER.index(stack_severity(stack)))


def sentence(report: Report) -> tuple[str, ...]:
    """Return the summary in one line, in pieces: names of stacks are untrusted texts."""
    own = (*_deployments(report), *_variables(report), *_others(report))
    parts = [*_failures(report), *((part,) for part in own)]
    nothing = "No deployment changes" if report.changes else "Nothing changes"
    return _joined(parts) or (nothing,)


_NAMED = 3
"""Up to this many failed stacks are named."""


def _joined(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(
        piece for index, part in enumerate(parts) for piece in ((", ", *part) if index else part)
    )


def _failures(report: Report) -> list[tuple[str, ...]]:
    total, failed = len(report.stacks), report.failed
    incomplete = sum(stack.incomplete for stack in report.stacks)
    named = listing([(Untrusted(shorten(each.title)),) for each in failed])
    names = (" (", *named, ")") if total > 1 and len(failed) <= _NAMED else ()
    failures = "The preview failed" if total == 1 else f"{len(failed)} of {total} previews failed"
    gaps = "The plan is incomplete" if total == 1 else f"{incomplete} of {total} plans incomplete"
    return [
        *([(failures, *names)] if failed else []),
        *([(gaps,)] if incomplete else []),
    ]


_Phrase = tuple[str, str]
"""The words for one deployment and for several."""

_LOST = ("loses its database and threads", "lose their databases and threads")
_PHRASES: dict[Kind, _Phrase] = {
    Kind.REPLACED: _LOST,
    Kind.DELETED: _LOST,
    Kind.UNKNOWN: ("changed in an unknown way",) * 2,
    Kind.STARTED_OVER: ("started over with an empty database",) * 2,
    Kind.REVISION: ("rebuilt and redeployed",) * 2,
    Kind.RETRIED: ("retried",) * 2,
    Kind.ADOPTED: ("taken over",) * 2,
    Kind.IN_PLACE: ("changed in place",) * 2,
    Kind.CREATED: ("created",) * 2,
    Kind.DRIFT: ("set again after drift",) * 2,
    Kind.RELEASED: ("released",) * 2,
}
_HANDED_OVER: _Phrase = ("handed over to another resource",) * 2


def _deployments(report: Report) -> list[str]:
    """Count the deployments by phrase; only the first count says that they are deployments."""
    counts = Counter(map(_phrase, report.deployments))
    order = dict.fromkeys((*_PHRASES.values(), _HANDED_OVER))
    found = [(counts[phrase], *phrase) for phrase in order if counts[phrase]]
    return [
        f"{number if index else count(number, 'deployment')} {singular if number == 1 else plural}"
        for index, (number, singular, plural) in enumerate(found)
    ]


def _phrase(change: DeploymentChange) -> _Phrase:
    return _HANDED_OVER if Note.TAKEN_OVER in change.notes else _PHRASES[change.kind]


def _variables(report: Report) -> list[str]:
    """Count the live variables that adoptions remove for good."""
    lost = sum(len(change.variables_lost) for change in report.deployments)
    return [f"{count(lost, 'variable')} removed for good"] if lost else []


def _others(report: Report) -> list[str]:
    """Count the other resources that may be lost: ``1 other resource replaced, 2 deleted``."""
    found = list(operations(report.destructive).items())
    return [
        f"{number if index else count(number, 'other resource')} {text}"
        for index, (text, number) in enumerate(found)
    ]
