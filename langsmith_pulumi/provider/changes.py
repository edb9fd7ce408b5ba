"""What a change of each field does to a deployment: the one table behind every plan.

The diff, the rollout's inputs, the PATCH body, the pull-request report and the page in the
documentation all read ``FIELDS``, and no plan tells a cost that is not in it. Beside it, ``bodies``
knows which of these fields the service makes a revision for by itself.

Ownership: who may write what
=============================

The user's alone. ``name``, ``source`` and the fixed fields say which deployment is meant;
``secrets``, ``triggers`` and the revision's configuration say what it runs. They are never taken
over from the service, only compared with it: what differs is drift, shows at refresh, and is put
back by the next ``up``. Two of them cannot be read back as written, so silence there is no drift:
the service may answer with a resolved commit in place of a branch, and may leave out fields it was
sent.

The service's alone. Statuses, revision ids, the commit and image that were built, the URL of a
Cloud deployment, timestamps. They are outputs and never inputs, so they cannot make a plan.

Shared. ``resource_spec``, ``custom_url``, ``display_name``, ``build_on_push``: the service fills in
defaults for what the program leaves out. A program owns exactly the fields it names. What it leaves
out is not managed: a default of the service is no drift. A field that is removed from the program
keeps its last value (the service has no way to clear one: null means "keep"); that it is let go of
is a change of the state alone, in place and without a request.

One set, not many fields. ``secrets`` is replaced as a whole by every write, so a program that
declares secrets owns all of them, and one that declares none leaves them alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import is_same

from . import bags
from .markers import is_unchanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Change(str, Enum):
    """What a changed value costs."""

    REPLACE = "replace"
    """The deployment is deleted and made anew: its database and its threads are lost."""
    REVISION = "revision"
    """The agent is built and deployed again; the old revision serves until the new one does."""
    IN_PLACE = "in place"
    """A setting changes; nothing is built and nothing restarts."""


@dataclass(frozen=True)
class Field:
    """One row of the table: a path in the resource's inputs and what changing it does."""

    path: str
    change: Change
    reason: str
    """Why, with the public source the fact comes from."""
    by_key: bool = False
    """Whether the value is an object whose keys are owned, and compared, one by one."""
    as_set: bool = False
    """Whether the keys are owned as one set, so that a key left out is a change too."""
    sent: bool = True
    """Whether the control plane hears of it; the others only steer this provider."""


_FIXED = "Fixed at creation; the service refuses it in a PATCH (vendor's API reference)."
_BUILT = "A revision is made of it: any value sent makes one (vendor's API reference)."
_LOCAL = "Steers this provider only; no request is sent."
_COMMAND = (
    "Takes effect with the next build. The API reference groups it with the in-place fields, the "
    "vendor's Terraform provider sends it with a revision: the costlier prediction is made."
)

SECRETS = "secrets"
RESOURCE_SPEC = "source_config.resource_spec"
REVISION_CONFIG = "source_revision_config"
BUILD_ON_PUSH = "source_config.build_on_push"
REPO_REF = "source_revision_config.repo_ref"

