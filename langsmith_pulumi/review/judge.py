"""What a plan does to each deployment, and what that costs: pure judgement.

Drift. A preview compares with the last known state, and does not say who made it. It shows drift
only where it holds both sides: when the preview itself refreshed (its ``refresh`` steps carry the
state from before), and when the names of the live secrets differ from those that were written. So a
report calls these drift, and nothing else.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import bags
from langsmith_pulumi.provider.changes import RESOURCE_SPEC, REVISION_FIELDS, Change

from .adoption import Adoption, read_adoption
from .differences import Differences, across_replacement, between, secret_names
from .effects import REBUILDS, Effect, Kind, Note
from .operations import Verb, verb
from .subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .plan import Plan, State
    from .subjects import Subject


def judge(plan: Plan) -> tuple[Effect, ...]:
    """What happens to each deployment that a plan touches, the costliest first."""
    order = list(Kind)
    found = subjects(plan)
    adopted = {_text(subject.new.inputs.get("import_id")) for subject in found} - {""}
    effects = [_effect(_Case(subject, adopted)) for subject in found]
    return tuple(sorted(effects, key=lambda e: (order.index(e.kind), e.name, e.urn)))


class _Shows(Enum):
    """The costliest that a plan shows of an update."""

    FIXED = "a fixed field"
    REVISION = "what makes a revision"
    DUE = "what an earlier run has not rolled out"
    DRIFT = "drift alone"
    LITTLE = "settings, or nothing"


_ANY = tuple(Verb)
_ROLLS = (Verb.CREATE, Verb.UPDATE, Verb.REPLACE)
_ALL = tuple(_Shows)

_KINDS = (
    ((Verb.REPLACE,), _ANY, _ALL, Kind.REPLACED),
    ((Verb.DELETE,), _ANY, _ALL, Kind.DELETED),
    ((Verb.UNKNOWN,), _ANY, _ALL, Kind.UNKNOWN),
    (_ANY, (Verb.UNKNOWN,), _ALL, Kind.UNKNOWN),
    ((Verb.CREATE,), _ANY, _ALL, Kind.CREATED),
    ((Verb.ADOPT,), _ANY, _ALL, Kind.ADOPTED),
    ((Verb.UPDATE,), _ANY, (_Shows.FIXED,), Kind.UNKNOWN),
    ((Verb.UPDATE,), _ANY, (_Shows.REVISION,), Kind.REVISION),
    ((Verb.UPDATE,), _ROLLS, (_Shows.DUE,), Kind.RETRIED),
    ((Verb.UPDATE,), _ROLLS, _ALL, Kind.REVISION),
    ((Verb.UPDATE,), (Verb.NOTHING,), (_Shows.DRIFT,), Kind.DRIFT),
    ((Verb.UPDATE,), (Verb.NOTHING,), _ALL, Kind.IN_PLACE),
    ((Verb.NOTHING,), _ROLLS, _ALL, Kind.RETRIED),
    (_ANY, _ANY, _ALL, Kind.UNKNOWN),
)
"""What is done to the deployment and to its rollout, and what shows of it: the first that fits."""
_RETAINED = {Kind.REPLACED: Kind.STARTED_OVER, Kind.DELETED: Kind.RELEASED}
"""What becomes of it when the old one is not deleted (``retain_on_delete``)."""


class _Case:
    """A deployment with what its steps show."""

    def __init__(self, subject: Subject, adopted: Collection[str] = ()) -> None:
        self.subject = subject
        self.own = _own(subject)
        self.taken_over = self.own is Verb.DELETE and subject.old.id in adopted
        """Whether another resource of the plan adopts what leaves this one."""
        self.adoption = read_adoption(subject.new) if self.own is Verb.ADOPT else Adoption()
        self.rolls = verb(subject.rollout.op) if subject.rollout else Verb.NOTHING
        self.found = _FOUND[self.own](subject)
        self.due = _due(subject)
        self.shows = _shows(self.found, self.due)

    @property
    def kind(self) -> Kind:
        kind = next(
            kind
            for own, rolls, shows, kind in _KINDS
            if self.own in own and self.rolls in rolls and self.shows in shows
        )
        stays = self.subject.old.retained or self.taken_over
        return _RETAINED.get(kind, kind) if stays else kind


def _own(subject: Subject) -> Verb:
    """What is done to the deployment itself."""
    if subject.leftover:
        return Verb.DELETE
    done = verb(subject.step.op) if subject.step else Verb.NOTHING
    return Verb.ADOPT if done is Verb.CREATE and subject.new.inputs.get("import_id") else done


def _shows(found: Differences, due: Differences) -> _Shows:
    if found.makes(Change.REPLACE):
        return _Shows.FIXED
    if found.makes(Change.REVISION):
        return _Shows.REVISION
    if due.makes(Change.REVISION):
        return _Shows.DUE
    return _Shows.DRIFT if found.is_drift else _Shows.LITTLE


def _due(subject: Subject) -> Differences:
    """What of the configuration has not been rolled out yet."""
    if subject.rollout is None or subject.rollout.old is None:
        return Differences()
    return between(subject.rollout.old, subject.rollout.new, table=REVISION_FIELDS)


_FOUND: dict[Verb, Callable[[Subject], Differences]] = {
    Verb.REPLACE: lambda subject: across_replacement(subject.old, subject.new),
    Verb.DELETE: lambda _: Differences(),
    Verb.UNKNOWN: lambda subject: between(subject.old, subject.new),
    Verb.UPDATE: lambda subject: between(subject.old, subject.new, subject.refreshed),
    Verb.CREATE: lambda subject: between(None, subject.new),
    Verb.ADOPT: lambda subject: read_adoption(subject.new).differences,
    Verb.NOTHING: lambda _: Differences(),
}


def _effect(case: _Case) -> Effect:
    subject, kind = case.subject, case.kind
    found = case.found.joined(case.due) if kind is Kind.RETRIED else case.found
    return Effect(
        urn=subject.urn.text,
        name=subject.urn.name,
        deployment=_text(subject.old.inputs.get("name") or subject.new.inputs.get("name")),
        kind=kind,
        op=_op(case),
        reasons=_reasons(case),
        fields=found.fields,
        secrets=found.secrets,
        let_go=found.let_go,
        notes=_notes(case, kind),
        spec=_spec(subject.new, found),
        import_id=_text(subject.new.inputs.get("import_id")) if kind is Kind.ADOPTED else "",
        may_rebuild=_may_rebuild(case, kind),
        variables_lost=case.adoption.removed,
    )


def _may_rebuild(case: _Case, kind: Kind) -> bool:
    return case.adoption.may_rebuild if kind is Kind.ADOPTED else kind in REBUILDS


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _op(case: _Case) -> str:
    """The operation that decided."""
    step, rollout = case.subject.step, case.subject.rollout
    decisive = rollout if step is None or case.rolls is Verb.UNKNOWN else step
    return decisive.op if decisive else ""


def _reasons(case: _Case) -> tuple[str, ...]:
    """The fields that force a replacement: as the engine says, or else by the table."""
    if case.own is not Verb.REPLACE:
        return ()
    named = [field.path for field in case.found.fields if field.change is Change.REPLACE]
    return (case.subject.step and case.subject.step.replace_reasons) or tuple(named)


def _spec(state: State, found: Differences) -> tuple[tuple[str, Any], ...]:
    spec = bags.get(state.inputs, RESOURCE_SPEC)
    changes = any(change.path.startswith(RESOURCE_SPEC) for change in found.fields)
    return tuple(sorted(spec.items())) if changes and isinstance(spec, dict) else ()


def _notes(case: _Case, kind: Kind) -> tuple[Note, ...]:
    subject, found = case.subject, case.found
    lost = kind in (Kind.REPLACED, Kind.DELETED)
    anew = kind in (Kind.REPLACED, Kind.STARTED_OVER)
    hidden = kind is Kind.REVISION and case.shows is not _Shows.REVISION
    silent = kind is Kind.IN_PLACE and not (found.all or found.let_go)
    compared = kind is Kind.ADOPTED and case.adoption.compared
    told = (
        (Note.TAKEN_OVER, case.taken_over),
        (Note.REBUILT, compared and case.adoption.revision),
        (Note.NOT_REBUILT, compared and not case.adoption.revision),
        (Note.NOT_COMPARED, kind is Kind.ADOPTED and not compared),
        (Note.NOT_WAITED_FOR, kind is Kind.REVISION and case.rolls is Verb.NOTHING),
        (Note.LEFTOVER, subject.leftover),
        (Note.NAME_KEPT, kind is Kind.REPLACED and _keeps_name(subject)),
        (Note.TRACES_GO, lost and _loses_traces(subject)),
        (Note.TRACES_STAY, lost and not _loses_traces(subject)),
        (Note.SALT, anew and _shares_secrets(subject)),
        (Note.NO_REASON, anew and not _reasons(case)),
        (Note.GONE, kind is Kind.CREATED and subject.refreshed is not None),
        (Note.FIXED, case.own is Verb.UPDATE and case.shows is _Shows.FIXED),
        (Note.NO_CAUSE, kind is Kind.RETRIED and not case.due.all),
        (Note.NOT_SHOWN, hidden or silent),
    )
    return tuple(note for note, holds in told if holds)


def _keeps_name(subject: Subject) -> bool:
    return subject.old.inputs.get("name") == subject.new.inputs.get("name") is not None


def _loses_traces(subject: Subject) -> bool:
    """What the program says now counts, where it still says anything."""
    said = [state.inputs.get("delete_tracing_project") for state in (subject.new, subject.old)]
    return next((one for one in said if isinstance(one, bool)), False)


def _shares_secrets(subject: Subject) -> bool:
    return not secret_names(subject.old).isdisjoint(secret_names(subject.new))
