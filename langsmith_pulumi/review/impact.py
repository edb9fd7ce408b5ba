"""The impact of a plan on each deployment, decided from its steps without any request.

A deployment that was deleted outside of the program is recognised only by a preview that refreshes
itself: after a refresh of its own, the state has nothing of it left.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import properties
from langsmith_pulumi.provider.changes import (
    REPO_URL,
    RESOURCE_SPEC,
    REVISION_FIELDS,
    Impact,
)
from langsmith_pulumi.provider.folder.difference import (
    DIGEST,
    FOLDER,
    FolderChange,
    folder_change,
)
from langsmith_pulumi.provider.sizes import DEPLOYMENT_TYPE, SIZE_FIELDS, family

from .adoption import Adoption, adoption_of
from .differences import (
    Differences,
    FieldChange,
    MovedVariable,
    SecretChange,
    across_replacement,
    between,
    secret_names,
)
from .plan import Action
from .steps import group_by_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .plan import Plan, State
    from .steps import DeploymentSteps


class Kind(str, Enum):
    """The kind of change of a deployment, in the order of a report."""

    REPLACED = "replaced"
    DELETED = "deleted"
    UNKNOWN = "unknown"
    STARTED_OVER = "started over"
    """Replaced, while the old one keeps running outside Pulumi's state."""
    REVISION = "revision"
    IN_PLACE = "in place"
    CREATED = "created"
    ADOPTED = "adopted"
    RETRIED = "retried"
    DRIFT = "drift"
    RELEASED = "released"
    """No longer managed by its resource, and not deleted."""


LOSSES = (Kind.REPLACED, Kind.DELETED, Kind.UNKNOWN, Kind.STARTED_OVER)
"""Changes that lose data, or may lose it."""
REBUILDS = (Kind.REVISION, Kind.RETRIED)
"""Changes that build and deploy again; an adoption may do so, too."""


class Note(str, Enum):
    """A fact about a change that its fields do not show."""

    SAME_NAME = "The old one is deleted first: nothing serves until the new one does."
    TRACES_DELETED = "Its tracing project is deleted too, with all traces."
    TRACES_KEPT = "Its tracing project and traces stay."
    CAUSE_HIDDEN = (
        "The plan does not show what changes: it may be a value that is secret throughout."
    )
    RECREATED = (
        "It was deleted outside Pulumi, and its database with it; this creates a new, empty one."
    )
    SECRETS_NOT_COMPARED = "Secrets in both: their values cannot be compared."
    NO_REASON = "The plan does not say why; it may have been asked for on the command line."
    FAILURE_NOT_SHOWN = "The plan does not show why: see the deployment's last revision."
    FIXED_FIELD = "It shows a fixed field that changes without a replacement."
    REBUILT = "A new revision is made: the agent is rebuilt and redeployed."
    NOT_REBUILT = "Nothing is rebuilt."
    TWO_REVISIONS = "Two revisions are made, one of them for the size; `up` waits for the last."
    NEXT_REVISION = "The next revision is built from the new repository; nothing is rebuilt now."
    NOT_COMPARED = "The plan could not compare it with the live deployment."
    TAKEN_OVER = "Another resource of this program takes it over, and it keeps running."
    NOT_WAITED_FOR = (
        "Its rollout is not part of this plan: `up` does not wait for the new revision."
    )
    PREVIEWS_DELETED = "Deployments that the service made for its pull requests go with it."
    LEFTOVER = "It is an old one that an interrupted replacement has left behind."


