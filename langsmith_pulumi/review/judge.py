"""What a plan does to each deployment, and what that costs: pure judgement.

A deployment and its rollout are two resources in a plan and one line in a report. The rollout's
presence is the engine's own word that a revision is due.

Drift. A preview compares with the last known state, and does not say who made it. It shows drift
only where it holds both sides: when the preview itself refreshed (its ``refresh`` steps carry the
state from before), and when the names of the live secrets differ from those that were written. So a
report calls these drift, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import bags
from langsmith_pulumi.provider.changes import RESOURCE_SPEC, REVISION_FIELDS, SECRETS, Change

from .differences import Differences, across_replacement, between
from .effects import Effect, Kind, Note
from .operations import Verb, gravity, verb
from .plan import State, parse_urn

if TYPE_CHECKING:
    from collections.abc import Callable

    from .plan import Plan, Step, Urn

DEPLOYMENT = "pulumi-python:dynamic/langsmith:Deployment"
ROLLOUT = "pulumi-python:dynamic/langsmith:Rollout"

_KINDS = list(Kind)
_NO_STATE = State()


def judge(plan: Plan) -> tuple[Effect, ...]:
    """What happens to each deployment that a plan touches, the costliest first."""
    effects = [effect for subject in _subjects(plan) if (effect := _effect(subject))]
    return tuple(sorted(effects, key=lambda e: (_KINDS.index(e.kind), e.name, e.urn)))


@dataclass(frozen=True)
class _Subject:
    """A deployment, with the steps that tell what happens to it and to its rollout."""

    urn: Urn
    step: Step | None
    rollout: Step | None
    refreshed: State | None
    """The state before a refresh in the same preview."""

    @property
    def old(self) -> State:
        return (self.step and self.step.old) or _NO_STATE

    @property
    def new(self) -> State:
        return (self.step and self.step.new) or _NO_STATE


def _subjects(plan: Plan) -> list[_Subject]:
    own: dict[str, list[Step]] = {}
    rollouts: dict[str, list[Step]] = {}
    for step in plan.steps:
        if step.urn.type == DEPLOYMENT:
            own.setdefault(step.urn.text, []).append(step)
        elif step.urn.type == ROLLOUT:
            rollouts.setdefault(_parent(step), []).append(step)
    urns = {**own, **rollouts}
    found = [_subject(urn, own.get(urn, []), rollouts.get(urn, [])) for urn in urns]
    return [subject for subject in found if subject]


def _parent(rollout: Step) -> str:
    state = rollout.new or rollout.old or _NO_STATE
    return state.parent or rollout.urn.parent


def _subject(text: str, own: list[Step], rollouts: list[Step]) -> _Subject | None:
    urn = parse_urn(text)
    refreshed = next((step.old for step in own if step.op == "refresh"), None)
    return _Subject(urn, _decisive(own), _decisive(rollouts), refreshed) if urn else None


def _decisive(steps: list[Step]) -> Step | None:
    """The step that tells the cost; None where nothing is done."""
    doing = [step for step in steps if verb(step.op) is not Verb.NOTHING]
    return min(doing, key=lambda step: gravity(step.op), default=None)


def _effect(subject: _Subject) -> Effect | None:
    if subject.step is None and subject.rollout is None:
        return None
    judged = _JUDGES[verb(subject.step.op) if subject.step else Verb.NOTHING](subject)
    if any(change.path.startswith(RESOURCE_SPEC) for change in judged.fields):
        judged = replace(judged, spec=_spec(subject.new))
    return judged


def _spec(state: State) -> tuple[tuple[str, Any], ...]:
    spec = bags.get(state.inputs, RESOURCE_SPEC)
    return tuple(sorted(spec.items())) if isinstance(spec, dict) else ()


def _as(subject: _Subject, kind: Kind, found: Differences, **facts: Any) -> Effect:
    step = subject.step or subject.rollout
    name = subject.old.inputs.get("name") or subject.new.inputs.get("name")
    return Effect(
        urn=subject.urn.text,
        name=subject.urn.name,
        deployment=name if isinstance(name, str) else "",
        kind=kind,
        op=step.op if step else "",
        fields=found.fields,
        secrets=found.secrets,
        let_go=found.let_go,
        **facts,
    )


def _replaced(subject: _Subject) -> Effect:
    found = across_replacement(subject.old, subject.new)
    named = [field.path for field in found.fields if field.change is Change.REPLACE]
    reasons = (subject.step and subject.step.replace_reasons) or tuple(named)
    facts = {
        Note.OLD_STAYS: subject.old.retained,
        Note.NAME_KEPT: _keeps_name(subject) and not subject.old.retained,
        _traces(subject): not subject.old.retained,
        Note.SALT: _has_secrets(subject.old) and _has_secrets(subject.new),
        Note.NO_REASON: not reasons,
    }
    return _as(subject, Kind.REPLACED, found, reasons=reasons, notes=_true(facts))


def _true(facts: dict[Note, bool]) -> tuple[Note, ...]:
    return tuple(note for note, holds in facts.items() if holds)


def _keeps_name(subject: _Subject) -> bool:
    return subject.old.inputs.get("name") == subject.new.inputs.get("name") is not None


def _traces(subject: _Subject) -> Note:
    """What the program says now counts, where it still says anything."""
    said = [state.inputs.get("delete_tracing_project") for state in (subject.new, subject.old)]
    permitted = next((one for one in said if isinstance(one, bool)), False)
    return Note.TRACES_GO if permitted else Note.TRACES_STAY


def _has_secrets(state: State) -> bool:
    return bool(state.inputs.get(SECRETS))


def _deleted(subject: _Subject) -> Effect:
    if subject.old.retained:
        return _as(subject, Kind.RELEASED, Differences())
    return _as(subject, Kind.DELETED, Differences(), notes=(_traces(subject),))


def _unknown(subject: _Subject) -> Effect:
    return _as(subject, Kind.UNKNOWN, between(subject.old, subject.new))


def _created(subject: _Subject) -> Effect:
    import_id = subject.new.inputs.get("import_id")
    if import_id:
        return _adopted(subject)
    notes = (Note.GONE,) if subject.refreshed else ()
    return _as(subject, Kind.CREATED, between(None, subject.new), notes=notes)


def _adopted(subject: _Subject) -> Effect:
    import_id = subject.new.inputs.get("import_id")
    return _as(
        subject,
        Kind.ADOPTED,
        Differences(),
        notes=(Note.ADOPTION,),
        import_id=import_id if isinstance(import_id, str) else "",
    )


def _updated(subject: _Subject) -> Effect:
    found = between(subject.old, subject.new, subject.refreshed)
    due = _due(subject)
    if found.makes(Change.REVISION):
        return _as(subject, Kind.REVISION, found)
    if due.makes(Change.REVISION):
        return _as(subject, Kind.RETRIED, found.joined(due))
    if subject.rollout:
        return _as(subject, Kind.REVISION, found, notes=(Note.NOT_SHOWN,))
    kind = Kind.DRIFT if found.is_drift else Kind.IN_PLACE
    return _as(subject, kind, found, notes=() if found.all or found.let_go else (Note.NOT_SHOWN,))


def _due(subject: _Subject) -> Differences:
    """What of the configuration has not been rolled out yet."""
    if subject.rollout is None:
        return Differences()
    return between(subject.rollout.old, subject.rollout.new, table=REVISION_FIELDS)


def _untouched(subject: _Subject) -> Effect:
    """Only the rollout has a step: it did not end well, or was cut short, in an earlier run."""
    rolls = subject.rollout and verb(subject.rollout.op) in (Verb.CREATE, Verb.UPDATE, Verb.REPLACE)
    if not rolls:
        return _as(subject, Kind.UNKNOWN, Differences())
    known = subject.rollout and subject.rollout.old
    found = _due(subject) if known else Differences()
    return _as(subject, Kind.RETRIED, found)


_JUDGES: dict[Verb, Callable[[_Subject], Effect]] = {
    Verb.REPLACE: _replaced,
    Verb.DELETE: _deleted,
    Verb.UNKNOWN: _unknown,
    Verb.UPDATE: _updated,
    Verb.CREATE: _created,
    Verb.ADOPT: _adopted,
    Verb.NOTHING: _untouched,
}
