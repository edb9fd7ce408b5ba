"""Properties, as the engine carries them between the program and the provider.

A property map is a nested dictionary. In a preview, a value that is not known yet arrives as an
``Unknown`` object, at any depth; only this module handles them. Besides the arguments of
``Deployment``, the program passes some internal inputs, among them the resource options that the
engine does not tell a provider.
"""

from __future__ import annotations

import re
from typing import Any

from pulumi.output import Unknown

Properties = dict[str, Any]

OPTIONS = "options"
"""The input with the resource options that the provider has to know."""
READ_ONLY = "read_only"
"""The input that marks a deployment which ``ResourceOptions(id=...)`` only reads."""
WAITS = "wait_for_rollout"
"""The input that tells whether the rollout is waited for; it is validated and not stored."""
DRIFTED = "__drifted"
"""The input and output that names, until the next ``up``, what a refresh has found changed.

Pulumi shows no property whose name begins with two underscores.
"""
VARIABLE_NAMES = "variable_names"
"""The input with the names of the program's ``secrets``, whose values it has made secret."""
NO_VALUE = "\0no value"
"""The value that the program sends for a variable of None, which the SDK would drop."""
HIDDEN_VALUE = "\0hidden value"
"""The value that the program sends in place of a secret in ``environment_variables``.

The engine does not tell a provider what is secret, so only the program can find it out.
"""

_PATH_SEPARATORS = re.compile(r"""[.\[\]"']+""")
_ID_SEPARATOR = "|"
_URL = re.compile(r"https?://[!-~]+")


def is_unknown(value: Any) -> bool:
    """Return True if a value is known only during ``up``."""
    return isinstance(value, Unknown)


def contains_unknown(value: Any) -> bool:
    """Return True if a value, or anything inside it, is unknown."""
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return is_unknown(value)


def get_path(props: Properties, path: str) -> Any:
    """Return the value at a dotted path: None if there is none, unknown below an unknown value."""
    value: Any = props
    for key in path.split("."):
        if is_unknown(value):
            return value
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def set_path(props: Properties, path: str, value: Any) -> None:
    """Set the value at a dotted path, and create the objects above it."""
    *parents, last = path.split(".")
    for key in parents:
        props = props.setdefault(key, {})
    props[last] = value


def without_nulls(value: Any) -> Any:
    """Return a copy without nested nulls, which the engine keeps and which mean "not set" here."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def without_unknowns(value: Any) -> Any:
    """Return a copy without unknown values; a list that contains one is left out as a whole."""
    if isinstance(value, dict):
        return {key: without_unknowns(item) for key, item in value.items() if _is_known(item)}
    return value


def unknown_paths(value: Any, path: str = "") -> set[str]:
    """Return the dotted paths that ``without_unknowns`` leaves out."""
    if isinstance(value, dict):
        return {
            found
            for key, item in value.items()
            for found in unknown_paths(item, f"{path}.{key}" if path else key)
        }
    return set() if _is_known(value) else {path}


def _is_known(value: Any) -> bool:
    return not (contains_unknown(value) if isinstance(value, list) else is_unknown(value))


def retains_on_delete(inputs: Properties) -> bool:
    """Return True if ``retain_on_delete`` keeps the deployment when the resource is deleted."""
    return _options(inputs).get("retain_on_delete") is True


def delete_before_replace(inputs: Properties) -> bool | None:
    """Return the option of the program, or None if it sets none."""
    chosen = _options(inputs).get("delete_before_replace")
    return chosen if isinstance(chosen, bool) else None


def replaces_on(inputs: Properties, path: str) -> bool:
    """Return True if ``replace_on_changes`` names a path, or one above or below it."""
    return any(_overlaps(option, path) for option in option_paths(inputs, "replace_on_changes"))


def ignores(inputs: Properties, path: str) -> bool:
    """Return True if ``ignore_changes`` names a path, or one above or below it."""
    return any(_overlaps(option, path) for option in option_paths(inputs, "ignore_changes"))


def _overlaps(option: str, path: str) -> bool:
    parts = [part for part in _PATH_SEPARATORS.split(option) if part]
    return all(want in ("*", part) for want, part in zip(parts, path.split("."), strict=False))


def option_paths(inputs: Properties, option: str) -> list[str]:
    """Return the property paths that a resource option lists."""
    paths = _options(inputs).get(option)
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def _options(inputs: Properties) -> Properties:
    options = inputs.get(OPTIONS)
    return options if isinstance(options, dict) else {}


def rollout_id(deployment_id: str, url: str | None) -> str:
    """Return the id of a rollout: the deployment's id, with the URL that the service has given.

    In the preview of an update the engine knows a resource's id but no outputs. The URL of a
    deployment does not change with a revision, so a preview takes it from here. A replacement
    creates a new rollout, whose id, and so the URL, is unknown until ``up``.
    """
    if url is None or not _URL.fullmatch(url):
        return deployment_id
    return f"{deployment_id}{_ID_SEPARATOR}{url}"


def deployment_id_of(rollout_id: str) -> str:
    """Return the deployment's id in the id of a rollout."""
    return rollout_id.partition(_ID_SEPARATOR)[0]


def url_of(rollout_id: str) -> str | None:
    """Return the URL in the id of a rollout, or None."""
    return rollout_id.partition(_ID_SEPARATOR)[2] or None
