"""A report as values: what all formats show, and all gates judge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .judge import DEPLOYMENT, ROLLOUT, judge
from .operations import Verb, gravity, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .effects import Effect, Kind
    from .plan import Diagnostic, Plan, Step

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Other:
    """What happens to a resource that is no deployment."""

    urn: str
    type: str
    name: str
    op: str
    keys: tuple[str, ...]
    """Its inputs that change."""
    custom: bool
    """Whether it exists outside Pulumi; a component does not."""

    @property
    def verb(self) -> Verb:
        """What is done to it."""
        return verb(self.op)


@dataclass(frozen=True)
class StackReport:
    """What one plan does to its stack."""

    origin: str
    project: str
    stack: str
    effects: tuple[Effect, ...]
    others: tuple[Other, ...]
    unchanged: int
    """Resources of any type that stay as they are, by the engine's count."""
    unlisted: tuple[tuple[str, int], ...]
    """Operations that the engine counts and does not list, with how many of each."""
    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]

    @property
    def title(self) -> str:
        """How the stack is called in a report."""
        return f"{self.project}/{self.stack}" if self.project else self.origin

    @property
    def failed(self) -> bool:
        """Whether the preview failed, so that the plan is incomplete."""
        return bool(self.errors)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do, or to know."""
        return bool(self.effects or self.others or self.unlisted or self.failed)


@dataclass(frozen=True)
class Report:
    """What all plans do, in the order in which they were given."""

    stacks: tuple[StackReport, ...]

    @property
    def counts(self) -> Counter[Kind]:
        """How many deployments there are of each kind."""
        return Counter(effect.kind for stack in self.stacks for effect in stack.effects)

    @property
    def others(self) -> Counter[str]:
        """How many other resources there are of each operation."""
        return Counter(other.op for stack in self.stacks for other in stack.others)

    @property
    def failed(self) -> bool:
        """Whether a preview failed."""
        return any(stack.failed for stack in self.stacks)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do in any stack."""
        return any(stack.changes for stack in self.stacks)


def report_on(plans: Iterable[Plan]) -> Report:
    """The report on some plans, one per stack."""
    return Report(tuple(_stack_report(plan) for plan in plans))


def _stack_report(plan: Plan) -> StackReport:
    home = plan.home
    return StackReport(
        origin=plan.origin,
        project=home.project if home else "",
        stack=home.stack if home else "",
        effects=judge(plan),
        others=_others(plan),
        unchanged=plan.counted.get("same", 0),
        unlisted=_unlisted(plan),
        errors=_diagnostics(plan, "error"),
        warnings=_diagnostics(plan, "warning"),
    )


def _others(plan: Plan) -> tuple[Other, ...]:
    steps: dict[str, Step] = {}
    for step in sorted(plan.steps, key=lambda step: gravity(step.op), reverse=True):
        if step.urn.type not in (DEPLOYMENT, ROLLOUT, _STACK):
            steps[step.urn.text] = step
    changing = [step for step in steps.values() if verb(step.op) is not Verb.NOTHING]
    return tuple(_other(step) for step in sorted(changing, key=_by_gravity_and_name))


def _by_gravity_and_name(step: Step) -> tuple[tuple[int, int], str, str]:
    return gravity(step.op), step.urn.type, step.urn.name


def _other(step: Step) -> Other:
    state = step.new or step.old
    return Other(
        step.urn.text,
        step.urn.type,
        step.urn.name,
        step.op,
        _changed_keys(step),
        state.custom if state else True,
    )


def _changed_keys(step: Step) -> tuple[str, ...]:
    """The inputs that change: as the engine says, or else by comparing them."""
    said = (*step.replace_reasons, *step.diff_reasons)
    if said or step.old is None or step.new is None:
        return tuple(dict.fromkeys(said))
    olds, news = step.old.inputs, step.new.inputs
    differing = (key for key in {**olds, **news} if olds.get(key) != news.get(key))
    return tuple(sorted(key for key in differing if not key.startswith("__")))


def _unlisted(plan: Plan) -> tuple[tuple[str, int], ...]:
    """Changes that the engine's count has and its list lacks: a sign of an incomplete plan."""
    listed = Counter(step.op for step in plan.steps)
    missing = {op: count - listed[op] for op, count in plan.counted.items()}
    return tuple(
        (op, count)
        for op, count in sorted(missing.items())
        if count > 0 and verb(op) is not Verb.NOTHING
    )


def _diagnostics(plan: Plan, severity: str) -> tuple[Diagnostic, ...]:
    """Those of a severity, each text once."""
    found = {d.message.strip(): d for d in plan.diagnostics if d.severity == severity}
    return tuple(diagnostic for text, diagnostic in found.items() if text)
