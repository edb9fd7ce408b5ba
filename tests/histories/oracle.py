"""Predicts what a preview has to list for one deployment, and what ``up`` then has to do.

Both follow the same rules. For the preview, a reference to a resource that changes is unknown, and
an unknown value counts as changed; for ``up`` it is known. So ``up`` may do less than the preview
lists where a value was unknown, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .folders import GONE, UPLOAD
from .impacts import (
    BY_OTHERS,
    MAKES_REVISION,
    SIZE,
    UNSENT,
    VARIABLE_MAPS,
    Flat,
    Impact,
    changed_paths,
    declares_variables,
    highest_impact,
    impact_of,
    moved_variables,
)

CREATED_WITHOUT_REVISION = ("internal_docker", "internal_source")
"""Sources whose deployments can be created without a revision."""


@dataclass
class RecordedDeployment:
    """A deployment as the stack's state should have it."""

    id: str
    values: Flat
    """The values last written or read, of all arguments that the program has named."""
    rollout_pending: bool = False
    """True if a revision was requested that the stack has not seen active."""
    drifted: Flat = field(default_factory=dict)
    """The values last requested of the arguments of which a refresh has found others."""


@dataclass(frozen=True)
class Context:
    """Further facts that decide what an ``up`` does."""

    rollout: str = ""
    """The deployment that the recorded rollout waited for, or ""."""
    half_replaced: bool = False
    """True if that rollout is deleted and not yet replaced."""
    has_revision: bool = True
    newest_failed: bool = False
    override: bool | None = None
    commands_make_revisions: bool = True


