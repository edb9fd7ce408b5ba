"""What a preview has to promise for one deployment, and what ``up`` then has to do.

Both are foretold by the same rules. For the promise, a reference to a resource that changes is
unknown, and an unknown value counts as changed; for the deed it is known. So ``up`` may do less
than was promised where a value was unknown, and never anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .costs import (
    MAKES_REVISION,
    UNSENT,
    Cost,
    Flat,
    changes,
    cost_of,
    worst,
)

PUSHED_LATER = ("internal_docker", "internal_source")
"""Sources that may be made without anything to run, and then have no revision."""


@dataclass
class Known:
    """What the stack knows of a deployment that it has made."""

    id: str
    values: Flat
    """What was last written or read, of all that the program has named since its last change."""
    due: bool = False
    """Whether a revision was asked for that the stack has not seen serving."""


@dataclass(frozen=True)
class Surroundings:
    """What else decides about a deed."""

    rollout: str = ""
    """The deployment that the recorded rollout waited for; empty when there is none."""
    half_replaced: bool = False
    """Whether that rollout is deleted already and has no successor yet."""
    has_revision: bool = True
    newest_failed: bool = False
    override: bool | None = None
    commands_make_revisions: bool = True


@dataclass(frozen=True)
class Foretold:
    """What happens to one deployment and its rollout."""

    kinds: tuple[str, ...] = ()
    """How a report may call it; none when nothing happens."""
    ops: dict[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    revisions: int = 0
    """How many revisions are made of the deployment as it is afterwards."""
    retries: bool = False
    """Whether one of them repeats a failed one."""
    refused: str = ""
    """Part of the reason why the preview refuses it."""


NOTHING = Foretold()


def foretell(known: Known | None, wanted: Flat | None, world: Surroundings) -> Foretold:
    """What becomes of a deployment that shall have these arguments; None: that is not there."""
    if wanted is None:
        return _deletion(known, world) if known else NOTHING
    if known is None:
        return _creation(wanted)
    changed = changes(known.values, wanted)
    if worst(changed) is Cost.REPLACE:
        return _replacement(known, wanted, changed, world)
    return _update(known, wanted, changed, world)


def _creation(wanted: Flat) -> Foretold:
    return Foretold(
        ("created",),
        {"Deployment": "create", "Rollout": "create"},
        writes=_posts(wanted),
        revisions=_first_revisions(wanted),
    )


def _posts(wanted: Flat) -> tuple[str, ...]:
    """A POST takes no display name."""
    return ("POST", "PATCH") if wanted.get("display_name") else ("POST",)


def _first_revisions(wanted: Flat) -> int:
    return int(wanted["source"] not in PUSHED_LATER or _has_revision_config(wanted))


def _has_revision_config(wanted: Flat) -> bool:
    return any(path.startswith("source_revision_config") for path in wanted)


def _deletion(known: Known, world: Surroundings) -> Foretold:
    there = world.rollout and not world.half_replaced
    rollout = {"Rollout": "delete"} if there else {}
    return Foretold(("deleted",), {"Deployment": "delete", **rollout}, writes=("DELETE",))


def _replacement(known: Known, wanted: Flat, changed: list[str], world: Surroundings) -> Foretold:
    same_name = known.values["name"] == wanted["name"]
    if same_name and not wanted["delete_tracing_project"]:
        return Foretold(refused="delete_tracing_project")
    posts = _posts(wanted)
    return Foretold(
        ("replaced",),
        {"Deployment": "replace", "Rollout": "replace" if world.rollout else "create"},
        tuple(changed),
        ("DELETE", *posts) if same_name else (*posts, "DELETE"),
        _first_revisions(wanted),
    )


def _update(known: Known, wanted: Flat, changed: list[str], world: Surroundings) -> Foretold:
    left_out = [
        path for path in known.values.keys() - wanted.keys() if cost_of(path) < Cost.REPLACE
    ]
    cost = max(worst(changed), Cost.IN_PLACE if left_out else Cost.NOTHING)
    patches = _patches(wanted, changed, cost, world)
    made = _made(wanted, changed, cost, world, patches)
    awaited = known.due or cost is Cost.REVISION or made > 0
    retries = awaited and not made and world.newest_failed
    return Foretold(
        _kinds(cost, awaited=awaited, overridden=made > 0 and cost is not Cost.REVISION),
        {
            **({"Deployment": "update"} if changed or left_out else {}),
            **({"Rollout": _rollout_op(known, world)} if awaited else {}),
        },
        tuple(changed),
        (*patches, *(["POST"] if retries else [])),
        made + retries,
        retries,
    )


def _kinds(cost: Cost, *, awaited: bool, overridden: bool) -> tuple[str, ...]:
    if cost is Cost.REVISION:
        return ("revision",)
    if awaited and not overridden:
        # Where a setting changes besides, either word names the revision that comes.
        return ("retried", "revision") if cost is Cost.IN_PLACE else ("retried",)
    return ("in place",) if cost is Cost.IN_PLACE else ()


def _rollout_op(known: Known, world: Surroundings) -> str:
    if not world.rollout:
        return "create"
    here = world.rollout == known.id and not world.half_replaced
    return "update" if here else "replace"


def _patches(wanted: Flat, changed: list[str], cost: Cost, world: Surroundings) -> tuple[str, ...]:
    sent = [path for path in changed if path.partition(".")[0] not in UNSENT]
    if cost is not Cost.REVISION:
        return ("PATCH",) if sent else ()
    if _has_revision_config(wanted) or _makes_revision(changed, world):
        return ("PATCH",)
    redeploys = world.has_revision and not (sent and world.override)
    return (*(["PATCH"] if sent else []), *(["POST"] if redeploys else []))


def _makes_revision(changed: list[str], world: Surroundings) -> bool:
    commands = ("source_config.install_command", "source_config.build_command")
    makers = (*MAKES_REVISION, *(commands if world.commands_make_revisions else ()))
    return any(path.startswith(makers) for path in changed)


def _made(
    wanted: Flat, changed: list[str], cost: Cost, world: Surroundings, patches: tuple[str, ...]
) -> int:
    if world.override is not None and patches == ("PATCH",):
        return int(world.override)
    if not (world.has_revision or _has_revision_config(wanted) or _makes_revision(changed, world)):
        return 0  # there is nothing yet that could be built
    return int(cost is Cost.REVISION)
