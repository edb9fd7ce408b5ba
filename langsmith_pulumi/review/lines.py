"""What is said of a deployment, another resource or a message: pieces that each format dresses.

Content lives here once. A piece is a plain string (the report's own words), a ``Word`` (its own
word in the place of a value) or a ``Foreign`` text, which no format may trust.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .effects import Kind
from .messages import shortened
from .operations import Verb
from .values import Foreign, pair, short
from .words import listing_of, operation, totals

if TYPE_CHECKING:
    from .detail import Detail
    from .differences import FieldChange, SecretChange
    from .effects import Effect
    from .messages import Message
    from .report import Other, StackReport

_LONG_PREFIXES = ("source_config.", "source_revision_config.")
_NAMED = 10
"""Of how many resources a message tells the names."""


@dataclass(frozen=True)
class Line:
    """One line of a list."""

    pieces: tuple[str, ...]
    indent: int = 0


def deployment_lines(effect: Effect, detail: Detail) -> list[Line]:
    """One line for the deployment, and below it what changes and what else to know."""
    if effect.kind not in detail.values:
        keys = _keys(effect) if effect.kind in detail.keys else ()
        return [Line((*_title(effect), *_reason(effect), *((": ", *keys) if keys else ())))]
    below = [
        *_changes(effect),
        *_let_go(effect),
        *((text,) for text in totals(effect)),
        *((note.value,) for note in effect.notes),
    ]
    return [Line((*_title(effect), *_reason(effect))), *(Line(pieces, 1) for pieces in below)]


def variables_lost(stack: StackReport) -> list[Line]:
    """Return a line for each adoption that removes live variables, with their names."""
    return [
        Line((_name(effect.name), ": ", *listing_of([(_name(one),) for one in names])))
        for effect in stack.effects
        if (names := effect.variables_lost)
    ]


def other_line(other: Other) -> Line:
    """One line for a resource that is no deployment: what is done to it, and to which inputs."""
    what = (operation(other), " ", _name(other.name), " (", _name(other.type), ")")
    op = (" by the unknown operation ", _name(other.op)) if other.verb is Verb.UNKNOWN else ()
    keys = listing_of([(_name(key),) for key in other.keys])
    return Line((*what, *op, *((": ", *keys) if keys else ())))


def gaps(stack: StackReport) -> list[Line]:
    """What a plan that lacks something says of itself."""
    if stack.failed:
        return [Line(("The preview failed; this plan is incomplete.",))]
    shown, more = stack.unlisted[:_NAMED], len(stack.unlisted) - _NAMED
    lines = [
        Line((f"The plan is incomplete: it counts {number} more ", _name(op), " than it lists."))
        for op, number in shown
    ]
    if more > 0:
        lines.append(Line((f"So it is for {more} more operations.",)))
    if not stack.ended:
        lines.append(Line(("The plan is incomplete: it ends without a count of its changes.",)))
    return lines


def message_line(message: Message, length: int) -> tuple[Line, str]:
    """What is said, as a head with severity and names, and the text itself."""
    names = [(_name(name),) for name in message.names[:_NAMED]]
    more = len(message.names) - len(names)
    about = listing_of([*names, *([(f"{more} more",)] if more else [])])
    head = (message.severity, *((" on ", *about) if about else ()))
    return Line(head), shortened(message.text, length)


def _name(text: str) -> Foreign:
    return Foreign(short(text))


def _title(effect: Effect) -> tuple[str, ...]:
    also = effect.deployment not in ("", effect.name)
    return (
        _name(effect.name),
        *((" (deployment ", _name(effect.deployment), ")") if also else ()),
        *((" takes over ", _name(effect.import_id)) if effect.import_id else ()),
        *((" by ", _name(effect.op)) if effect.kind is Kind.UNKNOWN else ()),
    )


def _reason(effect: Effect) -> tuple[str, ...]:
    if effect.kind is Kind.REVISION and effect.only_drift:
        return (" because it was changed elsewhere",)
    if not effect.reasons:
        return ()
    paths = [(_path(path),) for path in effect.reasons]
    return (" because ", *listing_of(paths), " changes" if len(paths) == 1 else " change")


def _keys(effect: Effect) -> tuple[str, ...]:
    fields = [(_path(change.path),) for change in effect.fields]
    secrets = [("secret ", _name(change.name)) for change in effect.secrets]
    return listing_of([*fields, *secrets, *((_path(path),) for path in effect.let_go)])


def _changes(effect: Effect) -> list[tuple[str, ...]]:
    if effect.kind is Kind.CREATED:
        return _made_with(effect)
    return [*map(_field, effect.fields), *map(_secret, effect.secrets)]


def _made_with(effect: Effect) -> list[tuple[str, ...]]:
    """What a new deployment is made with, but for its name and what is switched off."""
    said = [
        change for change in effect.fields if change.path != "name" and change.after is not False
    ]
    fields = [(_path(change.path), ": ", pair(None, change.after)[1]) for change in said]
    names = [(_name(change.name),) for change in effect.secrets if change.name]
    return [*fields, *([("secrets: ", *listing_of(names))] if names else [])]


def _field(change: FieldChange) -> tuple[str, ...]:
    before, after = pair(change.before, change.after)
    if before == after:
        return (_path(change.path), ": ", before, " changes", *_drift(change))
    return (_path(change.path), ": ", before, " → ", after, *_drift(change))


def _secret(change: SecretChange) -> tuple[str, ...]:
    if not change.name:
        return ("secrets: names and values known only during up",)
    return ("secret ", _name(change.name), f": {change.fate.value}", *_drift(change))


def _let_go(effect: Effect) -> list[tuple[str, ...]]:
    paths = [(_path(path),) for path in effect.let_go]
    return [("no longer managed, stays as it is: ", *listing_of(paths))] if paths else []


def _drift(change: FieldChange | SecretChange) -> tuple[str, ...]:
    return (" (drift put back)",) if change.drift else ()


def _path(path: str) -> Foreign:
    """A field's path without the part that all fields of a deployment share."""
    prefix = next((prefix for prefix in _LONG_PREFIXES if path.startswith(prefix)), "")
    return _name(path[len(prefix) :])
