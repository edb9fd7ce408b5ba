"""The wording of a report: each kind and note, and the lines about deployments and resources.

All formats share it. A line consists of pieces: a plain string (the report's own words), a
``Placeholder`` (the report's own text in place of a value) or an ``Untrusted`` text, which each
format escapes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langsmith_pulumi.provider.folder.difference import DIGEST, FOLDER, files_in_words
from langsmith_pulumi.provider.sizes import DATABASE_SIZE, SIZE_FIELDS
from langsmith_pulumi.provider.sizes import TABLE as SIZE_TABLE
from langsmith_pulumi.provider.variables import ENVIRONMENT_VARIABLES, SECRETS

from .impact import Kind
from .plan import Action
from .steps import LISTENER
from .values import Untrusted, format_number, format_pair, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .differences import FieldChange, MovedVariable, SecretChange
    from .impact import DeploymentChange
    from .report import Message, ResourceChange, StackReport
    from .truncate import TruncationLevel

_LONG_PREFIXES = ("source_config.", "source_revision_config.")
_VARIABLE_PREFIX = f"{ENVIRONMENT_VARIABLES}."
_NAMES_PER_MESSAGE = 10
_FILES_PER_FOLDER = 8


@dataclass(frozen=True)
class Wording:
    """The words for a kind of change."""

    mark: str
    title: str
    cost: str
    colour: str


WORDINGS: dict[Kind, Wording] = {
    Kind.REPLACED: Wording("🔴", "replaced", "database and threads are lost", "red"),
    Kind.DELETED: Wording("🔴", "deleted", "database and threads are lost", "red"),
    Kind.UNKNOWN: Wording("🔴", "unknown", "this version cannot tell what it costs", "red"),
    Kind.STARTED_OVER: Wording(
        "🔴",
        "started over",
        "a new one begins empty; the old one keeps running, outside Pulumi's state",
        "red",
    ),
    Kind.REVISION: Wording(
        "🟠",
        "new revision",
        "rebuilt and redeployed; the old one serves meanwhile, long runs are retried",
        "yellow",
    ),
    Kind.IN_PLACE: Wording("🔵", "in place", "a setting changes, nothing is rebuilt", "cyan"),
    Kind.CREATED: Wording("🟢", "created", "built and deployed", "green"),
    Kind.ADOPTED: Wording(
        "🟠",
        "adopted",
        "taken over; settings that differ are patched, which may rebuild it",
        "yellow",
    ),
    Kind.RETRIED: Wording(
        "🟠",
        "retried",
        "its last rollout did not end well: waited for again, repeated if it failed",
        "yellow",
    ),
    Kind.DRIFT: Wording(
        "🔵",
        "drift",
        "a setting was changed outside of the program and is set again, nothing is rebuilt",
        "cyan",
    ),
    Kind.RELEASED: Wording(
        "⚪", "released", "its resource no longer manages it, and it keeps running", "white"
    ),
}


@dataclass(frozen=True)
class Line:
    """One line of a list."""

    pieces: tuple[str, ...]
    indent: int = 0


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is one."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def listing(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Join phrases, each in pieces, as ``a, b and c``."""
    pieces: list[str] = []
    for index, part in enumerate(parts):
        pieces += ["" if index == 0 else " and " if index == len(parts) - 1 else ", ", *part]
    return tuple(piece for piece in pieces if piece)


def deployment_lines(change: DeploymentChange, level: TruncationLevel) -> list[Line]:
    """Return a line for the deployment, and below it what changes and the notes."""
    title = (*_title(change), *_reason(change))
    if change.kind not in level.values:
        fields = _changed_names(change) if level.fields else ()
        return [Line((*title, *((": ", *fields) if fields else ())))]
    below = [
        *_changes(change),
        *map(_moved, change.moved),
        *_unmanaged(change),
        *((text,) for text in totals(change)),
        *((note.value,) for note in change.notes),
    ]
    return [Line(title), *(Line(pieces, 1) for pieces in below)]


def lost_variable_lines(stack: StackReport) -> list[Line]:
    """Return a line for each adoption that removes live variables, with their names."""
    return [
        Line((_name(change.name), ": ", *listing([(_name(one),) for one in names])))
        for change in stack.deployments
        if (names := change.variables_lost)
    ]


def resource_line(other: ResourceChange) -> Line:
    """Return a line for another resource: the operation and the inputs that change."""
    kind = "langsmith:Listener" if other.type == LISTENER else other.type
    words = (operation(other), " ", _name(other.name), " (", _name(kind), ")")
    unknown = other.action is Action.UNKNOWN
    op = (" by the unknown operation ", _name(other.op)) if unknown else ()
    keys = listing([(_name(key),) for key in other.keys])
    return Line((*words, *op, *((": ", *keys) if keys else ()), *_drift(other)))


