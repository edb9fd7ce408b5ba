"""The table of changes: what a change of each field does to a deployment.

The diff, the rollout's inputs, the PATCH body, the pull-request report and the page in the
documentation all read ``FIELDS``. No other place says whether a field makes a revision.

Ownership of fields
===================

Owned by the user: ``name``, ``source`` and the fixed fields identify the deployment; ``secrets``,
``triggers`` and the revision's configuration say what it runs. Their live values are compared and
never adopted: a difference is drift, which a refresh shows and the next ``up`` reverts. Some cannot
be read back as written, so a missing value is no drift: the service may show a commit instead of a
branch, and may leave out fields.

Owned by the service: statuses, revision ids, the built commit and image, the URL on Cloud,
timestamps. They are outputs and never inputs, so they cannot cause a plan.

Shared: ``resource_spec``, ``custom_url``, ``display_name``, ``build_on_push``. The service fills in
defaults for fields that the program leaves out. A program owns exactly the fields it names; any
other is not managed, and its default is no drift. A field that is removed from the program keeps
its last value, because the service cannot clear one (null means "keep"). That it becomes unmanaged
is a change of the state alone, in place and without a request.

Owned as one set: ``secrets`` and ``environment_variables`` are one list of the service, and every
write replaces it as a whole. So a program that declares either owns all variables, and one that
declares none leaves them alone. A name that moves between the two changes the state alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import is_same

from . import properties
from .fingerprints import is_unchanged
from .folder.difference import DIGEST, PATH
from .variables import (
    ENVIRONMENT_VARIABLES,
    FINGERPRINTS,
    SECRETS,
    VARIABLE_MAPS,
    all_variables,
    map_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Impact(str, Enum):
    """The effect of a change on the deployment."""

    REPLACE = "replace"
    """The deployment is deleted and created again; its database and threads are lost."""
    REVISION = "revision"
    """The agent is built and deployed again; the old revision stays active until then."""
    IN_PLACE = "in place"
    """A setting changes; nothing is built or restarted."""


@dataclass(frozen=True)
class Field:
    """One row of the table: a path in the resource's inputs and the impact of a change."""

    path: str
    impact: Impact
    reason: str
    """The reason for the impact, with the public source of the fact."""
    makes_revision: bool = False
    """True if the service makes a revision whenever a PATCH contains the field.

    Other fields of ``Impact.REVISION`` take effect with a revision, but do not make one.
    """
    by_key: bool = False
    """True if the value is an object whose keys are owned and compared one by one."""
    as_set: bool = False
    """True if the keys are owned as one set, so that a missing key is a change too."""
    sent: bool = True
    """False if the field only configures this provider and is never sent."""
    own_request: bool = False
    """True if the field is sent by ``PATCH .../resource-tiers``, which makes a revision."""


_FIXED = "Fixed at creation; the service refuses it in a PATCH (vendor's API reference)."
_BUILT = "A revision is made of it: any value sent makes one (vendor's API reference)."
_RESIZED = (
    "Sent by a request of its own, which makes a revision that keeps threads, checkpoints and URL "
    "(vendor's guide). Together with another change of a revision there are two."
)
_LOCAL = "Configures this provider only; no request is sent."
_COMMAND = (
    "Takes effect with the next build. The API reference groups it with the in-place fields, the "
    "vendor's Terraform provider sends it with a revision: the costlier prediction is made."
)

RESOURCE_SPEC = "source_config.resource_spec"
REVISION_CONFIG = "source_revision_config"
BUILD_ON_PUSH = "source_config.build_on_push"
REPO_URL = "source_config.repo_url"
HEALTH_CHECK = "health_check"
CONTROL_PLANE_URL = "control_plane_url"
REPO_REF = "source_revision_config.repo_ref"
K8S_NAMESPACES = "compute_config.k8s_namespaces"