@dataclass(frozen=True)
class Expected:
    """The expected effects on one deployment and its rollout."""

    report_kinds: tuple[str, ...] = ()
    """The kinds that a report may give it; none if nothing happens."""
    ops: dict[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """The variables that move between the maps with their values."""
    writes: tuple[str, ...] = ()
    revisions: int = 0
    """The number of revisions made of the final deployment."""
    retries: bool = False
    """True if one of them retries a failed revision."""
    refused: str = ""
    """Part of the reason why the preview refuses it."""


NOTHING = Expected()


def predict(known: RecordedDeployment | None, wanted: Flat | None, context: Context) -> Expected:
    """Return the expected effects of giving a deployment these arguments; None deletes it."""
    if wanted is None:
        return _deletion(known, context) if known else NOTHING
    if wanted.get("folder") == GONE:
        return Expected(refused="does not exist")
    if known is None:
        return _creation(wanted)
    changed = changed_paths(known.values, wanted)
    if highest_impact(changed) is Impact.REPLACE:
        return _replacement(known, wanted, changed, context)
    return _update(known, wanted, changed, context)


def _creation(wanted: Flat) -> Expected:
    return Expected(
        ("created",),
        {"Deployment": "create", "Rollout": "create"},
        writes=_posts(wanted),
        revisions=_first_revisions(wanted),
    )


def _posts(wanted: Flat) -> tuple[str, ...]:
    """Return the requests of a creation: a POST accepts no display name, size or folder."""
    separate = ["PATCH" for path in ("display_name", SIZE) if wanted.get(path)]
    return ("POST", *separate, *_builds_of_folder(wanted))


def _builds_of_folder(wanted: Flat) -> tuple[str, ...]:
    return (UPLOAD, "PATCH") if "path" in wanted else ()


def _first_revisions(wanted: Flat) -> int:
    first = wanted["source"] not in CREATED_WITHOUT_REVISION or _has_revision_config(wanted)
    return int(first) + int(SIZE in wanted)


def _has_revision_config(wanted: Flat) -> bool:
    return any(path.startswith(("source_revision_config", "folder")) for path in wanted)


def _deletion(known: RecordedDeployment, context: Context) -> Expected:
    has_rollout = context.rollout and not context.half_replaced
    rollout = {"Rollout": "delete"} if has_rollout else {}
    return Expected(("deleted",), {"Deployment": "delete", **rollout}, writes=("DELETE",))


def _replacement(
    known: RecordedDeployment, wanted: Flat, changed: list[str], context: Context
) -> Expected:
    same_name = known.values["name"] == wanted["name"]
    if same_name and not wanted["delete_tracing_project"]:
        return Expected(refused="delete_tracing_project")
    posts = _posts(wanted)
    return Expected(
        ("replaced",),
        {"Deployment": "replace", "Rollout": "replace" if context.rollout else "create"},
        (*changed, *_lost_variables(known.values, wanted)),
        writes=("DELETE", *posts) if same_name else (*posts, "DELETE"),
        revisions=_first_revisions(wanted),
    )


def _lost_variables(known: Flat, wanted: Flat) -> list[str]:
    """Return the shown variables that a program without any leaves to the old deployment."""
    plain = {} if declares_variables(wanted) else known.get("environment_variables") or {}
    return [f"environment_variables.{name}" for name, one in plain.items() if one is not None]


def _update(
    known: RecordedDeployment, wanted: Flat, changed: list[str], context: Context
) -> Expected:
    removed = _removed(known.values, wanted)
    moved = moved_variables(known.values, wanted)
    in_place = Impact.IN_PLACE if removed or moved else Impact.NOTHING
    impact = max(highest_impact(changed), in_place)
    patched = [path for path in changed if path != SIZE]
    resizes = len(patched) < len(changed)
    patch_impact = highest_impact(patched)
    patches = _patches(wanted, patched, patch_impact, context)
    made = _made(wanted, patched, patch_impact, context, patches) + resizes
    patches = (*patches, *(["PATCH"] if resizes else []))
    waits = known.rollout_pending or impact is Impact.REVISION or made > 0
    # The rollout of a folder makes the first revision, if an earlier run did not come to it.
    is_first = waits and not made and not context.has_revision
    builds = _builds_of_folder(wanted) if is_first else ()
    retries = waits and not made and context.newest_failed
    return Expected(
        _report_kinds(
            impact,
            waits=waits,
            overridden=made > 0 and impact is not Impact.REVISION,
            drift=bool(changed) and known.drifted.keys() >= set(changed),
        ),
        {
            **({"Deployment": "update"} if changed or in_place else {}),
            **({"Rollout": _rollout_op(known, context)} if waits else {}),
        },
        tuple(changed),
        tuple(moved),
        (*patches, *builds, *(["POST"] if retries else [])),
        made + bool(builds) + retries,
        retries,
    )


def _removed(known: Flat, wanted: Flat) -> list[str]:
    """Return the arguments that the program no longer names; a map of variables is all of them."""
    kept = {BY_OTHERS, *(VARIABLE_MAPS if declares_variables(wanted) else ())}
    gone = known.keys() - wanted.keys() - kept
    return [path for path in gone if impact_of(path) < Impact.REPLACE]


def _report_kinds(impact: Impact, *, waits: bool, overridden: bool, drift: bool) -> tuple[str, ...]:
    if impact is Impact.REVISION:
        return ("revision",)
    if waits and not overridden:
        # If a setting changes as well, either kind names the new revision.
        return ("retried", "revision") if impact is Impact.IN_PLACE else ("retried",)
    in_place = "drift" if drift else "in place"
    return (in_place,) if impact is Impact.IN_PLACE else ()


def _rollout_op(known: RecordedDeployment, context: Context) -> str:
    if not context.rollout:
        return "create"
    same_deployment = context.rollout == known.id and not context.half_replaced
    return "update" if same_deployment else "replace"


def _patches(wanted: Flat, changed: list[str], impact: Impact, context: Context) -> tuple[str, ...]:
    sent = [path for path in changed if path.partition(".")[0] not in UNSENT]
    if impact is not Impact.REVISION:
        return ("PATCH",) if sent else ()
    if "path" in wanted:
        return _builds_of_folder(wanted)
    if _has_revision_config(wanted) or _makes_revision(changed, context):
        return ("PATCH",)
    redeploys = context.has_revision and not (sent and context.override)
    return (*(["PATCH"] if sent else []), *(["POST"] if redeploys else []))


def _makes_revision(changed: list[str], context: Context) -> bool:
    commands = ("source_config.install_command", "source_config.build_command")
    makers = (*MAKES_REVISION, *(commands if context.commands_make_revisions else ()))
    return any(path.startswith(makers) for path in changed)


def _made(
    wanted: Flat, changed: list[str], impact: Impact, context: Context, patches: tuple[str, ...]
) -> int:
    if context.override is not None and patches in (("PATCH",), (UPLOAD, "PATCH")):
        return int(context.override)
    if not (
        context.has_revision or _has_revision_config(wanted) or _makes_revision(changed, context)
    ):
        return 0  # nothing can be built yet
    return int(impact is Impact.REVISION)
