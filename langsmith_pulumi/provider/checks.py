"""What is refused at preview, before any request: all problems at once, each naming its field.

Judged is only what is known; an unknown value is judged during ``up``, when it is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from langsmith_pulumi.control_plane.comparison import TAG_PREFIX
from langsmith_pulumi.control_plane.models import DeploymentType
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
from .declarations import resource_name
from .options import NO_VALUE, VARIABLE_NAMES, delete_before_replace, retains
from .problem import Problem
from .sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .bags import Bag
    from .changes import Changed
    from .declarations import Declaration, Declarations

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_NAME_LENGTH = 63
_VARIABLE = re.compile(r"[^\s=\x00-\x1f]+")


def problems(olds: Bag, inputs: Bag, declarations: Declarations) -> list[Problem]:
    """Return everything that is wrong with the inputs, as far as they are known.

    The check is recorded in ``declarations``, and judged against what else the program declares.
    """
    declared = declarations.declare(inputs.get("progress_urn"), olds, inputs)
    found = [problem for rule in _RULES for problem in rule(inputs)]
    formal = list(shape.problems(bags.known(inputs), bags.unknown_paths(inputs)))
    refused = {problem.path for problem in [*found, *formal]}
    found += _emptied(olds, inputs)
    found += _added_in_clear(olds, inputs)
    found += _same_name_replacement(olds, inputs, refused)
    found += _name_taken(inputs, declarations)
    found += _adopted_twice(olds, inputs, declarations)
    if declared and declared.replaced and not olds:
        found += replacement_problems(declared, declarations)
    named = {problem.path for problem in found}
    return [*found, *(problem for problem in formal if problem.path not in named)]


def _source(inputs: Bag) -> Iterator[Problem]:
    """Fields missing for the source, and fields foreign to it."""
    source = inputs.get("source")
    rule = SOURCES.get(source) if isinstance(source, str) else None
    if rule is None:
        if isinstance(source, str):
            hidden = shape.values_of_secrets(inputs)
            yield Problem("source", shape.one_of(source, tuple(SOURCES), hidden))
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
    if bags.is_unknown(tier) or str(tier).endswith("_zero") or not _is_known_tier(tier):
        return
    for key in ("min_scale", "queue_min_scale"):
        if _number(bags.get(inputs, RESOURCE_SPEC), key) == 0:
            yield Problem(
                f"{RESOURCE_SPEC}.{key}", "may be 0 only for the deployment types that end in _zero"
            )


def _is_known_tier(tier: object) -> bool:
    return tier is None or tier in get_args(DeploymentType)


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
        if value in (None, NO_VALUE):
            yield Problem(f"secrets.{name}", _NO_VALUE)
        elif isinstance(value, str) and "\0" in value:
            yield Problem(f"secrets.{name}", "holds a NUL byte, which no variable can")
        if value == "":
            yield Problem(f"secrets.{name}", "must not be empty; leave the variable out instead")


_NO_VALUE = (
    "has no value (None): a setting, an environment variable or an output that is not there yet, "
    "such as the url of a deployment that is not waited for. Give it one, or leave the variable "
    "out to remove it"
)


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


def _added_in_clear(olds: Bag, inputs: Bag) -> Iterator[Problem]:
    """A transform adds variables after the program has made its own secret: in clear, as a rule."""
    names, secrets = inputs.get(VARIABLE_NAMES), inputs.get("secrets")
    if not isinstance(names, list) or not isinstance(secrets, dict):
        return
    for name in secrets.keys() - set(names) - set(olds.get("secrets") or {}):
        yield Problem(
            f"secrets.{name}",
            "was added by a transform, and its value would stand in clear in the state. Give it to "
            "the deployment itself, in secrets=",
        )


def _same_name_replacement(olds: Bag, inputs: Bag, refused: set[str]) -> Iterator[Problem]:
    """Refuse a replacement under the same name: the old tracing project keeps the name.

    A field that is new in the program may say what is there already; that is for ``diff`` to tell.
    A value that is ``refused`` is a mistake, and no change.
    """
    fixed = of_kind(compare(olds, bags.known(inputs)), Change.REPLACE) if olds else []
    differing = [
        change
        for change in fixed
        if bags.get(olds, change.path) is not None and change.path not in refused
    ]
    if keeps_its_name(olds, inputs, differing):
        yield from _blocked_name(inputs, kept_name(differing), is_forced=False)


def replacement_problems(declared: Declaration, declarations: Declarations) -> list[Problem]:
    """Return why a deployment cannot be replaced; empty if it can.

    This is for a replacement that the provider has not asked for: ``replace_on_changes``,
    ``--replace``, a tainted state. Its old name counts where it is known.
    """
    inputs, olds = declared.inputs, declared.olds
    adopted = inputs.get("import_id")
    if isinstance(adopted, str) and declarations.manager(adopted) == declared.urn:
        return [Problem("import_id", still_adopted(adopted))]
    if olds.get("name") != inputs.get("name"):
        return []
    return list(_blocked_name(inputs, _FORCED_UNDER_THE_SAME_NAME, is_forced=False))


def forced_problems(declared: Declaration, old_id: str, old_name: object) -> list[Problem]:
    """Return why a deployment cannot be replaced by ``--replace`` or after a taint.

    The engine asks no provider then, so it deletes first only where the program says so.
    """
    inputs = declared.inputs
    adopted = inputs.get("import_id")
    if isinstance(adopted, str) and adopted.lower() == old_id.lower():
        return [Problem("import_id", still_adopted(adopted))]
    if old_name is None or old_name != inputs.get("name"):
        return []
    return list(_blocked_name(inputs, _FORCED_UNDER_THE_SAME_NAME, is_forced=True))


def still_adopted(deployment_id: str) -> str:
    """Return why a deployment that ``import_`` names cannot be replaced."""
    return (
        f"still names it ({deployment_id}): it would be adopted again and then deleted. "
        "Remove import_ to have it replaced, or take back what replaces it"
    )


_FORCED_UNDER_THE_SAME_NAME = (
    "must be true for this replacement: the tracing project of the old deployment would keep the "
    "name. Set it (the traces are lost too), or choose another name"
)


def _blocked_name(inputs: Bag, needs_permission: str, *, is_forced: bool) -> Iterator[Problem]:
    """Find what keeps the name of a deployment taken while it is replaced under it."""
    if retains(inputs):
        yield Problem(
            "options.retain_on_delete",
            "keeps the old deployment, and with it the name that the new one needs. Choose another "
            "name, or remove retain_on_delete",
        )
    elif not may_free_the_name(inputs):
        yield Problem("delete_tracing_project", needs_permission)
    chosen = delete_before_replace(inputs)
    if chosen is False or (is_forced and chosen is None):
        yield Problem(
            "options.delete_before_replace",
            "must be True for this replacement: the old deployment has to be deleted before its "
            "name can be used again",
        )


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


def _name_taken(inputs: Bag, declarations: Declarations) -> Iterator[Problem]:
    name, urn = inputs.get("name"), inputs.get("progress_urn")
    if not isinstance(name, str) or not isinstance(urn, str):
        return
    workspace = inputs.get("workspace_id")
    first = declarations.claim_name(workspace if isinstance(workspace, str) else None, name, urn)
    if first != urn:
        other = resource_name(first)
        yield Problem("name", f"is declared twice in this program: {other!r} is {name!r} too")


def _adopted_twice(olds: Bag, inputs: Bag, declarations: Declarations) -> Iterator[Problem]:
    """A deployment that two resources hold would be deleted with the first that goes."""
    adopted, urn = inputs.get("import_id"), inputs.get("progress_urn")
    if not isinstance(adopted, str) or not isinstance(urn, str):
        return
    first = declarations.claim_import(adopted, urn)
    manager = None if olds else declarations.manager(adopted)
    if first != urn:
        yield Problem("import_id", f"({adopted}) is adopted by {resource_name(first)!r} already")
    elif manager is not None and manager != urn:
        yield Problem("import_id", _managed_elsewhere(adopted, resource_name(manager)))


def _managed_elsewhere(deployment_id: str, manager: str) -> str:
    return (
        f"({deployment_id}) is managed by {manager!r} in this stack already. Remove import_, or "
        f"remove {manager!r} from the program to have this resource take it over"
    )


def managed_and_adopted(deployment_id: str, adopter: str) -> str:
    """Return why a deployment cannot stay with its resource: another one adopts it."""
    return (
        f"Deployment {deployment_id} is managed by this resource, and import_ of {adopter!r} names "
        f"it too. Remove import_ from {adopter!r}, or remove this resource from the program to "
        f"have {adopter!r} take it over."
    )
