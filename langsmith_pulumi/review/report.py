"""A report as values: every format shows it, and every gate checks it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from langsmith_pulumi.control_plane.credentials import without_credentials
from langsmith_pulumi.provider.changes import LISTENER_FIELDS, compare

from .differences import between
from .impact import deployment_changes
from .plan import Action, action_of, severity_rank
from .steps import DEPLOYMENT, LISTENER, ROLLOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .impact import DeploymentChange, Kind
    from .plan import Plan, State, Step

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class ResourceChange:
    """The change of a resource that is not a deployment."""

    urn: str
    type: str
    name: str
    op: str
    keys: tuple[str, ...]
    """Its inputs that change."""
    custom: bool
    """True if it exists outside Pulumi; a component does not."""
    retained: bool = False
    """True if deleting it only takes it out of Pulumi's state."""
    drift: bool = False
    """True for a listener that was changed outside of the program, and is set or made again."""

    @property
    def action(self) -> Action:
        """Return the action on it."""
        return action_of(self.op)

    @property
    def destructive(self) -> bool:
        """Return True if something outside Pulumi may be lost; unknown operations count."""
        deleted = self.action is Action.DELETE and not self.retained
        return self.custom and (deleted or self.action in (Action.REPLACE, Action.UNKNOWN))


MessageSeverity = Literal["error", "warning"]


@dataclass(frozen=True)
class Message:
    """A message, and the names of the resources it is about."""

    severity: MessageSeverity
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class StackReport:
    """The changes that one plan makes to its stack."""

    origin: str
    project: str
    stack: str
    deployments: tuple[DeploymentChange, ...]
    others: tuple[ResourceChange, ...]
    unchanged: int
    """The number of resources of any type that do not change, by the engine's count."""
    unlisted: tuple[tuple[str, int], ...]
    """Operations that the engine counts and does not list, with how many of each."""
    ended: bool
    """True if the engine reached the end of its preview."""
    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]

    @property
    def title(self) -> str:
        """Return the name of the stack in a report."""
        return f"{self.project}/{self.stack}" if self.project else self.origin

    @property
    def failed(self) -> bool:
        """Return True if the preview failed, so that the plan is incomplete."""
        return bool(self.errors)

    @property
    def incomplete(self) -> bool:
        """Return True if the plan lacks changes without saying why."""
        return bool(self.unlisted) or not (self.ended or self.failed)

    @property
    def destructive(self) -> tuple[ResourceChange, ...]:
        """Return the other resources that are deleted, replaced, or changed in an unknown way."""
        return tuple(other for other in self.others if other.destructive)

    @property
    def harmless(self) -> tuple[ResourceChange, ...]:
        """Return the remaining other resources that change."""
        return tuple(other for other in self.others if not other.destructive)

    @property
    def changes(self) -> bool:
        """Return True if there is anything to do, or to know."""
        return bool(self.deployments or self.others or self.incomplete or self.failed)


@dataclass(frozen=True)
class Report:
    """The changes of all plans, in the order in which they were given."""

    stacks: tuple[StackReport, ...]

    @property
    def deployments(self) -> tuple[DeploymentChange, ...]:
        """Return the deployments of all stacks that change."""
        return tuple(change for stack in self.stacks for change in stack.deployments)

    @property
    def counts(self) -> Counter[Kind]:
        """Return the number of deployments of each kind."""
        return Counter(change.kind for change in self.deployments)

    @property
    def destructive(self) -> tuple[ResourceChange, ...]:
        """Return the other resources of all stacks that are deleted, replaced and so on."""
        return tuple(other for stack in self.stacks for other in stack.destructive)

    @property
    def harmless(self) -> tuple[ResourceChange, ...]:
        """Return the remaining other resources of all stacks that change."""
        return tuple(other for stack in self.stacks for other in stack.harmless)

    @property
    def failed(self) -> tuple[StackReport, ...]:
        """Return the stacks whose preview failed."""
        return tuple(stack for stack in self.stacks if stack.failed)

    @property
    def changes(self) -> bool:
        """Return True if there is anything to do in any stack."""
        return any(stack.changes for stack in self.stacks)


def report_on(plans: Iterable[Plan]) -> Report:
    """Return the report on some plans, one per stack."""
    return Report(tuple(_stack_report(plan) for plan in plans))


def _stack_report(plan: Plan) -> StackReport:
    urn = plan.first_urn
    return StackReport(
        origin=plan.origin,
        project=urn.project if urn else "",
        stack=urn.stack if urn else "",
        deployments=deployment_changes(plan),
        others=_others(plan),
        unchanged=plan.counted.get("same", 0),
        unlisted=_unlisted(plan),
        ended=plan.ended,
        errors=_messages(plan, "error"),
        warnings=_messages(plan, "warning"),
    )