FIELDS: tuple[Field, ...] = (
    Field("name", Impact.REPLACE, "Not part of a PATCH (vendor's API reference)."),
    Field("source", Impact.REPLACE, "Not part of a PATCH (vendor's API reference)."),
    Field("workspace_id", Impact.REPLACE, "A deployment cannot move between workspaces."),
    Field(CONTROL_PLANE_URL, Impact.REPLACE, "A deployment cannot move between control planes."),
    Field(
        "source_config.integration_id",
        Impact.REPLACE,
        "Fixed at creation (published schema, vendor's Terraform provider). Whether it may change "
        "together with repo_url, after a transfer to another account, is not documented, so the "
        "costlier prediction is made.",
    ),
    Field("source_config.deployment_type", Impact.REPLACE, _FIXED),
    Field("source_config.listener_id", Impact.REPLACE, _FIXED),
    Field("source_config.listener_config.k8s_namespace", Impact.REPLACE, _FIXED),
    Field(
        "source_config.template_id",
        Impact.REPLACE,
        "Fixed at creation (vendor's Terraform provider).",
    ),
    Field(RESOURCE_SPEC, Impact.REVISION, _BUILT, makes_revision=True, by_key=True),
    Field("source_config.install_command", Impact.REVISION, _COMMAND),
    Field("source_config.build_command", Impact.REVISION, _COMMAND),
    Field(REPO_REF, Impact.REVISION, _BUILT, makes_revision=True),
    Field(
        "source_revision_config.langgraph_config_path", Impact.REVISION, _BUILT, makes_revision=True
    ),
    Field("source_revision_config.image_uri", Impact.REVISION, _BUILT, makes_revision=True),
    Field(
        "source_revision_config.source_tarball_path", Impact.REVISION, _BUILT, makes_revision=True
    ),
    Field(
        DIGEST,
        Impact.REVISION,
        "The contents of the folder `path`. It is uploaded, and a revision is made of it (vendor's "
        "command line).",
    ),
    Field(SECRETS, Impact.REVISION, _BUILT, makes_revision=True, by_key=True, as_set=True),
    Field(
        ENVIRONMENT_VARIABLES,
        Impact.REVISION,
        "Sent as one set with `secrets`, of which any makes a revision (vendor's API reference). "
        "Moving a name from one to the other with its value is in place, without a request.",
        by_key=True,
        as_set=True,
    ),
    Field(
        "triggers",
        Impact.REVISION,
        "A change of any value asks for a new revision of the same configuration.",
        by_key=True,
        as_set=True,
        sent=False,
    ),
    Field("compute_size", Impact.REVISION, _RESIZED, own_request=True),
    Field("database_size", Impact.REVISION, _RESIZED, own_request=True),
    Field("secret_references", Impact.REVISION, _BUILT, makes_revision=True),
    Field(
        "revision_source", Impact.REVISION, "Belongs to the new revision (vendor's API reference)."
    ),
    Field("tracked_packages", Impact.REVISION, "Belongs to the new revision (vendor's CLI)."),
    Field(
        "route_through_gateway",
        Impact.REVISION,
        "Sent by a vendor's sample on create and patch; its effect is not documented, so the "
        "costlier prediction is made.",
    ),
    Field(
        "display_name", Impact.IN_PLACE, "Changed without a revision (vendor's Terraform provider)."
    ),
    Field(
        REPO_URL,
        Impact.IN_PLACE,
        "Changed without a revision on Cloud; the next revision is built from it (vendor's guide). "
        "A service that takes it for fixed refuses it, and nothing is replaced.",
    ),
    Field(BUILD_ON_PUSH, Impact.IN_PLACE, "Changed without a revision (vendor's API reference)."),
    Field(
        "source_config.custom_url",
        Impact.IN_PLACE,
        "Changed without a revision (vendor's Terraform provider).",
    ),
    Field(
        PATH,
        Impact.IN_PLACE,
        "Only the contents of the folder count: another folder with the same is no revision.",
        sent=False,
    ),
    Field("delete_tracing_project", Impact.IN_PLACE, _LOCAL, sent=False),
    Field("rollout_timeout", Impact.IN_PLACE, _LOCAL, sent=False),
    Field("interrupt_stuck", Impact.IN_PLACE, _LOCAL, sent=False),
    Field(HEALTH_CHECK, Impact.IN_PLACE, _LOCAL, sent=False),
)


_CLUSTER = "Fixed at creation: not part of a PATCH (vendor's API reference)."

LISTENER_FIELDS: tuple[Field, ...] = (
    Field("workspace_id", Impact.REPLACE, "A listener cannot move between workspaces."),
    Field(CONTROL_PLANE_URL, Impact.REPLACE, "A listener cannot move between control planes."),
    Field("compute_type", Impact.REPLACE, _CLUSTER),
    Field("compute_id", Impact.REPLACE, _CLUSTER),
    Field(
        K8S_NAMESPACES,
        Impact.IN_PLACE,
        "Changed by a PATCH (vendor's API reference); their order means nothing.",
    ),
    Field("version", Impact.IN_PLACE, "Changed by a PATCH (vendor's API reference)."),
)
"""The fields of a listener; all of them are sent."""


@dataclass(frozen=True)
class ChangedField:
    """A changed value: its full path (``source_config.resource_spec.cpu``) and its row."""

    path: str
    field: Field

    @property
    def is_sent(self) -> bool:
        """Return True if the control plane receives the value, or makes a revision for it."""
        return self.field.sent or self.field.impact is Impact.REVISION


def with_impact(changed: Iterable[ChangedField], impact: Impact) -> list[ChangedField]:
    """Return the changes of one impact."""
    return [change for change in changed if change.field.impact is impact]


