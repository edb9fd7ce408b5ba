"""Values as a report shows them: on one line, short, escaped, and never a secret."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any

from langsmith_pulumi.control_plane.credentials import MASK, is_secret_after, without_credentials
from langsmith_pulumi.provider import properties
from langsmith_pulumi.provider.fingerprints import is_marker

from .plan import SECRET

LENGTH = 80
"""Most characters that a value takes in a report."""
_CONTEXT = 20
"""Characters kept before the first difference of two long values."""

_EXACT = 1e15
"""Whole numbers below this are exact in a float."""
_OLD_COMMAND = re.compile(r"##((?:vso)?\[)")
_VISIBLE_CATEGORIES = ("L", "M", "N", "P", "S", "Zs")


class Placeholder(str):
    """The report's own text in place of a value."""

    __slots__ = ()


class Untrusted(str):
    """A text from a program, a service or the engine; each format escapes it."""

    __slots__ = ()


UNKNOWN = Placeholder("known only during up")
HIDDEN = Placeholder("a secret")
UNSET = Placeholder("not set")
DIFFERENT = Placeholder("something else")
OUTSIDE = Placeholder("changed outside, not shown")


def format_pair(before: Any, after: Any) -> tuple[Placeholder | Untrusted, Placeholder | Untrusted]:
    """Format two values that differ, each shortened around the first difference."""
    old, new = _text(before), _text(after)
    start = 0
    if isinstance(old, Untrusted) and isinstance(new, Untrusted):
        start = max(0, _common_prefix_length(old, new) - _CONTEXT)
    return _window(old, start), _window(new, start)


def shorten(text: str, length: int = LENGTH) -> str:
    """Cut a long text in the middle: both ends of a name or an image identify it."""
    if len(text) <= length:
        return text
    tail = length // 3
    return f"{text[: length - tail - 1]}…{text[-tail:]}"


def escape_invisible(text: str) -> str:
    """Escape invisible characters, and commands to a pipeline's runner.

    Control characters and text directions are invisible; a runner executes ``##[...]`` wherever it
    stands in a line of a log.
    """
    shown = "".join(char if _is_visible(char) else _escaped(char) for char in text)
    return _OLD_COMMAND.sub(r"\\u0023#\1", shown)


def log_lines(text: str) -> list[str]:
    """Return the lines of a text, prefixed so that a pipeline's runner executes none of them."""
    return [f"| {escape_invisible(line)}" for line in text.splitlines()]


def format_number(number: float) -> str:
    """Format a number without a needless ".0"; the engine turns every number into a float."""
    return str(int(number)) if number == int(number) else repr(number)


def _text(value: Any) -> Placeholder | Untrusted:
    if value is None:
        return UNSET
    if isinstance(value, Placeholder):
        return value
    if is_marker(value):
        return OUTSIDE
    if properties.is_unknown(value):
        return UNKNOWN
    if value == SECRET:
        return HIDDEN
    return Untrusted(escape_invisible(without_credentials(_as_text(value))))


def value_state(value: Any) -> dict[str, Any]:
    """Return a value for programs, with its state: set, unset, secret, unknown or hidden."""
    if value is None:
        return {"state": "unset"}
    if isinstance(value, Placeholder) or is_marker(value):
        return {"state": "hidden"}
    if properties.is_unknown(value):
        return {"state": "unknown"}
    if value == SECRET:
        return {"state": "secret"}
    return {"state": "set", "value": _printable(value)}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return format_number(value) if abs(value) < _EXACT else json.dumps(value)
    return json.dumps(_printable(value), ensure_ascii=False, sort_keys=True)


def _printable(value: Any) -> Any:
    """Return a nested value with texts in place of unknown values and secrets."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [
            MASK if isinstance(item, str) and is_secret_after(before, item) else _printable(item)
            for before, item in zip([None, *value], value, strict=False)
        ]
    if properties.is_unknown(value):
        return f"({UNKNOWN})"
    if is_marker(value):
        return f"({OUTSIDE})"
    if isinstance(value, str):
        return without_credentials(value)
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> int | float | str:
    """Return a number that JSON can express."""
    if not math.isfinite(value):
        return json.dumps(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _common_prefix_length(old: str, new: str) -> int:
    same = (index for index, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    return next(same, min(len(old), len(new)))


def _window(text: Placeholder | Untrusted, start: int) -> Placeholder | Untrusted:
    """Return the text, or the part of a long one that begins shortly before the difference."""
    if len(text) <= LENGTH:
        return text
    part = text[start:]
    return Untrusted(shorten(f"…{part}" if start else part))


def _is_visible(char: str) -> bool:
    return char == " " or unicodedata.category(char).startswith(_VISIBLE_CATEGORIES)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]
