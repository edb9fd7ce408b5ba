"""The resource options that a provider has to know, and is not told by the engine.

The program hands them over as the internal input ``options``. They change nothing by themselves.
"""

from __future__ import annotations

import re
from typing import Any

OPTIONS = "options"
READ_ONLY = "read_only"
"""The input that marks a deployment which ``ResourceOptions(id=...)`` only reads."""
NO_VALUE = "\0no value"
"""What the program sends for a variable whose value is None, which the SDK would drop."""

_NAME_IN_PATH = re.compile(r"""secrets(?:\.(?P<plain>[^.\[\]"]+)|\[["'](?P<quoted>[^"']*)["']\])""")
VARIABLE_NAMES = "variable_names"
"""The input that names the variables of the program, whose values it has made secret."""

_SEPARATORS = re.compile(r"""[.\[\]"']+""")
_WHOLE = {"*", "secrets", "secrets.*", "secrets[*]", 'secrets["*"]'}


def ignores_all_secrets(inputs: dict[str, Any]) -> bool:
    """Return whether ``ignore_changes`` covers the whole set of variables."""
    return any(path in _WHOLE for path in _ignored(inputs))


def ignored_secrets(inputs: dict[str, Any]) -> set[str]:
    """Return the names of the variables that ``ignore_changes`` names one by one."""
    found = (_NAME_IN_PATH.fullmatch(path) for path in _ignored(inputs))
    return {match["plain"] or match["quoted"] for match in found if match}


def retains(inputs: dict[str, Any]) -> bool:
    """Return whether ``retain_on_delete`` keeps the deployment when the resource goes."""
    return _given(inputs).get("retain_on_delete") is True


def delete_before_replace(inputs: dict[str, Any]) -> bool | None:
    """Return what the program says of the order of a replacement; None if it says nothing."""
    chosen = _given(inputs).get("delete_before_replace")
    return chosen if isinstance(chosen, bool) else None


def replaces_on(inputs: dict[str, Any], path: str) -> bool:
    """Return whether ``replace_on_changes`` names a path, or something above or below it."""
    return any(_covers(option, path) for option in _paths(inputs, "replace_on_changes"))


def _covers(option: str, path: str) -> bool:
    wanted = [part for part in _SEPARATORS.split(option) if part]
    return all(want in ("*", part) for want, part in zip(wanted, path.split("."), strict=False))


def _ignored(inputs: dict[str, Any]) -> list[str]:
    return _paths(inputs, "ignore_changes")


def _paths(inputs: dict[str, Any], option: str) -> list[str]:
    paths = _given(inputs).get(option)
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _given(inputs: dict[str, Any]) -> dict[str, Any]:
    options = inputs.get(OPTIONS)
    return options if isinstance(options, dict) else {}
