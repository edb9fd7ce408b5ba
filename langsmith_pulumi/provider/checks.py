"""What is refused at preview, before any request: all problems at once, each naming its field.

Judged is only what is known; an unknown value is judged during ``up``, when it is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import TAG_PREFIX
from langsmith_pulumi.control_plane.reserved import RESERVED_EVERYWHERE, RESERVED_ON_CLOUD

from . import bags, shape
from .changes import (
    BUILD_ON_PUSH,
    FIELDS,
    REPO_REF,
    RESOURCE_SPEC,
    Change,
    compare,
    of_kind,
)
from .problem import Problem
from .sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .bags import Bag
    from .changes import Changed

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_NAME_LENGTH = 63
_VARIABLE = re.compile(r"[^\s=\x00-\x1f]+")


def problems(olds: Bag, inputs: Bag, claim: Callable[[str | None, str, str], str]) -> list[Problem]:
    """Everything that is wrong with the inputs, as far as they are known.

    ``claim`` notes that a resource declares a deployment's name and answers who did so first.
    """
    found = [problem for rule in _RULES for problem in rule(inputs)]
    found += _emptied(olds, inputs)
    found += _same_name_replacement(olds, inputs)
    found += _name_taken(inputs, claim)
    named = {problem.path for problem in found}
    formal = shape.problems(bags.known(inputs), bags.unknown_paths(inputs))
    return [*found, *(problem for problem in formal if problem.path not in named)]


def _source(inputs: Bag) -> Iterator[Problem]:
    """Fields missing for the source, and fields foreign to it."""
    source = inputs.get("source")
    rule = SOURCES.get(source) if isinstance(source, str) else None
    if rule is None:
        if isinstance(source, str):
            yield Problem("source", f"must be one of {', '.join(SOURCES)}")
        return
    for path in rule.needs:
        if bags.get(inputs, path) is None:
            yield Problem(path, f"is required for source {source!r}")
    for field in FIELDS:
        foreign = field.path in _OF_SOME_SOURCE - {*rule.needs, *rule.allows}
        value = bags.get(inputs, field.path) if foreign else None
        if value is not None and not bags.is_unknown(value):
            yield Problem(field.path, _foreign(field.path, str(source)))


_OF_SOME_SOURCE = {path for rule in SOURCES.values() for path in (*rule.needs, *rule.allows)}


def _foreign(path: str, source: str) -> str:
    owners = [name for name, rule in SOURCES.items() if path in (*rule.needs, *rule.allows)]
    return f"is not a field of source {source!r}, only of {', '.join(owners)}"


def _blanks(inputs: Bag) -> Iterator[Problem]:
    """The service keeps what it has when a string is empty, or refuses it: never what was meant."""
    for field in FIELDS:
        value = bags.get(inputs, field.path)
        if isinstance(value, str) and not value.strip():
            yield Problem(field.path, "must not be empty; leave it out instead")


def _name(inputs: Bag) -> Iterator[Problem]:
    name = inputs.get("name")
    if not isinstance(name, str) or not name.strip():
        return
    if not _NAME.fullmatch(name):
        yield Problem(
            "name",
            "must be lower-case letters, digits and dashes, begin with a letter and not end with a "
            "dash (it is the resource name unless name= is given)",
        )
    elif len(name) > _NAME_LENGTH:
        yield Problem("name", f"must have at most {_NAME_LENGTH} characters")


def _scales(inputs: Bag) -> Iterator[Problem]:
    spec = bags.get(inputs, RESOURCE_SPEC)
    for prefix in ("", "queue_", "orchestrator_", "executor_"):
        least, most = (_number(spec, f"{prefix}{end}_scale") for end in ("min", "max"))
        if least is not None and most is not None and least > most:
            yield Problem(
                f"{RESOURCE_SPEC}.{prefix}min_scale",
                f"is {least:g}, above {prefix}max_scale, which is {most:g}",
            )


def _zero_scale(inputs: Bag) -> Iterator[Problem]:
    tier = bags.get(inputs, "source_config.deployment_type")
    if bags.is_unknown(tier) or str(tier).endswith("_zero"):
        return
    for key in ("min_scale", "queue_min_scale"):
        if _number(bags.get(inputs, RESOURCE_SPEC), key) == 0:
            yield Problem(
                f"{RESOURCE_SPEC}.{key}", "may be 0 only for the deployment types that end in _zero"
            )


def _number(spec: Any, key: str) -> float | None:
    value = spec.get(key) if isinstance(spec, dict) else None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and value is not None else None


def _tag(inputs: Bag) -> Iterator[Problem]:
    ref = bags.get(inputs, REPO_REF)
    is_tag = isinstance(ref, str) and ref.startswith(TAG_PREFIX)
    if is_tag and bags.get(inputs, BUILD_ON_PUSH) is True:
        yield Problem(BUILD_ON_PUSH, f"must be false when repo_ref is a tag ({ref})")


def _variables(inputs: Bag) -> Iterator[Problem]:
    """Names that the service keeps for itself, and values it would not keep."""
    secrets = inputs.get("secrets")
    if not isinstance(secrets, dict):
        return
    reserved = _reserved_for(inputs.get("source"))
    for name, value in secrets.items():
        if name in reserved:
            yield Problem(f"secrets.{name}", "is reserved: the service sets this variable itself")
        elif not _VARIABLE.fullmatch(name):
            yield Problem(f"secrets.{name}", "is no name of an environment variable")
        if value is None:
            yield Problem(f"secrets.{name}", "has no value; leave the variable out to remove it")
        if value == "":
            yield Problem(f"secrets.{name}", "must not be empty; leave the variable out instead")


def _reserved_for(source: Any) -> frozenset[str]:
    rule = SOURCES.get(source) if isinstance(source, str) else None
    if rule is not None and not rule.on_cloud:
        return RESERVED_EVERYWHERE
    return RESERVED_EVERYWHERE | RESERVED_ON_CLOUD


_RULES = (_source, _blanks, _name, _scales, _zero_scale, _tag, _variables)


def _emptied(olds: Bag, inputs: Bag) -> Iterator[Problem]:
    if olds.get("secrets") and inputs.get("secrets") == {}:
        yield Problem(
            "secrets.*",
            "cannot be emptied: the service takes an empty set for 'unchanged'. Keep one variable, "
            "or leave the argument out to stop managing them",
        )


def _same_name_replacement(olds: Bag, inputs: Bag) -> Iterator[Problem]:
    """A replacement under the same name fails half-way: the old tracing project keeps the name.

    A field that is new in the program may say what is there already; that is for ``diff`` to tell.
    """
    if not olds or may_free_the_name(inputs):
        return
    fixed = of_kind(compare(olds, bags.known(inputs)), Change.REPLACE)
    differing = [change for change in fixed if bags.get(olds, change.path) is not None]
    if keeps_its_name(olds, inputs, differing):
        yield Problem("delete_tracing_project", kept_name(differing))


def keeps_its_name(olds: Bag, news: Bag, fixed: list[Changed]) -> bool:
    """Whether a replacement needs the old one's name, which is free again when that is gone.

    Whether names are free in another workspace is documented nowhere, so a move waits too.
    """
    return bool(fixed) and olds.get("name") == news.get("name")


def may_free_the_name(inputs: Bag) -> bool:
    """Whether the tracing project may go with the deployment, as far as that is known."""
    permission = inputs.get("delete_tracing_project")
    return bags.is_unknown(permission) or permission is True


def kept_name(fixed: list[Changed]) -> str:
    """Why a replacement under the same name needs a permission."""
    paths = ", ".join(change.path for change in fixed)
    return (
        f"must be true for this change: {paths} can only change by replacing the deployment, "
        "and its tracing project would keep the name. Set it (the traces are lost too), or "
        "choose another name"
    )


def _name_taken(inputs: Bag, claim: Callable[[str | None, str, str], str]) -> Iterator[Problem]:
    name, urn = inputs.get("name"), inputs.get("progress_urn")
    if not isinstance(name, str) or not isinstance(urn, str):
        return
    workspace = inputs.get("workspace_id")
    first = claim(workspace if isinstance(workspace, str) else None, name, urn)
    if first != urn:
        other = first.rpartition("::")[2]
        yield Problem("name", f"is declared twice in this program: {other!r} is {name!r} too")
