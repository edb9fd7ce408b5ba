"""Validation of the variables: their names and values, and the two maps as one set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.reserved_variables import (
    RESERVED_EVERYWHERE,
    RESERVED_ON_CLOUD,
)

from .properties import HIDDEN_VALUE, NO_VALUE, VARIABLE_NAMES
from .sources import SOURCES
from .validation_problem import ValidationProblem
from .variables import (
    ENVIRONMENT_VARIABLES,
    SECRETS,
    VARIABLE_MAPS,
    all_variables,
    variable_map,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .properties import Properties

_VARIABLE = re.compile(r"[^\s=\x00-\x1f]+")
_WITHOUT_VALUE = (
    "has no value (None): a setting, an environment variable or an output that is not there yet, "
    "such as the url of a deployment that is not waited for. Give it one, or leave the variable "
    "out to remove it"
)
_MUST_BE_HIDDEN = (
    "is a secret in the program, and would stand in clear in the state and in plans. Give it in "
    "secrets="
)


def check_variables(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield reserved names of variables, and values that the service would not keep."""
    reserved = _reserved_names(inputs.get("source"))
    for key in VARIABLE_MAPS:
        for name, value in variable_map(inputs, key).items():
            path = f"{key}.{name}"
            if name in reserved:
                yield ValidationProblem(path, "is reserved: the service sets this variable itself")
            elif not _VARIABLE.fullmatch(name):
                yield ValidationProblem(path, "is no name of an environment variable")
            yield from (ValidationProblem(path, reason) for reason in _value_problems(value))


def _value_problems(value: Any) -> Iterator[str]:
    if value in (None, NO_VALUE):
        yield _WITHOUT_VALUE
    elif value == HIDDEN_VALUE:
        yield _MUST_BE_HIDDEN
    elif isinstance(value, str) and "\0" in value:
        yield "holds a NUL byte, which no variable can"
    elif value == "":
        yield "must not be empty; leave the variable out instead"


def check_variable_maps(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield names that stand in both maps, and a map of plain variables that is a secret itself."""
    if inputs.get(ENVIRONMENT_VARIABLES) == HIDDEN_VALUE:
        yield ValidationProblem(ENVIRONMENT_VARIABLES, _MUST_BE_HIDDEN)
    plain, secrets = variable_map(inputs, ENVIRONMENT_VARIABLES), variable_map(inputs, SECRETS)
    for name in sorted(plain.keys() & secrets.keys()):
        yield ValidationProblem(
            f"{ENVIRONMENT_VARIABLES}.{name}",
            "stands in secrets too, and a variable has one value. Take it out of one of them (and "
            "out of ignore_changes, which keeps a name in its former map)",
        )


def _reserved_names(source: Any) -> frozenset[str]:
    rule = SOURCES.get(source) if isinstance(source, str) else None
    if rule is not None and not rule.on_cloud:
        return RESERVED_EVERYWHERE
    return RESERVED_EVERYWHERE | RESERVED_ON_CLOUD


def check_emptied_set(olds: Properties, inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield the map that is empty where there were variables, if no other map has any."""
    given = {key: inputs[key] for key in VARIABLE_MAPS if inputs.get(key) is not None}
    if all_variables(olds) and given and all(value == {} for value in given.values()):
        yield ValidationProblem(
            f"{next(iter(given))}.*",
            "cannot be emptied: the service takes an empty set for 'unchanged'. Keep one variable, "
            "or leave the argument out to stop managing them",
        )


def check_variables_added_by_a_transform(
    olds: Properties, inputs: Properties
) -> Iterator[ValidationProblem]:
    """Yield variables that a transform adds, whose values the program has not made secret."""
    names, secrets = inputs.get(VARIABLE_NAMES), inputs.get("secrets")
    if not isinstance(names, list) or not isinstance(secrets, dict):
        return
    for name in secrets.keys() - set(names) - set(olds.get("secrets") or {}):
        yield ValidationProblem(
            f"secrets.{name}",
            "was added by a transform, and its value would stand in clear in the state. Give it to "
            "the deployment itself, in secrets=",
        )
