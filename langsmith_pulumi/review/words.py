"""The words of a report: kinds and their costs, sentences with counts, the total of a scale."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .effects import Kind
from .operations import Verb
from .values import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .effects import Effect
    from .report import Other


@dataclass(frozen=True)
class Words:
    """How a kind of effect is told."""

    mark: str
    title: str
    cost: str
    colour: str


KINDS: dict[Kind, Words] = {
    Kind.REPLACED: Words("🔴", "replaced", "database and threads are lost", "red"),
    Kind.DELETED: Words("🔴", "deleted", "database and threads are lost", "red"),
    Kind.UNKNOWN: Words("🔴", "unknown", "this version cannot tell what it costs", "red"),
    Kind.STARTED_OVER: Words(
        "🔴",
        "started over",
        "a new one begins empty; the old one keeps running, outside Pulumi's state",
        "red",
    ),
    Kind.REVISION: Words(
        "🟠", "new revision", "rebuilt and redeployed; the old one serves meanwhile", "yellow"
    ),
    Kind.IN_PLACE: Words("🔵", "in place", "a setting changes, nothing is rebuilt", "cyan"),
    Kind.CREATED: Words("🟢", "created", "built and deployed", "green"),
    Kind.ADOPTED: Words(
        "🟠",
        "adopted",
        "taken over; settings that differ are patched, which may rebuild it",
        "yellow",
    ),
    Kind.RETRIED: Words(
        "🟠",
        "retried",
        "its last rollout did not end well: waited for again, repeated if it failed",
        "yellow",
    ),
    Kind.DRIFT: Words(
        "🔵", "drift put back", "a setting was changed elsewhere, nothing is rebuilt", "cyan"
    ),
    Kind.RELEASED: Words("⚪", "released", "Pulumi lets go of it, and it keeps running", "white"),
}

LOSSES = (Kind.REPLACED, Kind.DELETED, Kind.UNKNOWN, Kind.STARTED_OVER)
"""What a reviewer must not overlook."""


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is not one."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def listing(parts: Sequence[str]) -> str:
    """Some phrases as one: ``a, b and c``."""
    return "".join(listing_of([(part,) for part in parts]))


def listing_of(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The same for phrases in pieces."""
    pieces: list[str] = []
    for index, part in enumerate(parts):
        pieces += ["" if index == 0 else " and " if index == len(parts) - 1 else ", ", *part]
    return tuple(piece for piece in pieces if piece)


_DONE = {
    Verb.REPLACE: "replaced",
    Verb.DELETE: "deleted",
    Verb.UPDATE: "updated",
    Verb.CREATE: "created",
    Verb.ADOPT: "imported",
}


_RETAINED = {Verb.REPLACE: "replaced (the old one is kept)", Verb.DELETE: "released"}


def operation(other: Other) -> str:
    """What is done to a resource that is no deployment."""
    words = {**_DONE, **_RETAINED} if other.retained else _DONE
    return words.get(other.verb, "changed in an unknown way")


def operations(others: Iterable[Other]) -> Counter[str]:
    """How many of the other resources are replaced, deleted and so on."""
    return Counter(operation(other) for other in others)


_ABSURD = 10**9
"""No deployment has so many of anything: such a figure is left to itself."""
_PARTS = (("", "replica"), ("queue_", "queue worker"))


def totals(effect: Effect) -> tuple[str, ...]:
    """What a changed scale comes to, in words: ``at most 10 replicas of 1 CPU / 1 GB``."""
    spec = dict(effect.spec)
    changed = {change.path.rpartition(".")[2] for change in effect.fields}
    return tuple(
        text
        for prefix, noun in _PARTS
        if changed & {f"{prefix}{key}" for key in ("min_scale", "max_scale", "cpu", "memory_mb")}
        if (text := _total(spec, prefix, noun))
    )


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
        "" if cpu is None else f"{figure(round(cpu * times, 3))} CPU",
        "" if memory is None else _memory(memory * times),
    ]
    return " / ".join(part for part in parts if part)


def _memory(megabytes: float) -> str:
    if megabytes < 1024:  # noqa: PLR2004 - MB in a GB
        return f"{figure(megabytes)} MB"
    return f"{figure(round(megabytes / 1024, 2))} GB"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < _ABSURD else None
