"""What a rollback leaves open, and what Pulumi makes of it; in sentences. Pure.

The sentences on the next plan are what a plan shows after a rollback of a scenario; a test holds
them to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import live_values
from langsmith_pulumi.control_plane.text import sanitize

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .rollback import RollbackPlan

_CONFIG = "source_revision_config"
_OWNED = {
    "github": ("repo_ref", "langgraph_config_path"),
    "internal_source": ("source_tarball_path", "langgraph_config_path"),
    "external_docker": ("image_uri",),
    "internal_docker": ("image_uri",),
}
"""The fields of a revision that a program declares, by source."""


_STORED = (
    "The service builds a new revision from the configuration that it has stored. If that takes "
    "the environment variables and secrets of then, or those of today, is not documented."
)
_DATA = "The database and the threads stay as they are."
_PUSHED = "build_on_push is on: the next push builds a revision that replaces this one."
_ENDED_BY = (
    "Any change of the program that makes a revision builds what the program says, and so ends "
    "the rollback."
)


def unknowns(plan: RollbackPlan) -> list[str]:
    """Return what nobody can promise of a redeployed revision."""
    config = plan.target.source_revision_config
    image, ref = config.get("image_uri"), config.get("repo_ref")
    found = [_STORED, _DATA]
    if plan.deployment.source == "github":
        commit = config.get("repo_commit_sha")
        built = f"commit {_quote(commit)}" if commit else "the same commit"
        newest = f", or the newest one of {_quote(ref)}," if ref and ref != commit else ""
        found.append(f"If it builds {built} again{newest} is not documented.")
    elif image:
        found.append(f"If the tag of {_quote(image)} was pushed again, the newer image is pulled.")
    pushes = plan.deployment.source_config.get("build_on_push")
    return [*found, _PUSHED] if pushes else found


def next_up(plan: RollbackPlan, after: LiveDeployment) -> list[str]:
    """Return what the next ``pulumi up`` shows and does, and how to make the rollback last."""
    lasting = _lasting(plan)
    return [
        _without_refresh(plan),
        _after_refresh(plan, after),
        _ENDED_BY,
        *([lasting] if lasting else []),
    ]


def _without_refresh(plan: RollbackPlan) -> str:
    if plan.newest.id == plan.active.id:
        return (
            "`pulumi up` alone shows no change and leaves the rollback as it is, because neither "
            "the program nor the state has changed."
        )
    return (
        f"If a `pulumi up` failed with revision {plan.newest.id}, the next plan shows `~ Rollout`: "
        "`up` then finds the rolled back revision deployed and sends nothing."
    )


def _after_refresh(plan: RollbackPlan, after: LiveDeployment) -> str:
    differing = [
        f"{_CONFIG}.{key} ({_quote(now)} now, {_quote(before)} before)"
        for key in _OWNED.get(plan.deployment.source, ())
        if (before := _live(plan.deployment, key)) != (now := _live(after, key))
    ]
    if not differing:
        return (
            "A refresh finds no difference, because the fields that a program declares are the "
            "same in both revisions."
        )
    return (
        f"After a refresh (`pulumi up --refresh`) the plan shows {' and '.join(differing)} as "
        "drift, and `up` puts back what the program says, in a new revision."
    )


def _live(live: LiveDeployment, key: str) -> Any:
    return live_values(live, requested={})[_CONFIG].get(key)


def _lasting(plan: RollbackPlan) -> str:
    """Return the change of the program that keeps the rollback; empty if there is none."""
    config = plan.target.source_revision_config
    if plan.deployment.source == "github":
        wanted = {"repo_ref": config.get("repo_commit_sha") or config.get("repo_ref")}
    else:
        wanted = {"image_uri": config.get("image_uri")}
    path = config.get("langgraph_config_path")
    if path != plan.newest.source_revision_config.get("langgraph_config_path"):
        wanted["langgraph_config_path"] = path
    shown = ", ".join(
        f'"{key}": "{sanitize(str(value))}"' for key, value in wanted.items() if value
    )
    if not shown:
        return ""
    off = plan.deployment.source_config.get("build_on_push")
    also = ', and source_config={..., "build_on_push": False}' if off else ""
    return (
        f"To make it last, set {_CONFIG}={{..., {shown}}}{also} in the program; the next `up` then "
        "makes one more revision from it."
    )


def _quote(value: Any) -> str:
    return repr(sanitize(str(value))) if value else "nothing"
