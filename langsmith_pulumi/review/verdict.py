"""The verdict: one sentence, the costliest first, and how grave it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .effects import Kind
from .values import Foreign, short
from .words import LOSSES, count, listing_of, operations

if TYPE_CHECKING:
    from .report import Report, StackReport


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

_LEVELS = list(Level)


def level(report: Report) -> Level:
    """How grave the report is: as its gravest stack."""
    return min(map(level_of, report.stacks), key=_LEVELS.index, default=Level.NONE)


def level_of(stack: StackReport) -> Level:
    """How grave a stack is; what an incomplete plan leaves out may be a loss."""
    kinds = {effect.kind for effect in stack.effects}
    if stack.failed:
        return Level.FAILED
    loses_variables = any(effect.variables_lost for effect in stack.effects)
    if stack.incomplete or stack.grave or loses_variables or not kinds.isdisjoint(LOSSES):
        return Level.LOSS
    if any(effect.may_rebuild for effect in stack.effects):
        return Level.REBUILD
    return Level.CHANGE if stack.changes else Level.NONE


def gravest_first(report: Report) -> list[StackReport]:
    """The stacks by how grave they are, else in the order in which they were given."""
    return sorted(report.stacks, key=lambda stack: _LEVELS.index(level_of(stack)))


def sentence(report: Report) -> tuple[str, ...]:
    """Return the verdict in one line, in pieces: names of stacks are foreign text."""
    told = (*_of_deployments(report), *_of_variables(report), *_of_others(report))
    own = [(part,) for part in told]
    parts = [*_troubles(report), *own]
    nothing = "No deployment changes" if report.changes else "Nothing changes"
    return _joined(parts) or (nothing,)


_NAMED = 3
"""Of how many failed stacks the names are told."""


def _joined(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(
        piece for index, part in enumerate(parts) for piece in ((", ", *part) if index else part)
    )


def _troubles(report: Report) -> list[tuple[str, ...]]:
    total, failed = len(report.stacks), report.failed
    incomplete = sum(stack.incomplete for stack in report.stacks)
    named = listing_of([(Foreign(short(each.title)),) for each in failed])
    names = (" (", *named, ")") if total > 1 and len(failed) <= _NAMED else ()
    failures = "The preview failed" if total == 1 else f"{len(failed)} of {total} previews failed"
    gaps = "The plan is incomplete" if total == 1 else f"{incomplete} of {total} plans incomplete"
    return [
        *([(failures, *names)] if failed else []),
        *([(gaps,)] if incomplete else []),
    ]


@dataclass(frozen=True)
class _Phrase:
    """What happens to some deployments, of one and of many."""

    kinds: tuple[Kind, ...]
    singular: str
    plural: str = ""

    def of(self, number: int) -> str:
        return self.singular if number == 1 else self.plural or self.singular


_PHRASES = (
    _Phrase(
        (Kind.REPLACED, Kind.DELETED),
        "loses its database and threads",
        "lose their databases and threads",
    ),
    _Phrase((Kind.UNKNOWN,), "changed in an unknown way"),
    _Phrase((Kind.STARTED_OVER,), "started over with an empty database"),
    _Phrase((Kind.REVISION,), "rebuilt and redeployed"),
    _Phrase((Kind.RETRIED,), "retried"),
    _Phrase((Kind.ADOPTED,), "taken over"),
    _Phrase((Kind.IN_PLACE,), "changed in place"),
    _Phrase((Kind.CREATED,), "created"),
    _Phrase((Kind.DRIFT,), "put back after drift"),
    _Phrase((Kind.RELEASED,), "released"),
)


def _of_deployments(report: Report) -> list[str]:
    """The numbers with what happens; the first says that they are deployments."""
    counts = report.counts
    told = [(sum(counts[kind] for kind in phrase.kinds), phrase) for phrase in _PHRASES]
    parts = [(number, phrase.of(number)) for number, phrase in told if number]
    return [
        f"{number if index else count(number, 'deployment')} {text}"
        for index, (number, text) in enumerate(parts)
    ]


def _of_variables(report: Report) -> list[str]:
    """Return how many live variables adoptions remove for good."""
    effects = (effect for stack in report.stacks for effect in stack.effects)
    lost = sum(len(effect.variables_lost) for effect in effects)
    return [f"{count(lost, 'variable')} removed for good"] if lost else []


def _of_others(report: Report) -> list[str]:
    """The other resources that may be lost: ``1 other resource replaced, 2 deleted``."""
    done = list(operations(report.grave).items())
    return [
        f"{number if index else count(number, 'other resource')} {text}"
        for index, (text, number) in enumerate(done)
    ]
