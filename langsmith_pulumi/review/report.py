"""A report as values: what all formats show, and all gates judge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .judge import judge
from .messages import messages
from .operations import Verb, gravity, verb
from .subjects import DEPLOYMENT, ROLLOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .effects import Effect, Kind
    from .messages import Message
    from .plan import Plan, Step

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
    retained: bool = False
    """Whether deleting it only takes it out of Pulumi's state."""

    @property
    def verb(self) -> Verb:
        """What is done to it."""
        return verb(self.op)

    @property
    def grave(self) -> bool:
        """Whether something outside Pulumi may be lost; an operation that is not known counts."""
        lost = self.verb is Verb.DELETE and not self.retained
        return self.custom and (lost or self.verb in (Verb.REPLACE, Verb.UNKNOWN))


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
    ended: bool
    """Whether the engine came to the end of its preview."""
    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]

    @property
    def title(self) -> str:
        """How the stack is called in a report."""
        return f"{self.project}/{self.stack}" if self.project else self.origin

    @property
    def failed(self) -> bool:
        """Whether the preview failed, so that the plan is incomplete."""
        return bool(self.errors)

    @property
    def incomplete(self) -> bool:
        """Whether the plan lacks changes without saying why."""
        return bool(self.unlisted) or not (self.ended or self.failed)

    @property
    def grave(self) -> tuple[Other, ...]:
        """The other resources that are deleted, replaced, or changed in an unknown way."""
        return tuple(other for other in self.others if other.grave)

    @property
    def light(self) -> tuple[Other, ...]:
        """The rest of the other resources that change."""
        return tuple(other for other in self.others if not other.grave)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do, or to know."""
        return bool(self.effects or self.others or self.incomplete or self.failed)


@dataclass(frozen=True)
class Report:
    """What all plans do, in the order in which they were given."""

    stacks: tuple[StackReport, ...]

    @property
    def counts(self) -> Counter[Kind]:
        """How many deployments there are of each kind."""
        return Counter(effect.kind for stack in self.stacks for effect in stack.effects)

    @property
    def grave(self) -> tuple[Other, ...]:
        """The other resources of all stacks that are deleted, replaced and so on."""
        return tuple(other for stack in self.stacks for other in stack.grave)

    @property
    def light(self) -> tuple[Other, ...]:
        """The rest of the other resources of all stacks."""
        return tuple(other for stack in self.stacks for other in stack.light)

    @property
    def failed(self) -> tuple[StackReport, ...]:
        """The stacks whose preview failed."""
        return tuple(stack for stack in self.stacks if stack.failed)

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
        ended=plan.ended,
        errors=messages(plan, "error"),
        warnings=messages(plan, "warning"),
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
        bool(step.old and step.old.retained),
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