def incomplete_lines(stack: StackReport) -> list[Line]:
    """Return lines that say why a plan is incomplete, if it is."""
    if stack.failed:
        return [Line(("The preview failed; this plan is incomplete.",))]
    shown = stack.unlisted[:_NAMES_PER_MESSAGE]
    more = len(stack.unlisted) - len(shown)
    lines = [
        Line((f"The plan is incomplete: it counts {number} more ", _name(op), " than it lists."))
        for op, number in shown
    ]
    if more > 0:
        lines.append(Line((f"The same holds for {more} more operations.",)))
    if not stack.ended:
        lines.append(Line(("The plan is incomplete: it ends without a count of its changes.",)))
    return lines


def message_line(message: Message, length: int) -> tuple[Line, str]:
    """Return a heading with severity and names, and the text of a message."""
    names = [(_name(name),) for name in message.names[:_NAMES_PER_MESSAGE]]
    more = len(message.names) - len(names)
    about = listing([*names, *([(f"{more} more",)] if more else [])])
    head = (message.severity, *((" on ", *about) if about else ()))
    return Line(head), _cut(message.text, length)


def _cut(text: str, length: int) -> str:
    """Cut a long text to its beginning and its end, where the cause of an error stands."""
    if len(text) <= length:
        return text
    head, tail = text[: length // 4], text[-length // 2 :]
    return f"{head}\n… ({len(text) - len(head) - len(tail)} characters) …\n{tail}"


def _name(text: str) -> Untrusted:
    return Untrusted(shorten(text))


def _path(path: str) -> Untrusted:
    """Return a field's path without the part that all fields of a deployment share."""
    prefix = next((prefix for prefix in _LONG_PREFIXES if path.startswith(prefix)), "")
    return _name(path[len(prefix) :])


def _label(path: str) -> tuple[str, ...]:
    """Return the words for a field: its path, or the name of a variable."""
    if path == DIGEST:
        return (FOLDER,)
    if path.startswith(_VARIABLE_PREFIX):
        return ("variable ", _name(path[len(_VARIABLE_PREFIX) :]))
    return (_path(path),)


def _title(change: DeploymentChange) -> tuple[str, ...]:
    named_otherwise = change.deployment not in ("", change.name)
    return (
        _name(change.name),
        *((" (deployment ", _name(change.deployment), ")") if named_otherwise else ()),
        *((" takes over ", _name(change.import_id)) if change.import_id else ()),
        *((" by ", _name(change.op)) if change.kind is Kind.UNKNOWN else ()),
    )


def _reason(change: DeploymentChange) -> tuple[str, ...]:
    if change.kind is Kind.REVISION and change.only_drift:
        return (" because it was changed outside of the program",)
    if not change.reasons:
        return ()
    paths = [_label(path) for path in change.reasons]
    return (" because ", *listing(paths), " changes" if len(paths) == 1 else " change")


def _changed_names(change: DeploymentChange) -> tuple[str, ...]:
    fields = [_label(field.path) for field in change.fields]
    secrets = [("secret ", _name(secret.name)) for secret in change.secrets]
    moved = [("variable ", _name(one.name)) for one in change.moved]
    return listing([*fields, *secrets, *moved, *((_path(path),) for path in change.unmanaged)])


def _changes(change: DeploymentChange) -> list[tuple[str, ...]]:
    if change.kind is Kind.CREATED:
        return _settings(change)
    fields = [_folder(change) if f.path == DIGEST else _field(f) for f in change.fields]
    return [*fields, *map(_secret, change.secrets)]


def _settings(change: DeploymentChange) -> list[tuple[str, ...]]:
    """Return the settings of a new deployment, without its name and those that are off."""
    shown = [f for f in change.fields if f.path != "name" and f.after is not False]
    fields = [
        _folder(change)
        if f.path == DIGEST
        else (*_label(f.path), ": ", format_pair(None, f.after)[1])
        for f in shown
    ]
    names = [(_name(secret.name),) for secret in change.secrets if secret.name]
    return [*fields, *([("secrets: ", *listing(names))] if names else [])]


def _folder(change: DeploymentChange) -> tuple[str, ...]:
    """Return the numbers of files that change in a folder, and some of their names."""
    folder = change.folder
    if folder is None or not folder.count:
        return (FOLDER, ": contents known only during up")
    if change.kind in (Kind.CREATED, Kind.ADOPTED):
        return (FOLDER, f": {files_in_words(folder.count)} uploaded")
    names = folder.names[:_FILES_PER_FOLDER]
    more = len(folder.names) - len(names)
    parts = [*((_name(one),) for one in names), *([(f"{more:,} more",)] if more else [])]
    return (FOLDER, f": {folder.summary()}", *((": ", *listing(parts)) if parts else ()))


def _field(change: FieldChange) -> tuple[str, ...]:
    before, after = format_pair(change.before, change.after)
    if before == after:
        return (*_label(change.path), ": ", before, " changes", *_drift(change))
    return (*_label(change.path), ": ", before, " → ", after, *_drift(change))


_MOVED = {
    SECRETS: " moves to secrets: hidden from now on; its value stays as it is",
    ENVIRONMENT_VARIABLES: " moves out of secrets: visible from now on; its value stays as it is",
}


def _moved(variable: MovedVariable) -> tuple[str, ...]:
    return ("variable ", _name(variable.name), _MOVED[variable.to])


def _secret(change: SecretChange) -> tuple[str, ...]:
    if not change.name:
        return ("secrets: names and values known only during up",)
    return ("secret ", _name(change.name), f": {change.action.value}", *_drift(change))


def _drift(change: FieldChange | SecretChange | ResourceChange) -> tuple[str, ...]:
    return (" (changed outside of the program)",) if change.drift else ()


def _unmanaged(change: DeploymentChange) -> list[tuple[str, ...]]:
    paths = [(_path(path),) for path in change.unmanaged if path != DIGEST]
    return [("no longer managed, stays as it is: ", *listing(paths))] if paths else []


_OPERATIONS = {
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.UPDATE: "updated",
    Action.CREATE: "created",
    Action.ADOPT: "imported",
}
_RETAINED = {Action.REPLACE: "replaced (the old one is kept)", Action.DELETE: "released"}


def operation(other: ResourceChange) -> str:
    """Return the word for what is done to another resource."""
    words = {**_OPERATIONS, **_RETAINED} if other.retained else _OPERATIONS
    return words.get(other.action, "changed in an unknown way")


def operations(others: Iterable[ResourceChange]) -> Counter[str]:
    """Count the other resources that are replaced, deleted and so on."""
    return Counter(operation(other) for other in others)


_TOO_LARGE = 10**9
"""No deployment has this many of anything, so no total is made of such a number."""
_PARTS = (("", "replica"), ("queue_", "queue worker"))


def totals(change: DeploymentChange) -> tuple[str, ...]:
    """Sum up changed sizes and scales in words: ``at most 10 replicas of 1 CPU / 1 GB``."""
    spec = dict(change.spec)
    changed = {field.path.rpartition(".")[2] for field in change.fields}
    scales = (
        text
        for prefix, noun in _PARTS
        if changed & {f"{prefix}{key}" for key in ("min_scale", "max_scale", "cpu", "memory_mb")}
        if (text := _total(spec, prefix, noun))
    )
    sizes = (_size_change(change.family, field) for field in change.fields)
    return (*filter(None, sizes), *scales)


def _size_change(family: str, field: FieldChange) -> str:
    """Return what another size means: ``Dedicated S → M: 3 → 6 vCPU, 6 → 12 GiB a replica``."""
    if field.path not in SIZE_FIELDS:
        return ""
    before, after = SIZE_TABLE.get((family, field.before)), SIZE_TABLE.get((family, field.after))
    if after is None:
        return ""
    letters = _from_to(before and field.before[0].upper(), field.after[0].upper())
    if field.path == DATABASE_SIZE:
        cpu = _from_to(before and before.database_vcpu, after.database_vcpu)
        memory = _from_to(before and before.database_gib, after.database_gib)
        return f"{family} database {letters}: {cpu} vCPU, {memory} GiB"
    cpu = _from_to(before and before.vcpu, after.vcpu)
    memory = _from_to(before and before.gib, after.gib)
    replicas = count(after.replicas, "replica")
    return f"{family} {letters}: {cpu} vCPU, {memory} GiB a replica, up to {replicas}"


def _from_to(before: object, after: object) -> str:
    texts = [
        format_number(value) if isinstance(value, (int, float)) else str(value)
        for value in (before, after)
        if value is not None
    ]
    return " → ".join(dict.fromkeys(texts))


def _total(spec: Mapping[str, object], prefix: str, noun: str) -> str:
    most = _number(spec.get(f"{prefix}max_scale"))
    cpu, memory = _number(spec.get(f"{prefix}cpu")), _number(spec.get(f"{prefix}memory_mb"))
    if most is None:
        return ""
    text = f"at most {count(int(most), noun)}"
    if cpu is None and memory is None:
        return text
    total = f" ({_size(cpu, memory, most)} in all)" if most > 1 else ""
    return f"{text} of {_size(cpu, memory)}{total}"


def _size(cpu: float | None, memory: float | None, times: float = 1) -> str:
    parts = [
        "" if cpu is None else f"{format_number(round(cpu * times, 3))} CPU",
        "" if memory is None else _memory(memory * times),
    ]
    return " / ".join(part for part in parts if part)


def _memory(megabytes: float) -> str:
    if megabytes < 1024:  # noqa: PLR2004 - MB in a GB
        return f"{format_number(megabytes)} MB"
    return f"{format_number(round(megabytes / 1024, 2))} GB"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < _TOO_LARGE else None