def _others(plan: Plan) -> tuple[ResourceChange, ...]:
    steps: dict[str, Step] = {}
    refreshed = {step.urn.text: step.old for step in plan.steps if step.op == "refresh"}
    for step in sorted(plan.steps, key=lambda step: severity_rank(step.op), reverse=True):
        if step.urn.type not in (DEPLOYMENT, ROLLOUT, _STACK):
            steps[step.urn.text] = step
    changing = [step for step in steps.values() if step.action is not Action.NOTHING]
    return tuple(
        _other(step, refreshed.get(step.urn.text))
        for step in sorted(changing, key=_by_severity_and_name)
    )


def _by_severity_and_name(step: Step) -> tuple[tuple[int, int], str, str]:
    return severity_rank(step.op), step.urn.type, step.urn.name


def _other(step: Step, before_refresh: State | None) -> ResourceChange:
    state = step.new or step.old
    is_listener = step.urn.type == LISTENER
    return ResourceChange(
        step.urn.text,
        step.urn.type,
        step.urn.name,
        "import" if is_listener and _adopts(step) else step.op,
        _changed_listener_fields(step) if is_listener else _changed_keys(step),
        state.custom if state else True,
        bool(step.old and step.old.retained),
        is_listener and _is_drift(step, before_refresh),
    )


def _is_drift(step: Step, before_refresh: State | None) -> bool:
    """Return True if a refresh in the same plan has found a listener changed, or gone."""
    if before_refresh is None:
        return False
    found = between(step.old, step.new, before_refresh, LISTENER_FIELDS).fields
    return step.action is Action.CREATE or any(change.drift for change in found)


def _adopts(step: Step) -> bool:
    """Return True if ``import_`` makes the creation of a listener an adoption."""
    inputs = step.new.inputs if step.new else {}
    return step.op == "create" and inputs.get("import_id") is not None


def _changed_listener_fields(step: Step) -> tuple[str, ...]:
    """Return the fields of a listener that change, also those that an adoption patches."""
    if step.new is None:
        return ()
    if step.old is not None:
        changed = compare(step.old.inputs, step.new.inputs, LISTENER_FIELDS)
        return tuple(change.path for change in changed)
    adoption = step.new.inputs.get("adoption")
    rows = adoption.get("differences") if isinstance(adoption, dict) else None
    found = rows if isinstance(rows, list) else []
    return tuple(str(row["path"]) for row in found if isinstance(row, dict) and "path" in row)


def _changed_keys(step: Step) -> tuple[str, ...]:
    """Return the inputs that change: the engine's list, else found by comparing them."""
    listed = (*step.replace_reasons, *step.diff_reasons)
    if listed or step.old is None or step.new is None:
        return tuple(dict.fromkeys(listed))
    olds, news = step.old.inputs, step.new.inputs
    differing = (key for key in {**olds, **news} if olds.get(key) != news.get(key))
    return tuple(sorted(key for key in differing if not key.startswith("__")))


def _unlisted(plan: Plan) -> tuple[tuple[str, int], ...]:
    """Return the changes that the engine counts and does not list: the plan is incomplete."""
    listed = Counter(step.op for step in plan.steps)
    missing = {op: count - listed[op] for op, count in plan.counted.items()}
    return tuple(
        (op, count)
        for op, count in sorted(missing.items())
        if count > 0 and action_of(op) is not Action.NOTHING
    )


_PREFIX = re.compile(
    r"\A\S+ resource '(?P<name>[^']*)': (?:property (?P<path>\S+) value \{.*?\} )?"
)
_PROBLEM = "has a problem: "


def _messages(plan: Plan, severity: MessageSeverity) -> tuple[Message, ...]:
    """Return the messages of a severity, each text once."""
    found: dict[str, list[str]] = {}
    for item in plan.diagnostics:
        if item.severity == severity:
            name = item.urn.name if item.urn else ""
            found.setdefault(_without_prefix(item.message, name), []).append(name)
    return tuple(
        Message(severity, text, tuple(dict.fromkeys(filter(None, names))))
        for text, names in found.items()
        if text
    )


def _without_prefix(text: str, name: str) -> str:
    """Return a message without the engine's prefix, which repeats the resource's name."""
    plain = without_credentials(text.strip().removeprefix("error: "))
    prefix = _PREFIX.match(plain)
    if not prefix or prefix["name"] != name:
        return plain
    rest = plain[prefix.end() :].removeprefix(_PROBLEM)
    return f"{prefix['path']} {rest}" if prefix["path"] else rest