@dataclass(frozen=True)
class DeploymentChange:
    """The change of one deployment."""

    urn: str
    name: str
    """Its name in the program."""
    deployment: str
    """Its name in the control plane; empty if it is not known."""
    kind: Kind
    op: str
    reasons: tuple[str, ...] = ()
    """The fields that force a replacement."""
    fields: tuple[FieldChange, ...] = ()
    secrets: tuple[SecretChange, ...] = ()
    unmanaged: tuple[str, ...] = ()
    """Paths that the program no longer names: their values stay, and drift is not reported."""
    moved: tuple[MovedVariable, ...] = ()
    """Variables that move between secrets and environment variables, with their values."""
    notes: tuple[Note, ...] = ()
    spec: tuple[tuple[str, object], ...] = ()
    """The new resource spec if any of it changes: key and value."""
    family: str = ""
    """"Serverless" or "Dedicated" on Cloud, as far as known."""
    folder: FolderChange | None = None
    """The files that change, of a deployment from a local folder."""
    import_id: str = ""
    may_rebuild: bool = False
    """True if the agent is built and deployed again, or if that is not known."""
    variables_lost: tuple[str, ...] = ()
    """The live variables that an adoption removes for good."""

    @property
    def drift(self) -> bool:
        """Return True if something was changed outside of the program, and is set again."""
        return Note.RECREATED in self.notes or any(self._drifts)

    @property
    def only_drift(self) -> bool:
        """Return True if nothing else changes."""
        return bool(self._drifts) and all(self._drifts)

    @property
    def _drifts(self) -> list[bool]:
        return [field.drift for field in self.fields] + [secret.drift for secret in self.secrets]


def deployment_changes(plan: Plan) -> tuple[DeploymentChange, ...]:
    """Return the change of each deployment that a plan changes, the most severe first."""
    order = list(Kind)
    groups = group_by_deployment(plan)
    adopted = {_text(group.new.inputs.get("import_id")) for group in groups} - {""}
    changes = [_change(_Analysis(group, adopted)) for group in groups]
    return tuple(sorted(changes, key=lambda one: (order.index(one.kind), one.name, one.urn)))


class _Cause(Enum):
    """The most severe cause of an update that a plan shows."""

    FIXED = "a fixed field"
    REVISION = "a field that makes a revision"
    PENDING = "a change that an earlier run has not rolled out"
    DRIFT = "drift alone"
    MINOR = "settings, or nothing"


_ANY = tuple(Action)
_ROLLS_OUT = (Action.CREATE, Action.UPDATE, Action.REPLACE)
_ALL = tuple(_Cause)

_KINDS = (
    ((Action.REPLACE,), _ANY, _ALL, Kind.REPLACED),
    ((Action.DELETE,), _ANY, _ALL, Kind.DELETED),
    ((Action.UNKNOWN,), _ANY, _ALL, Kind.UNKNOWN),
    (_ANY, (Action.UNKNOWN,), _ALL, Kind.UNKNOWN),
    ((Action.CREATE,), _ANY, _ALL, Kind.CREATED),
    ((Action.ADOPT,), _ANY, _ALL, Kind.ADOPTED),
    ((Action.UPDATE,), _ANY, (_Cause.FIXED,), Kind.UNKNOWN),
    ((Action.UPDATE,), _ANY, (_Cause.REVISION,), Kind.REVISION),
    ((Action.UPDATE,), _ROLLS_OUT, (_Cause.PENDING,), Kind.RETRIED),
    ((Action.UPDATE,), _ROLLS_OUT, _ALL, Kind.REVISION),
    ((Action.UPDATE,), (Action.NOTHING,), (_Cause.DRIFT,), Kind.DRIFT),
    ((Action.UPDATE,), (Action.NOTHING,), _ALL, Kind.IN_PLACE),
    ((Action.NOTHING,), _ROLLS_OUT, _ALL, Kind.RETRIED),
    (_ANY, _ANY, _ALL, Kind.UNKNOWN),
)
"""Action on the deployment, action on its rollout, cause, and the kind: the first row that fits."""
_IF_RETAINED = {Kind.REPLACED: Kind.STARTED_OVER, Kind.DELETED: Kind.RELEASED}
"""The kind if the old deployment is not deleted (``retain_on_delete``)."""


