"""Property bags: the nested dictionaries in which the engine hands values to a provider.

Everything this package needs to know of unknown values lives here. In a preview, a value that is
not known yet arrives as an ``Unknown`` object, at any depth.
"""

from __future__ import annotations

from typing import Any

from pulumi.output import Unknown

Bag = dict[str, Any]


def is_unknown(value: Any) -> bool:
    """Whether a value will only be known during ``up``."""
    return isinstance(value, Unknown)


def holds_unknown(value: Any) -> bool:
    """Whether a value, or anything inside it, is not known yet."""
    if isinstance(value, dict):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return is_unknown(value)


def get(bag: Bag, path: str) -> Any:
    """The value at a dotted path; None where there is none, unknown below an unknown."""
    value: Any = bag
    for key in path.split("."):
        if is_unknown(value):
            return value
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def put(bag: Bag, path: str, value: Any) -> None:
    """Set the value at a dotted path, making the objects on the way."""
    *parents, last = path.split(".")
    for key in parents:
        bag = bag.setdefault(key, {})
    bag[last] = value


def compact(value: Any) -> Any:
    """A copy without nested nulls, which the engine keeps and which mean "not set" here."""
    if isinstance(value, dict):
        return {key: compact(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [compact(item) for item in value]
    return value


def known(value: Any) -> Any:
    """A copy without what is not known yet; a list that holds an unknown is left out whole."""
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items() if _is_usable(item)}
    return value


def _is_usable(value: Any) -> bool:
    return not (holds_unknown(value) if isinstance(value, list) else is_unknown(value))


def unknown_paths(value: Any, path: str = "") -> set[str]:
    """The dotted paths that ``known`` leaves out."""
    if isinstance(value, dict):
        return {
            found
            for key, item in value.items()
            for found in unknown_paths(item, f"{path}.{key}" if path else key)
        }
    return set() if _is_usable(value) else {path}
