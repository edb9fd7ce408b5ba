"""Preconditions of adopting, replacing and deleting a resource, so that none is lost.

A deployment that ``import_`` names is never deleted, and one that is replaced under its own name is
deleted only if the name becomes free: its tracing project keeps the name unless it goes too.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.errors import GONE
from langsmith_pulumi.control_plane.settings import address_of

from .changes import CONTROL_PLANE_URL, Impact, compare, with_impact
from .declarations import resource_name
from .error_boundary import ProviderError
from .fingerprints import marker_paths
from .properties import (
    delete_before_replace,
    get_path,
    is_unknown,
    retains_on_delete,
    without_unknowns,
)
from .validation_problem import ValidationProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .changes import ChangedField
    from .declarations import Declaration, Declarations
    from .properties import Properties
    from .session import Session

KEPT_UNKNOWN = (
    "was changed outside of the program, and ignore_changes keeps a value that this provider does "
    "not know, so that no deployment can be made with it; take it out of ignore_changes"
)
_SAME_NAME = (
    "must be true for this replacement: the tracing project of the old deployment would keep the "
    "name. Set it (the traces are lost too), or choose another name"
)


def check_declaration(
    olds: Properties,
    inputs: Properties,
    declarations: Declarations,
    refused: set[str],
    settings_url: str = "",
) -> list[ValidationProblem]:
    """Return the conflicts of a declaration with the rest of the program and with its own state.

    ``refused`` are paths of invalid values, whose difference is a mistake and no change.
    ``settings_url`` is the control plane of a deployment that names none.
    """
    declared = declarations.declare(inputs.get("progress_urn"), olds, inputs)
    found = list(_check_replacement_under_same_name(olds, inputs, refused))
    found += check_duplicates(olds, inputs, declarations, settings_url)
    if declared and declared.replaced and not olds:
        found += replacement_problems(declared, declarations, settings_url)
    return found


def replacement_problems(
    declared: Declaration, declarations: Declarations, settings_url: str
) -> list[ValidationProblem]:
    """Return the problems of a replacement that the provider has not asked for.

    ``replace_on_changes``, ``--replace`` or a taint cause it. The old name is compared if known.
    """
    inputs, olds = declared.inputs, declared.olds
    adopted = inputs.get("import_id")
    if isinstance(adopted, str) and declarations.manager(adopted) == declared.urn:
        return [ValidationProblem("import_id", still_adopted(adopted))]
    places = {_address(props, settings_url) for props in (olds, inputs)}
    if olds.get("name") != inputs.get("name") or len(places) > 1:
        return []
    return list(_check_name_becomes_free(inputs, _SAME_NAME, is_forced=False))


def forced_replacement_problems(
    declared: Declaration, old_id: str, old_name: object
) -> list[ValidationProblem]:
    """Return the problems of a replacement by ``--replace`` or after a taint.

    The engine asks no provider then, so it deletes first only if the program says so.
    """
    inputs = declared.inputs
    adopted = inputs.get("import_id")
    if isinstance(adopted, str) and adopted.lower() == old_id.lower():
        return [ValidationProblem("import_id", still_adopted(adopted))]
    if old_name is None or old_name != inputs.get("name"):
        return []
    return list(_check_name_becomes_free(inputs, _SAME_NAME, is_forced=True))


def still_adopted(deployment_id: str) -> str:
    """Return the reason why a deployment that ``import_`` names cannot be replaced."""
    return (
        f"still names it ({deployment_id}): it would be adopted again and then deleted. "
        "Remove import_ to have it replaced, or take back what replaces it"
    )


def keeps_its_name(olds: Properties, news: Properties, fixed: list[ChangedField]) -> bool:
    """Return True if a replacement needs the name of the old deployment.

    A move to another workspace is included: no documentation says that names are free there.
    Another control plane has names of its own.
    """
    moves = any(change.path == CONTROL_PLANE_URL for change in fixed)
    return bool(fixed) and not moves and olds.get("name") == news.get("name")


def may_delete_project(inputs: Properties) -> bool:
    """Return True if the tracing project may be deleted, or if that is unknown."""
    permission = inputs.get("delete_tracing_project")
    return is_unknown(permission) or permission is True


def kept_name_reason(fixed: list[ChangedField]) -> str:
    """Return the reason why a replacement under the same name needs a permission."""
    paths = ", ".join(change.path for change in fixed)
    return (
        f"must be true for this change: {paths} can only change by replacing the deployment, "
        "and its tracing project would keep the name. Set it (the traces are lost too), or "
        "choose another name"
    )


def missing_keys(session: Session, inputs: Properties, refused: set[str]) -> list[str]:
    """Return what is missing for ``up`` on the control plane that a resource names."""
    url = inputs.get(CONTROL_PLANE_URL)
    if not isinstance(url, str) or CONTROL_PLANE_URL in refused:
        return []
    return [missing] if (missing := session.missing_key(url)) else []


def refuse_adopted_replacement(
    declarations: Declarations, resource_id: str, news: Properties, replacing: list[ChangedField]
) -> None:
    """Raise ``ProviderError`` if ``import_`` still names a resource that would be replaced."""
    if replacing and news.get("import_id") == resource_id:
        paths = ", ".join(change.path for change in replacing)
        raise ProviderError(
            f"A change of {paths} replaces the {declarations.noun}. import_ "
            f"{still_adopted(resource_id)}."
        )


def refuse_other_import(
    declarations: Declarations, resource_id: str, news: Properties, read: Callable[[], object]
) -> None:
    """Raise ``ProviderError`` if ``import_`` names another resource than the managed one.

    It may do so if ``read`` finds the managed one gone, as after an interrupted replacement.
    """
    wanted = news.get("import_id")
    if not isinstance(wanted, str) or wanted == resource_id:
        return
    with suppress(*GONE):
        read()
        raise ProviderError(
            f"import_ names {declarations.noun} {wanted}, but this resource already manages "
            f"{resource_id}. Declare the other one under a resource name of its own, or take the "
            "present one out of the state first (`pulumi state delete --target-dependents`)."
        )


def refuse_replacement(
    olds: Properties, news: Properties, changed_known: list[ChangedField]
) -> None:
    """Raise ``ProviderError`` if a deployment cannot be replaced.

    ``changed_known`` are the changes of known inputs, compared with the old outputs.
    """
    fixed = with_impact(changed_known, Impact.REPLACE)
    if keeps_its_name(olds, news, fixed) and not may_delete_project(news):
        raise ProviderError(f"delete_tracing_project {kept_name_reason(fixed)}")
    for path in marker_paths(news):
        raise ProviderError(f"{path} {KEPT_UNKNOWN}.")


def refuse_second_adoption(declarations: Declarations, resource_id: str, news: Properties) -> None:
    """Raise ``ProviderError`` if another resource adopts what this one manages."""
    urn = declarations.adopter(resource_id)
    if urn is None or urn == news.get("progress_urn"):
        return
    adopter = resource_name(urn)
    raise ProviderError(
        f"{declarations.noun.capitalize()} {resource_id} is managed by this resource, and import_ "
        f"of {adopter!r} names it too. Remove import_ from {adopter!r}, or remove this resource "
        f"from the program to have {adopter!r} take it over."
    )


def refuse_deletion_before_adoption(
    declarations: Declarations, resource_id: str, props: Properties
) -> None:
    """Raise ``ProviderError`` if another resource is still to adopt what is to be deleted.

    A rename adopts first and deletes afterwards. If the deletion comes first, it belongs to a
    replacement, after which the state would contain nothing.
    """
    adopter = declarations.adopter(resource_id)
    declared = declarations.get(adopter)
    if adopter is None or declared is None or declared.written:
        return
    if declarations.manager(resource_id) != adopter or adopter == props.get("progress_urn"):
        name = props.get(declarations.name_field)
        raise ProviderError(
            f"{declarations.noun.capitalize()} {name!r} ({resource_id}) was not deleted: import_ "
            f"of {resource_name(adopter)!r} names it. Remove import_, or take back what replaces "
            "it."
        )


def still_used_by(declarations: Declarations, resource_id: str) -> str:
    """Return how the program still uses a resource; an empty text if it does not."""
    adopter = declarations.adopter(resource_id)
    if adopter is not None:
        return f"import_ of {resource_name(adopter)!r} names it"
    reader = declarations.reader(resource_id)
    return f"{resource_name(reader)!r} reads it" if reader is not None else ""


def refuse_blocked_successor(
    declarations: Declarations, deployment_id: str, props: Properties, settings_url: str
) -> None:
    """Raise ``ProviderError`` if the deletion would leave the name of a successor taken."""
    successor = declarations.successor(props.get("name"))
    if successor is None or may_delete_project(successor.inputs):
        return
    if _address(successor.inputs, settings_url) != _address(props, settings_url):
        return
    raise ProviderError(
        f"Deployment {props.get('name')!r} ({deployment_id}) was not deleted: it is to be replaced "
        "under the same name, which its tracing project would keep. Set "
        "delete_tracing_project=True (the traces are lost too), or choose another name."
    )


def deletes_project(session: Session, deployment_id: str, props: Properties) -> bool:
    """Return True if the tracing project is deleted: by the program, or else by the state."""
    declared = session.declarations.get(props.get("progress_urn"))
    permission = declared.inputs.get("delete_tracing_project") if declared else None
    recorded = (
        permission if isinstance(permission, bool) else bool(props.get("delete_tracing_project"))
    )
    return session.project_deletion(deployment_id, default=recorded)


def _check_replacement_under_same_name(
    olds: Properties, inputs: Properties, refused: set[str]
) -> Iterator[ValidationProblem]:
    """Yield what keeps the name taken.

    A field that is new in the program may repeat the live value; ``diff`` decides about that.
    """
    fixed = with_impact(compare(olds, without_unknowns(inputs)), Impact.REPLACE) if olds else []
    differing = [
        change
        for change in fixed
        if get_path(olds, change.path) is not None and change.path not in refused
    ]
    if keeps_its_name(olds, inputs, differing):
        yield from _check_name_becomes_free(inputs, kept_name_reason(differing), is_forced=False)


def _check_name_becomes_free(
    inputs: Properties, needs_permission: str, *, is_forced: bool
) -> Iterator[ValidationProblem]:
    if retains_on_delete(inputs):
        yield ValidationProblem(
            "options.retain_on_delete",
            "keeps the old deployment, and with it the name that the new one needs. Choose another "
            "name, or remove retain_on_delete",
        )
    elif not may_delete_project(inputs):
        yield ValidationProblem("delete_tracing_project", needs_permission)
    chosen = delete_before_replace(inputs)
    if chosen is False or (is_forced and chosen is None):
        yield ValidationProblem(
            "options.delete_before_replace",
            "must be True for this replacement: the old deployment has to be deleted before its "
            "name can be used again",
        )


def check_duplicates(
    olds: Properties, inputs: Properties, declarations: Declarations, settings_url: str
) -> list[ValidationProblem]:
    """Return a second use of a name or of an adopted resource in the program."""
    return [
        *_check_duplicate_name(inputs, declarations, settings_url),
        *_check_duplicate_adoption(olds, inputs, declarations),
    ]


def _check_duplicate_name(
    inputs: Properties, declarations: Declarations, settings_url: str
) -> Iterator[ValidationProblem]:
    name, urn = inputs.get(declarations.name_field), inputs.get("progress_urn")
    if not isinstance(name, str) or not isinstance(urn, str):
        return
    workspace = inputs.get("workspace_id")
    if is_unknown(workspace) or is_unknown(inputs.get(CONTROL_PLANE_URL)):
        # Two places that are known only during `up` may be different ones.
        return
    place = (_address(inputs, settings_url), workspace if isinstance(workspace, str) else None)
    first = declarations.claim_name(place, name, urn)
    if first != urn:
        other = resource_name(first)
        yield ValidationProblem(
            declarations.name_field,
            f"is declared twice in this program: {other!r} is {name!r} too",
        )


def _address(props: Properties, settings_url: str) -> object:
    """Return the address of a resource's control plane, by default that of the settings."""
    named = props.get(CONTROL_PLANE_URL)
    return address_of(named if isinstance(named, str) else settings_url)


def _check_duplicate_adoption(
    olds: Properties, inputs: Properties, declarations: Declarations
) -> Iterator[ValidationProblem]:
    """Yield a second use of one resource's id, which the first deletion would delete."""
    adopted, urn = inputs.get("import_id"), inputs.get("progress_urn")
    if not isinstance(adopted, str) or not isinstance(urn, str):
        return
    first = declarations.claim_import(adopted, urn)
    manager = None if olds else declarations.manager(adopted)
    if first != urn:
        reason = f"({adopted}) is adopted by {resource_name(first)!r} already"
        yield ValidationProblem("import_id", reason)
    elif manager is not None and manager != urn:
        other = resource_name(manager)
        yield ValidationProblem(
            "import_id",
            f"({adopted}) is managed by {other!r} in this stack already. Remove import_, or "
            f"remove {other!r} from the program to have this resource take it over",
        )