def makes_two_revisions(changed: Iterable[ChangedField]) -> bool:
    """Return True if a size and another field of a revision change, in a request each."""
    requests = {change.field.own_request for change in with_impact(changed, Impact.REVISION)}
    return requests == {True, False}


def compare(
    olds: dict[str, Any], news: dict[str, Any], fields: Iterable[Field] = FIELDS
) -> list[ChangedField]:
    """Return the differences between the last known state and the desired inputs, in table order.

    Only fields that the program owns are compared. An unknown value counts as changed. Variables
    are compared by fingerprint, which also shows their drift, whatever map they are in.
    """
    return [ChangedField(path, field) for field in fields for path in _changed(field, olds, news)]


def changes_since(
    olds: dict[str, Any], news: dict[str, Any], fields: Iterable[Field] = FIELDS
) -> list[ChangedField]:
    """Return the changes of a resource; naming its present workspace is not a change."""
    return compare({"workspace_id": olds.get("tenant_id"), **olds}, news, fields)


def _changed(field: Field, olds: dict[str, Any], news: dict[str, Any]) -> Iterator[str]:
    if field.path in VARIABLE_MAPS:
        return _changed_variables(field.path, olds, news)
    before, after = (properties.get_path(props, field.path) for props in (olds, news))
    return _differing(field, before, after, olds.get("secret_salt"))


def _changed_variables(key: str, olds: dict[str, Any], news: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of the changed variables of one map, or the map itself if it is unknown."""
    before, after = _comparable_variables(olds, news)
    if properties.is_unknown(after):
        unknown = [one for one in VARIABLE_MAPS if properties.is_unknown(news.get(one))]
        if key in (unknown or [SECRETS]):
            yield key
        return
    if not isinstance(after, dict):
        return
    before = before if isinstance(before, dict) else {}
    for name in sorted({*after, *before}):
        if before.get(name) != after.get(name) and map_of(name, olds, news) == key:
            yield f"{key}.{name}"


def replacing(changed: Iterable[ChangedField], news: dict[str, Any]) -> list[ChangedField]:
    """Return the changes of fixed fields, and those that ``replace_on_changes`` names.

    The engine cannot apply the option, because the SDK passes it no changed paths.
    """
    return [
        change
        for change in changed
        if (change.field.impact is Impact.REPLACE or properties.replaces_on(news, change.path))
        and not _is_below_an_unknown(news, change.path)
    ]


def _is_below_an_unknown(news: dict[str, Any], path: str) -> bool:
    """Return True if a value is unknown because the whole object above it is unknown.

    ``up`` usually changes a part of such an object, or nothing, so no replacement is planned.
    """
    top, _, below = path.partition(".")
    return bool(below) and properties.is_unknown(news.get(top))


def unmanaged(
    olds: dict[str, Any], news: dict[str, Any], fields: Iterable[Field] = FIELDS
) -> list[str]:
    """Return the paths in the state that the program no longer names, without fixed fields.

    They are removed from the state. Otherwise they would show as drift, and the engine would no
    longer know which of them are secret. Variables are unmanaged only if the program has no map of
    them, because each map stands for the whole set.
    """
    return [
        path
        for field in fields
        if field.impact is not Impact.REPLACE
        and not (field.path in VARIABLE_MAPS and all_variables(news) is not None)
        for path in _removed(
            field, properties.get_path(olds, field.path), properties.get_path(news, field.path)
        )
    ]


def _removed(field: Field, before: Any, after: Any) -> Iterator[str]:
    if before is not None and after is None:
        yield field.path
    elif field.by_key and not field.as_set and isinstance(before, dict) and isinstance(after, dict):
        yield from (f"{field.path}.{key}" for key in sorted(before.keys() - after.keys()))


def _comparable_variables(olds: dict[str, Any], news: dict[str, Any]) -> tuple[Any, Any]:
    if _same_salt(olds, news):
        return olds.get(FINGERPRINTS), news.get(FINGERPRINTS)
    return all_variables(olds), all_variables(news)


def _same_salt(olds: dict[str, Any], news: dict[str, Any]) -> bool:
    """Return True if fingerprints are comparable; a rollout has them without a salt."""
    return bool(olds.get("secret_salt") == news.get("secret_salt"))


def _differing(field: Field, before: Any, after: Any, salt: str | None) -> Iterator[str]:
    if after is None or is_unchanged(field.path, before, after, salt):
        return
    has_spellings = field.impact is Impact.REPLACE or field.path in (REPO_URL, K8S_NAMESPACES)
    if has_spellings and is_same(field.path, before, after):
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


REVISION_FIELDS = tuple(field for field in FIELDS if field.impact is Impact.REVISION)
"""The fields of a revision. They are the inputs of the rollout, so a plan shows why it is due."""
