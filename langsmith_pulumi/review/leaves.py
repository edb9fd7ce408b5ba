"""Nested values, walked down to what really differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = "(hidden)"


def leaves(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each differing leaf with its path below the value (``.cpu``, ``[0].image``), old and new.

    Environment variables of containers may hold secrets in clear, so their values are masked.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_objects(before, after, path)
    elif _are_object_lists(before, after):
        yield from _of_lists(before, after, path)
    else:
        yield path, masked(before), masked(after)


def _of_objects(
    before: dict[str, Any], after: dict[str, Any], path: str
) -> Iterator[tuple[str, Any, Any]]:
    variable = _is_variable(before) or _is_variable(after)
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if variable and key == "value" and old != new:
            yield f"{path}.{key}", old and HIDDEN, new and HIDDEN
        else:
            yield from leaves(old, new, f"{path}.{key}")


def _of_lists(before: list[Any], after: list[Any], path: str) -> Iterator[tuple[str, Any, Any]]:
    for index in range(max(len(before), len(after))):
        old = before[index] if index < len(before) else None
        new = after[index] if index < len(after) else None
        yield from leaves(old, new, f"{path}[{index}]")


def _are_object_lists(before: Any, after: Any) -> bool:
    return all(
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
        for value in (before, after)
    )


def masked(value: Any) -> Any:
    """A copy without the values of environment variables."""
    if isinstance(value, dict):
        return {
            key: HIDDEN if key == "value" and _is_variable(value) else masked(item)
            for key, item in value.items()
        }
    return [masked(item) for item in value] if isinstance(value, list) else value


def _is_variable(value: dict[str, Any]) -> bool:
    return "name" in value and "value" in value
