"""Property paths of resource options: `tags`, `a.b`, `a[0].b`, `a["x.y"]`, `*`."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .values import Properties

Path = list[str | int]

_PART = re.compile(r'\.?([^.\[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]')


def parse_path(text: str) -> Path:
    """Return the keys and indices of a path."""
    parts: Path = []
    for name, index, quoted in _PART.findall(text):
        parts.append(int(index) if index.isdigit() else name or index or quoted)
    return parts


def contains(path: Path, other: Path) -> bool:
    """Return True if `other` is at or below the path; `*` matches every key."""
    return len(path) <= len(other) and all(
        mine in ("*", theirs) for mine, theirs in zip(path, other, strict=False)
    )


def reset(news: Properties, olds: Properties, paths: list[str]) -> Properties:
    """Return the new properties with the old values at the paths."""
    result = copy.deepcopy(news)
    for text in paths:
        _reset(result, olds, parse_path(text))
    return result


def _reset(new: Any, old: Any, path: Path) -> None:
    key, rest = path[0], path[1:]
    for each in _keys(new, old) if key == "*" else [key]:
        if rest and _has(new, each) and _has(old, each):
            _reset(new[each], old[each], rest)
        elif not rest:
            _assign(new, old, each)


def _keys(new: Any, old: Any) -> list[Any]:
    if isinstance(new, dict) and isinstance(old, dict):
        return [*new, *(key for key in old if key not in new)]
    return list(range(len(new))) if isinstance(new, list) else []


def _has(value: Any, key: Any) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and key < len(value)


def _assign(new: Any, old: Any, key: Any) -> None:
    if _has(old, key):
        if isinstance(new, dict) or _has(new, key):
            new[key] = old[key]
    elif isinstance(new, dict):
        new.pop(key, None)