class _Analysis:
    """The facts that decide about one deployment."""

    def __init__(self, group: DeploymentSteps, adopted: Collection[str] = ()) -> None:
        self.group = group
        self.action = _action(group)
        self.taken_over = self.action is Action.DELETE and group.old.id in adopted
        """True if another resource of the plan adopts what this one no longer manages."""
        self.adoption = adoption_of(group.new) if self.action is Action.ADOPT else Adoption()
        self.rollout_action = group.rollout.action if group.rollout else Action.NOTHING
        self.differences = _DIFFERENCES[self.action](group)
        self.pending = _pending(group)
        self.cause = _cause(self.differences, self.pending)

    @property
    def kind(self) -> Kind:
        kind = next(
            kind
            for actions, rollout_actions, causes, kind in _KINDS
            if self.action in actions
            and self.rollout_action in rollout_actions
            and self.cause in causes
        )
        stays = self.group.old.retained or self.taken_over
        return _IF_RETAINED.get(kind, kind) if stays else kind


def _action(group: DeploymentSteps) -> Action:
    """Return the action on the deployment itself."""
    if group.leftover:
        return Action.DELETE
    action = group.step.action if group.step else Action.NOTHING
    adopts = action is Action.CREATE and group.new.inputs.get("import_id")
    return Action.ADOPT if adopts else action


def _cause(differences: Differences, pending: Differences) -> _Cause:
    if differences.include(Impact.REPLACE):
        return _Cause.FIXED
    if differences.include(Impact.REVISION):
        return _Cause.REVISION
    if pending.include(Impact.REVISION):
        return _Cause.PENDING
    return _Cause.DRIFT if differences.is_drift else _Cause.MINOR


def _pending(group: DeploymentSteps) -> Differences:
    """Return the changes that an earlier run has sent and not rolled out."""
    if group.rollout is None or group.rollout.old is None:
        return Differences()
    pending = between(group.rollout.old, group.rollout.new, table=REVISION_FIELDS)
    return pending.with_values_of(group.declared)


_DIFFERENCES: dict[Action, Callable[[DeploymentSteps], Differences]] = {
    Action.REPLACE: lambda group: across_replacement(group.old, group.new),
    Action.DELETE: lambda _: Differences(),
    Action.UNKNOWN: lambda group: between(group.old, group.new),
    Action.UPDATE: lambda group: between(group.old, group.new, group.before_refresh),
    Action.CREATE: lambda group: between(None, group.new),
    Action.ADOPT: lambda group: adoption_of(group.new).differences,
    Action.NOTHING: lambda _: Differences(),
}


