"""Markers that stand in the state for live text which was changed outside of the program.

A command, an argument or an annotation may hold a token, and what the program did not write is
known to be no secret only where it cannot be one. So free text of the service stays out of the
state unless the program wrote it. The marker is keyed with the deployment's salt, where it has one:
another text gives another marker, and nobody can test guesses against it.
"""

from __future__ import annotations

import re
from typing import Any

from .door import Refusal
from .fingerprints import fingerprints

_NOT_SHOWN = "changed outside of the program, not shown"
_MARKER = re.compile(rf"\({_NOT_SHOWN}(: [0-9a-f]+)?\)|\(hidden\)")
"""``(hidden)`` is what states of before hold."""

_NAME = re.compile(r"[\w./-]{1,63}")
_IMAGE = re.compile(
    r"([a-z0-9.-]+(:\d+)?/)?[a-z0-9._/-]+(:[\w.-]{1,128})?(@sha256:[0-9a-f]{64})?", re.IGNORECASE
)
_SHOWN = {
    "display_name": re.compile(r".*"),
    "repo_ref": re.compile(r"[\w./-]{1,250}"),
    "langgraph_config_path": re.compile(r"[\w./-]{1,250}"),
    "image_uri": _IMAGE,
    "image": _IMAGE,
    "imagePullPolicy": _NAME,
    "mountPath": re.compile(r"[\w./-]{1,250}"),
    "name": _NAME,
    "secret_name": _NAME,
    "secret_key": _NAME,
    "service_account_name": _NAME,
}
"""The texts that show in clear, by the last name of their path, where they have this form.

Everything else that is text is free text. Numbers and booleans always show.
"""
_FREE_OBJECTS = ("labels", "annotations", "volumeAttributes")
"""Objects whose keys are anybody's, so that a ``name`` in them says nothing."""


def marker(path: str, value: str, salt: str | None) -> str:
    """Return what stands for a live text at a path."""
    key = f": {fingerprints({path: value}, salt)[path]}" if salt else ""
    return f"({_NOT_SHOWN}{key})"


def is_marker(value: Any) -> bool:
    """Return whether a value is a marker."""
    return isinstance(value, str) and bool(_MARKER.fullmatch(value))


def marker_paths(value: Any, path: str = "") -> list[str]:
    """Return the dotted paths of all markers in a value."""
    if isinstance(value, (dict, list)):
        return [
            found for key, item in _items(value) for found in marker_paths(item, _below(path, key))
        ]
    return [path] if is_marker(value) else []


def redact(path: str, mine: Any, theirs: Any, salt: str | None) -> Any:
    """Return a live value with markers for its free text, but for what the program wrote itself."""
    return _redacted(path, theirs, set(_texts(mine)), salt)


def _redacted(path: str, value: Any, own: set[str], salt: str | None) -> Any:
    if isinstance(value, dict):
        return {key: _redacted(_below(path, key), item, own, salt) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(_below(path, index), item, own, salt) for index, item in enumerate(value)]
    if not isinstance(value, str) or value in own or _may_show(path, value):
        return value
    return marker(path, value, salt)


def _may_show(path: str, text: str) -> bool:
    *parents, last = path.split(".")
    form = None if any(name in _FREE_OBJECTS for name in parents) else _SHOWN.get(last)
    return not text or bool(form and form.fullmatch(text))


def is_unchanged(path: str, before: Any, after: Any, salt: str | None) -> bool:
    """Return whether a recorded value is the wanted one, or a marker that stands for it.

    Two markers are equal: a wanted value is one only where ``ignore_changes`` keeps the recorded.
    """
    if is_marker(before):
        if is_marker(after):
            return True
        return isinstance(after, str) and bool(salt) and marker(path, after, salt) == before
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(
            is_unchanged(_below(path, key), item, after[key], salt) for key, item in before.items()
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(
            is_unchanged(_below(path, index), item, after[index], salt)
            for index, item in enumerate(before)
        )
    return bool(before == after)


def restore(value: Any, live: Any, path: str = "") -> Any:
    """Return a value to send, with what is live in place of each marker: none is ever sent."""
    if not marker_paths(value):
        return value
    if isinstance(value, dict) and isinstance(live, dict):
        return {key: restore(item, live.get(key), _below(path, key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(live, list) and len(value) == len(live):
        return [restore(item, live[index], _below(path, index)) for index, item in enumerate(value)]
    if isinstance(value, str) and isinstance(live, str):
        return live
    raise Refusal(
        f"{_first(marker_paths(value, path))} was changed outside of the program, and "
        "ignore_changes keeps a value that this provider does not know. Take it out of "
        "ignore_changes, so that the program's value is sent."
    )


def _first(paths: list[str]) -> str:
    return paths[0]


def _texts(value: Any) -> list[str]:
    if isinstance(value, (dict, list)):
        return [text for _, item in _items(value) for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _items(value: dict[str, Any] | list[Any]) -> list[tuple[Any, Any]]:
    return list(value.items() if isinstance(value, dict) else enumerate(value))


def _below(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)
