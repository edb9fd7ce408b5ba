"""Messages of the engine, the providers and the program, cut to what a reader needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .credentials import without_credentials

if TYPE_CHECKING:
    from .plan import Plan

ALL = 1_000_000
_NOISE = re.compile(r"\A\S+ resource '(?P<name>[^']*)': (?:property (?P<path>\S+) value \{.*?\} )?")
_PROBLEM = "has a problem: "


@dataclass(frozen=True)
class Message:
    """What was said, and the names of the resources it was said of."""

    severity: str
    text: str
    names: tuple[str, ...]


def messages(plan: Plan, severity: str) -> tuple[Message, ...]:
    """Those of a severity, each text once."""
    found: dict[str, list[str]] = {}
    for said in plan.diagnostics:
        if said.severity == severity:
            name = said.urn.name if said.urn else ""
            found.setdefault(_told(said.message, name), []).append(name)
    return tuple(
        Message(severity, text, tuple(dict.fromkeys(filter(None, names))))
        for text, names in found.items()
        if text
    )


def _told(text: str, name: str) -> str:
    """The message without the name that is told anyway, and without empty words."""
    plain = without_credentials(text.strip().removeprefix("error: "))
    noise = _NOISE.match(plain)
    if not noise or noise["name"] != name:
        return plain
    rest = plain[noise.end() :].removeprefix(_PROBLEM)
    return f"{noise['path']} {rest}" if noise["path"] else rest


def shortened(text: str, length: int = ALL) -> str:
    """A text within a length; of a long one the end, where the cause stands."""
    if len(text) <= length:
        return text
    head, tail = text[: length // 4], text[-length // 2 :]
    return f"{head}\n… ({len(text) - len(head) - len(tail)} characters) …\n{tail}"