def _change(analysis: _Analysis) -> DeploymentChange:
    group, kind, found = analysis.group, analysis.kind, analysis.differences
    if kind is Kind.RETRIED:
        found = found.merged(analysis.pending)
    adopted = kind is Kind.ADOPTED
    return DeploymentChange(
        urn=group.urn.text,
        name=group.urn.name,
        deployment=_text(group.old.inputs.get("name") or group.new.inputs.get("name")),
        kind=kind,
        op=_op(analysis),
        reasons=_reasons(analysis),
        fields=found.fields,
        secrets=found.secrets,
        unmanaged=found.unmanaged,
        moved=found.moved,
        notes=_notes(analysis, kind),
        spec=_spec(group.new, found),
        family=family(properties.get_path(group.new.inputs, DEPLOYMENT_TYPE)) or "",
        folder=_folder(group, found),
        import_id=_text(group.new.inputs.get("import_id")) if adopted else "",
        may_rebuild=analysis.adoption.may_rebuild if adopted else kind in REBUILDS,
        variables_lost=analysis.adoption.removed,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _op(analysis: _Analysis) -> str:
    """Return the operation that decided the kind."""
    step, rollout = analysis.group.step, analysis.group.rollout
    unknown_rollout = analysis.rollout_action is Action.UNKNOWN
    decisive = rollout if step is None or unknown_rollout else step
    return decisive.op if decisive else ""


def _reasons(analysis: _Analysis) -> tuple[str, ...]:
    """Return the fields that force a replacement: the engine's list, else those of the table."""
    if analysis.action is not Action.REPLACE:
        return ()
    step, fields = analysis.group.step, analysis.differences.fields
    fixed = tuple(field.path for field in fields if field.impact is Impact.REPLACE)
    return (step and step.replace_reasons) or fixed


def _spec(state: State, found: Differences) -> tuple[tuple[str, Any], ...]:
    spec = properties.get_path(state.inputs, RESOURCE_SPEC)
    changes = any(change.path.startswith(RESOURCE_SPEC) for change in found.fields)
    return tuple(sorted(spec.items())) if changes and isinstance(spec, dict) else ()


def _folder(group: DeploymentSteps, found: Differences) -> FolderChange | None:
    """Return what changes in the folder, if it changes; of a new deployment its number of files."""
    if not any(change.path == DIGEST for change in found.fields):
        return None
    before = group.old.outputs or group.old.inputs
    return folder_change(before.get(FOLDER), group.new.inputs.get(FOLDER))


def _notes(analysis: _Analysis, kind: Kind) -> tuple[Note, ...]:
    group, found, cause = analysis.group, analysis.differences, analysis.cause
    lost = kind in (Kind.REPLACED, Kind.DELETED)
    replaced = kind in (Kind.REPLACED, Kind.STARTED_OVER)
    hidden = kind is Kind.REVISION and cause is not _Cause.REVISION
    empty = kind is Kind.IN_PLACE and not (found.all or found.unmanaged or found.moved)
    compared = kind is Kind.ADOPTED and analysis.adoption.compared
    conditions = (
        (Note.TAKEN_OVER, analysis.taken_over),
        (Note.REBUILT, compared and analysis.adoption.revision),
        (Note.NOT_REBUILT, compared and not analysis.adoption.revision),
        (Note.TWO_REVISIONS, kind is Kind.REVISION and _makes_two_revisions(found)),
        (Note.NEXT_REVISION, kind is Kind.IN_PLACE and _changes_repository(found)),
        (Note.NOT_COMPARED, kind is Kind.ADOPTED and not compared),
        (
            Note.NOT_WAITED_FOR,
            kind is Kind.REVISION and analysis.rollout_action is Action.NOTHING,
        ),
        (Note.LEFTOVER, group.leftover),
        (Note.SAME_NAME, kind is Kind.REPLACED and _keeps_name(group)),
        (Note.TRACES_DELETED, lost and _deletes_traces(group)),
        (Note.TRACES_KEPT, lost and not _deletes_traces(group)),
        (Note.PREVIEWS_DELETED, lost and group.old.inputs.get("source") == "github"),
        (Note.SECRETS_NOT_COMPARED, replaced and _shares_secrets(group)),
        (Note.NO_REASON, replaced and not _reasons(analysis)),
        (Note.RECREATED, kind is Kind.CREATED and group.before_refresh is not None),
        (Note.FIXED_FIELD, analysis.action is Action.UPDATE and cause is _Cause.FIXED),
        (Note.FAILURE_NOT_SHOWN, kind is Kind.RETRIED and not analysis.pending.all),
        (Note.CAUSE_HIDDEN, hidden or empty),
    )
    return tuple(note for note, holds in conditions if holds)


def _makes_two_revisions(found: Differences) -> bool:
    sizes = {c.path for c in found.fields if c.path in SIZE_FIELDS}
    others = (c for c in found.fields if c.path not in sizes and c.impact is Impact.REVISION)
    return bool(sizes) and (bool(found.secrets) or any(others))


def _changes_repository(found: Differences) -> bool:
    return any(change.path == REPO_URL for change in found.fields)


def _keeps_name(group: DeploymentSteps) -> bool:
    return group.old.inputs.get("name") == group.new.inputs.get("name") is not None


def _deletes_traces(group: DeploymentSteps) -> bool:
    """Return the program's latest setting: the new state's if it has one, else the old state's."""
    settings = (s.inputs.get("delete_tracing_project") for s in (group.new, group.old))
    return next((setting for setting in settings if isinstance(setting, bool)), False)


def _shares_secrets(group: DeploymentSteps) -> bool:
    return not secret_names(group.old).isdisjoint(secret_names(group.new))
