"""Values as a report shows them: on one line, short, harmless, and never a secret."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any

from langsmith_pulumi.provider import bags
from langsmith_pulumi.provider.markers import is_marker

from .credentials import without_credentials
from .plan import SECRET

LENGTH = 80
"""Most characters that a value takes in a report."""
_CONTEXT = 20
"""Characters kept before the first difference of two long values."""

_EXACT = 1e15
"""Whole numbers below this are exact in a float."""
_OLD_COMMAND = re.compile(r"##((?:vso)?\[)")
_HARMLESS = ("L", "M", "N", "P", "S", "Zs")


class Word(str):
    """A word of the report's own in the place of a value."""

    __slots__ = ()


class Foreign(str):
    """A text that comes from a program, a service or an engine, and is not to be trusted."""

    __slots__ = ()


UNKNOWN = Word("known only during up")
HIDDEN = Word("a secret")
UNSET = Word("not set")
DIFFERENT = Word("something else")
OUTSIDE = Word("changed outside, not shown")


def pair(before: Any, after: Any) -> tuple[Word | Foreign, Word | Foreign]:
    """Two values that differ, each shortened so that the first difference is still seen."""
    old, new = _text(before), _text(after)
    start = 0
    if isinstance(old, Foreign) and isinstance(new, Foreign):
        start = max(0, _common(old, new) - _CONTEXT)
    return _window(old, start), _window(new, start)


def short(text: str, length: int = LENGTH) -> str:
    """A text cut in the middle if it is long: both ends of a name or an image tell something."""
    if len(text) <= length:
        return text
    tail = length // 3
    return f"{text[: length - tail - 1]}…{text[-tail:]}"


def visible(text: str) -> str:
    """Return a text with what a reader cannot see, or a runner would obey, spelled out.

    A reader cannot see control characters and directions; a runner obeys ``##[...]`` wherever it
    stands in a line of a log.
    """
    shown = "".join(char if _is_harmless(char) else _spelled(char) for char in text)
    return _OLD_COMMAND.sub(r"\\u0023#\1", shown)


def logged(text: str) -> list[str]:
    """Return the lines of a text so that none of them can be a command to a pipeline's runner."""
    return [f"| {visible(line)}" for line in text.splitlines()]


def figure(number: float) -> str:
    """A number as people write it; the engine turns every number into a float."""
    return str(int(number)) if number == int(number) else repr(number)


def _text(value: Any) -> Word | Foreign:
    if value is None:
        return UNSET
    if isinstance(value, Word):
        return value
    if is_marker(value):
        return OUTSIDE
    if bags.is_unknown(value):
        return UNKNOWN
    if value == SECRET:
        return HIDDEN
    return Foreign(visible(without_credentials(_plain(value))))


def stated(value: Any) -> dict[str, Any]:
    """A value as it is, with whether it is set, unset, secret or unknown; for programs."""
    if value is None:
        return {"state": "unset"}
    if isinstance(value, Word) or is_marker(value):
        return {"state": "hidden"}
    if bags.is_unknown(value):
        return {"state": "unknown"}
    if value == SECRET:
        return {"state": "secret"}
    return {"state": "set", "value": _printable(value)}


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return figure(value) if abs(value) < _EXACT else json.dumps(value)
    return json.dumps(_printable(value), ensure_ascii=False, sort_keys=True)


def _printable(value: Any) -> Any:
    """A nested value with words in the place of what is unknown or secret."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if bags.is_unknown(value):
        return f"({UNKNOWN})"
    if is_marker(value):
        return f"({OUTSIDE})"
    if isinstance(value, str):
        return without_credentials(value)
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> int | float | str:
    """A number that JSON knows."""
    if not math.isfinite(value):
        return json.dumps(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _common(old: str, new: str) -> int:
    same = (index for index, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    return next(same, min(len(old), len(new)))


def _window(text: Word | Foreign, start: int) -> Word | Foreign:
    """The text, or the part of a long one that begins shortly before the difference."""
    if len(text) <= LENGTH:
        return text
    part = text[start:]
    return Foreign(short(f"…{part}" if start else part))


def _is_harmless(char: str) -> bool:
    return char == " " or unicodedata.category(char).startswith(_HARMLESS)


def _spelled(char: str) -> str:
    return json.dumps(char)[1:-1]
