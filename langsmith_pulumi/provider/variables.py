"""The environment variables: two maps of the program, which the service keeps as one set.

The values of ``secrets`` are hidden; those of ``environment_variables`` stand in clear in the state
and in plans. The service has one list for both, which every write replaces as a whole. So the maps
are owned, compared and sent together, and a name that moves from one to the other with its value is
no change for the service.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .properties import is_unknown, option_paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .properties import Properties

SECRETS = "secrets"
ENVIRONMENT_VARIABLES = "environment_variables"
VARIABLE_MAPS = (SECRETS, ENVIRONMENT_VARIABLES)
FINGERPRINTS = "secret_fingerprints"
"""The property with a fingerprint of each variable, of both maps."""

_VARIABLE_PATH = re.compile(
    rf"""(?:{"|".join(VARIABLE_MAPS)})(?:\.(?P<plain>[^.\[\]"]+)|\[["'](?P<quoted>[^"']*)["']\])"""
)
_WHOLE_MAP = ("{}", "{}.*", "{}[*]", '{}["*"]')


def variable_map(props: Properties, key: str) -> dict[str, Any]:
    """Return one map of variables; empty if there is none, or if it is unknown."""
    value = props.get(key)
    return value if isinstance(value, dict) else {}


def all_variables(props: Properties) -> Any:
    """Return the variables of both maps; None without a map, unknown if one of them is unknown."""
    given = [props[key] for key in VARIABLE_MAPS if props.get(key) is not None]
    unknown = next((value for value in given if is_unknown(value)), None)
    if unknown is not None or not given:
        return unknown
    return {
        name: value for key in VARIABLE_MAPS for name, value in variable_map(props, key).items()
    }


def moved_variables(olds: Properties, news: Properties) -> dict[str, str]:
    """Return the names that the program moves from one map to the other, each with the new map."""
    return {
        name: key
        for key, other in (VARIABLE_MAPS, VARIABLE_MAPS[::-1])
        for name in sorted(variable_map(news, key).keys() & variable_map(olds, other).keys())
        if name not in variable_map(olds, key)
    }


def map_of(name: str, olds: Properties, news: Properties) -> str:
    """Return the map that a variable belongs to: in the program, or else in the state.

    A live variable that neither names counts as a secret.
    """
    named = (
        key for props in (news, olds) for key in VARIABLE_MAPS if name in variable_map(props, key)
    )
    return next(named, SECRETS)


def ignored_variables(inputs: Properties, others: Iterable[str] = ()) -> set[str]:
    """Return the names of the variables that ``ignore_changes`` keeps as they are live.

    A whole map that is ignored also covers ``others``, the variables that the program does not
    name, because nobody can tell which map they would belong to.
    """
    paths = option_paths(inputs, "ignore_changes")
    matches = (_VARIABLE_PATH.fullmatch(path) for path in paths)
    named = {match["plain"] or match["quoted"] for match in matches if match} - {"*"}
    whole = {key for key in VARIABLE_MAPS if _is_ignored_whole(key, paths)}
    if not whole:
        return named
    owned = {
        name for key in VARIABLE_MAPS if key not in whole for name in variable_map(inputs, key)
    }
    covered = {name for key in whole for name in variable_map(inputs, key)}
    return named | ((covered | set(others)) - owned)


def _is_ignored_whole(key: str, paths: list[str]) -> bool:
    return any(path == "*" or path in {form.format(key) for form in _WHOLE_MAP} for path in paths)
