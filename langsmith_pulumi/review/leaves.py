"""The nested values that differ between two values, each by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import properties

from .plan import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

Leaf = tuple[str, Any, Any]
"""A path with the old and the new value."""

_ENVIRONMENTS = ("env", "envs", "env_vars", "environment", "environment_variables")


def leaves(before: Any, after: Any, path: str) -> Iterator[Leaf]:
    """Yield each nested value that differs: its path (``sidecars[proxy].image``), old and new.

    Environment variables of containers may hold secrets in plain text, so their values are masked;
    so is a value that becomes a secret, or was one.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _object_leaves(before, after, path)
    elif _is_object_list(before) and _is_object_list(after):
        yield from _list_leaves(before, after, path)
    else:
        yield _leaf(path, _masked(before, _key(path)), _masked(after, _key(path)))


def _leaf(path: str, before: Any, after: Any) -> Leaf:
    both = before is not None and after is not None
    if both and (_holds_secret(before) or _holds_secret(after)):
        return path, _hidden(before), _hidden(after)
    return path, before, after


def _key(path: str) -> str:
    return path.rpartition(".")[2]


def _object_leaves(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Leaf]:
    for key in sorted({*before, *after}):
        old, new, below = before.get(key), after.get(key), f"{path}.{key}"
        is_variable = _is_variable(before, key) or _is_variable(after, key)
        if old != new and (is_variable or _key(path) in _ENVIRONMENTS):
            yield below, _hidden(old), _hidden(new)
        else:
            yield from leaves(old, new, below)


def _list_leaves(before: list[Any], after: list[Any], path: str) -> Iterator[Leaf]:
    """Pair objects by name if they all have one, else by position."""
    named = _are_named(before) and _are_named(after)
    olds, news = _labelled(before, named=named), _labelled(after, named=named)
    found = [
        leaf
        for label in {**olds, **news}
        for leaf in leaves(olds.get(label), news.get(label), f"{path}[{label}]")
    ]
    yield from found or [(path, list(olds), list(news))]


def _is_object_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _are_named(items: list[Any]) -> bool:
    names = [item.get("name") for item in items]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _labelled(items: list[Any], *, named: bool) -> dict[Any, Any]:
    return {item["name"] if named else place: item for place, item in enumerate(items)}


def _masked(value: Any, key: str = "") -> Any:
    """Return a copy with the values of environment variables masked; ``key`` is its own key."""
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_environment = key in _ENVIRONMENTS
    return {
        name: _hidden(item) if is_environment or _is_variable(value, name) else _masked(item, name)
        for name, item in value.items()
    }


def _is_variable(owner: dict[str, Any], key: str) -> bool:
    return key == "value" and "name" in owner and "value" in owner


def _hidden(value: Any) -> Any:
    return value if value is None or properties.is_unknown(value) else SECRET


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_secret(item) for item in value)
    return bool(value == SECRET)