FIELDS: tuple[Field, ...] = (
    Field("name", Change.REPLACE, "Not part of a PATCH (vendor's API reference)."),
    Field("source", Change.REPLACE, "Not part of a PATCH (vendor's API reference)."),
    Field("workspace_id", Change.REPLACE, "A deployment cannot move between workspaces."),
    Field("source_config.integration_id", Change.REPLACE, _FIXED),
    Field("source_config.repo_url", Change.REPLACE, _FIXED),
    Field("source_config.deployment_type", Change.REPLACE, _FIXED),
    Field("source_config.listener_id", Change.REPLACE, _FIXED),
    Field("source_config.listener_config.k8s_namespace", Change.REPLACE, _FIXED),
    Field(
        "source_config.template_id",
        Change.REPLACE,
        "Fixed at creation (vendor's Terraform provider).",
    ),
    Field(RESOURCE_SPEC, Change.REVISION, _BUILT, by_key=True),
    Field("source_config.install_command", Change.REVISION, _COMMAND),
    Field("source_config.build_command", Change.REVISION, _COMMAND),
    Field(REPO_REF, Change.REVISION, _BUILT),
    Field("source_revision_config.langgraph_config_path", Change.REVISION, _BUILT),
    Field("source_revision_config.image_uri", Change.REVISION, _BUILT),
    Field("source_revision_config.source_tarball_path", Change.REVISION, _BUILT),
    Field(SECRETS, Change.REVISION, _BUILT, by_key=True, as_set=True),
    Field(
        "triggers",
        Change.REVISION,
        "A change of any value asks for a new revision of the same configuration.",
        by_key=True,
        as_set=True,
        sent=False,
    ),
    Field("secret_references", Change.REVISION, _BUILT),
    Field(
        "revision_source", Change.REVISION, "Belongs to the new revision (vendor's API reference)."
    ),
    Field("tracked_packages", Change.REVISION, "Belongs to the new revision (vendor's CLI)."),
    Field(
        "route_through_gateway",
        Change.REVISION,
        "Sent by a vendor's sample on create and patch; its effect is not documented, so the "
        "costlier prediction is made.",
    ),
    Field(
        "display_name", Change.IN_PLACE, "Changed without a revision (vendor's Terraform provider)."
    ),
    Field(BUILD_ON_PUSH, Change.IN_PLACE, "Changed without a revision (vendor's API reference)."),
    Field(
        "source_config.custom_url",
        Change.IN_PLACE,
        "Changed without a revision (vendor's Terraform provider).",
    ),
    Field("delete_tracing_project", Change.IN_PLACE, _LOCAL, sent=False),
    Field("rollout_timeout", Change.IN_PLACE, _LOCAL, sent=False),
)


@dataclass(frozen=True)
class Changed:
    """One changed value: its full path (``source_config.resource_spec.cpu``) and its row."""

    path: str
    field: Field


def of_kind(changed: Iterable[Changed], kind: Change) -> list[Changed]:
    """Those of the changes that are of one kind."""
    return [change for change in changed if change.field.change is kind]


def compare(
    olds: dict[str, Any], news: dict[str, Any], fields: Iterable[Field] = FIELDS
) -> list[Changed]:
    """What differs between the last known state and the wanted inputs, in the table's order.

    Only what the program owns is compared. A value that is not known yet counts as changed. Secrets
    are compared by fingerprint, which is where drift of a secret shows.
    """
    return [
        Changed(path, field)
        for field in fields
        for path in _differing(field, *_comparable(field, olds, news), olds.get("secret_salt"))
    ]


def let_go(olds: dict[str, Any], news: dict[str, Any]) -> list[str]:
    """The paths that the state holds and the program names no more, fixed fields aside.

    Left in the state, they would show as drift, and the engine would no longer know which of them
    are secret.
    """
    return [
        path
        for field in FIELDS
        if field.change is not Change.REPLACE
        for path in _left_out(field, bags.get(olds, field.path), bags.get(news, field.path))
    ]


def _left_out(field: Field, before: Any, after: Any) -> Iterator[str]:
    if before is not None and after is None:
        yield field.path
    elif field.by_key and not field.as_set and isinstance(before, dict) and isinstance(after, dict):
        yield from (f"{field.path}.{key}" for key in sorted(before.keys() - after.keys()))


def _comparable(field: Field, olds: dict[str, Any], news: dict[str, Any]) -> tuple[Any, Any]:
    if field.path == SECRETS and _same_salt(olds, news):
        return olds.get("secret_fingerprints"), news.get("secret_fingerprints")
    return bags.get(olds, field.path), bags.get(news, field.path)


def _same_salt(olds: dict[str, Any], news: dict[str, Any]) -> bool:
    """Whether fingerprints can be compared; a rollout has them without any salt."""
    return bool(olds.get("secret_salt") == news.get("secret_salt"))


def _differing(field: Field, before: Any, after: Any, salt: str | None) -> Iterator[str]:
    if after is None or is_unchanged(field.path, before, after, salt):
        return
    if field.change is Change.REPLACE and is_same(field.path, before, after):
        return
    if not (field.by_key and isinstance(after, dict)):
        yield field.path
        return
    before = before if isinstance(before, dict) else {}
    keys = {*after, *before} if field.as_set else after
    for key in sorted(keys):
        path = f"{field.path}.{key}"
        if not is_unchanged(path, before.get(key), after.get(key), salt):
            yield path


REVISION_FIELDS = tuple(field for field in FIELDS if field.change is Change.REVISION)
"""What a revision is made of: the rollout's inputs, so that a plan shows the rollout and why."""
