"""Fingerprints: keyed hashes in the state, instead of secrets and of live text.

A fingerprint of a secret tells that it changed, and nothing about its value. A marker does the same
for text that was changed outside of the program: a command, an argument or an annotation may hold a
token, so free text of the service is stored only if the program wrote it itself. Both are keyed
with a salt that is stored encrypted, so a reader of a plan or report cannot test guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets as randomness
from typing import TYPE_CHECKING, Any

from .error_boundary import ProviderError
from .properties import is_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH = 16
_NOT_SHOWN = "changed outside of the program, not shown"
_MARKER = re.compile(rf"\({_NOT_SHOWN}(: [0-9a-f]+)?\)|\(hidden\)")
"""``(hidden)`` is the marker of former versions."""
_NAME = re.compile(r"[\w./-]{1,63}")
_PATH = re.compile(r"[\w./-]{1,250}")
_IMAGE = re.compile(
    r"([a-z0-9.-]+(:\d+)?/)?[a-z0-9._/-]+(:[\w.-]{1,128})?(@sha256:[0-9a-f]{64})?", re.IGNORECASE
)
_PUBLIC_TEXT = {
    "display_name": re.compile(r".*"),
    "repo_ref": _PATH,
    "repo_url": re.compile(r"(https://|git@)[\w.-]+[/:][\w./-]{1,250}"),
    "langgraph_config_path": _PATH,
    "image_uri": _IMAGE,
    "image": _IMAGE,
    "imagePullPolicy": _NAME,
    "mountPath": _PATH,
    "name": _NAME,
    "secret_name": _NAME,
    "secret_key": _NAME,
    "service_account_name": _NAME,
}
"""Text that is stored in clear, by the last name of its path and its form.

All other text is free text. Numbers and booleans are always stored in clear.
"""
_FREE_OBJECTS = ("labels", "annotations", "volumeAttributes")
"""Objects with arbitrary keys, in which a key such as ``name`` has no meaning."""


def new_salt() -> str:
    """Return a random salt."""
    return randomness.token_hex(16)


def derived_salt(api_key: str, urn: str) -> str:
    """Return the salt of a resource, the same one for the same API key and URN."""
    message = f"langsmith-pulumi: salt of the fingerprints of\0{urn}".encode()
    return hmac.new(api_key.encode(), message, hashlib.sha256).hexdigest()[:32]


def fingerprints(values: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """Return a fingerprint for each name; it is unknown where the value is."""
    return {name: _fingerprint(name, value, salt) for name, value in values.items()}


def _fingerprint(name: str, value: Any, salt: str) -> Any:
    if is_unknown(value):
        return value
    message = f"{name}\0{value}".encode()
    return hmac.new(salt.encode(), message, hashlib.sha256).hexdigest()[:_LENGTH]


def marker(path: str, value: str, salt: str | None) -> str:
    """Return the marker of a live text at a path."""
    key = f": {fingerprints({path: value}, salt)[path]}" if salt else ""
    return f"({_NOT_SHOWN}{key})"


def is_marker(value: Any) -> bool:
    """Return True if a value is a marker."""
    return isinstance(value, str) and bool(_MARKER.fullmatch(value))


def marker_paths(value: Any, path: str = "") -> list[str]:
    """Return the dotted paths of all markers in a value."""
    if isinstance(value, (dict, list)):
        return [
            found for key, item in _items(value) for found in marker_paths(item, _join(path, key))
        ]
    return [path] if is_marker(value) else []


def digest(path: str, value: Any, salt: str) -> str:
    """Return a keyed hash of any value, which a text and its marker share."""
    markers = {text for text in _texts(value) if is_marker(text)}
    canonical = json.dumps(_redact(path, value, markers, salt), sort_keys=True)
    return str(fingerprints({path: canonical}, salt)[path])


def redact_live_text(path: str, own: Any, live: Any, salt: str | None) -> Any:
    """Return a live value with markers for its free text, except for text of the program."""
    return _redact(path, live, set(_texts(own)), salt)


def _redact(path: str, value: Any, own: set[str], salt: str | None) -> Any:
    if isinstance(value, dict):
        return {key: _redact(_join(path, key), item, own, salt) for key, item in value.items()}
    if isinstance(value, list):
        return [_redact(_join(path, index), item, own, salt) for index, item in enumerate(value)]
    if not isinstance(value, str) or value in own or _is_public(path, value):
        return value
    return marker(path, value, salt)


def _is_public(path: str, text: str) -> bool:
    *parents, last = path.split(".")
    is_free = any(name in _FREE_OBJECTS for name in parents)
    pattern = None if is_free else _PUBLIC_TEXT.get(last)
    return not text or bool(pattern and pattern.fullmatch(text))


def is_unchanged(path: str, before: Any, after: Any, salt: str | None) -> bool:
    """Return True if a recorded value is the desired one, or a marker of it.

    Two markers are equal, for a desired value is a marker only if ``ignore_changes`` keeps it.
    """
    if is_marker(before):
        if is_marker(after):
            return True
        return isinstance(after, str) and bool(salt) and marker(path, after, salt) == before
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(
            is_unchanged(_join(path, key), item, after[key], salt) for key, item in before.items()
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(
            is_unchanged(_join(path, index), item, after[index], salt)
            for index, item in enumerate(before)
        )
    return bool(before == after)


def restore_live_text(value: Any, live: Any, path: str = "") -> Any:
    """Return a value to send, with the live text in place of each marker.

    Raise ``ProviderError`` if a marker has no live text, because a marker is never sent.
    """
    if not marker_paths(value):
        return value
    if isinstance(value, dict) and isinstance(live, dict):
        return {
            key: restore_live_text(item, live.get(key), _join(path, key))
            for key, item in value.items()
        }
    if isinstance(value, list) and isinstance(live, list) and len(value) == len(live):
        return [
            restore_live_text(item, live[index], _join(path, index))
            for index, item in enumerate(value)
        ]
    if isinstance(value, str) and isinstance(live, str):
        return live
    raise ProviderError(
        f"{marker_paths(value, path)[0]} was changed outside of the program, and "
        "ignore_changes keeps a value that this provider does not know. Take it out of "
        "ignore_changes, so that the program's value is sent."
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, (dict, list)):
        return [text for _, item in _items(value) for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _items(value: dict[str, Any] | list[Any]) -> list[tuple[Any, Any]]:
    return list(value.items() if isinstance(value, dict) else enumerate(value))


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)
