"""The result of an operation, and the document that `preview --json` prints."""

from __future__ import annotations

import functools
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .events import ERROR, WARNING, Diagnostic, Event, StepBegan, StepEnded
from .formatting import format_title
from .langsmith import Changes, judged, refreshed
from .state import Entry, entry_document
from .steps import Op, Step, is_displayed
from .values import REDACTED, redact

if TYPE_CHECKING:
    from .project import Config
    from .values import Properties

Operation = Literal["preview", "up", "refresh", "destroy"]

_COUNTED = {Op.SAME, Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE}
_LONGEST_ERROR = 100
_PREFIXES = {ERROR: "error: ", WARNING: "warning: "}


@dataclass(frozen=True, repr=False)
class Result:
    """The result of an operation.

    `steps` are the displayed ones: none for unchanged resources, and one `replace` for a
    replacement. `outputs` are the stack's, with secrets redacted. `plan` is the document that
    `--json` prints. `unchanged` has the names of the resources that stay as they are.
    """

    operation: Operation
    ok: bool
    steps: list[Step]
    diagnostics: list[Diagnostic]
    outputs: Properties
    summary: dict[str, int]
    plan: dict[str, Any]
    unchanged: frozenset[str] = frozenset()

    @property
    def exit_code(self) -> int:
        """Return 0 if the operation succeeded, else 1."""
        return 0 if self.ok else 1

    @functools.cached_property
    def changes(self) -> Changes:
        """Return what the operation does to each resource that changes, by its name.

        In a preview it is what `up` would do. A deployment and its rollout are one entry. Of two
        resources with one name a deployment counts, and of two deployments the graver change. If
        the operation failed, those are missing that had not begun.
        """
        if self.operation == "refresh":
            return Changes(refreshed(self.steps), self.unchanged)
        return Changes(judged(self.plan), self.unchanged)

    @property
    def errors(self) -> list[str]:
        """Return the error messages, with secrets redacted."""
        return [item.message for item in self.diagnostics if item.severity == ERROR]

    @property
    def warnings(self) -> list[str]:
        """Return the warnings, with secrets redacted."""
        return [item.message for item in self.diagnostics if item.severity == WARNING]

    def assert_ok(self) -> Result:
        """Raise an AssertionError with all messages if the operation failed, else return itself."""
        __tracebackhide__ = True
        if not self.ok:
            raise AssertionError(f"{self.operation} failed\n{_format_messages(self.diagnostics)}")
        return self

    def __repr__(self) -> str:
        """Return the operation, its outcome, the changes and the first error, on one line."""
        outcome = "ok" if self.ok else "failed"
        error = "".join(f", error={_shorten(message)!r}" for message in self.errors[:1])
        return f"<Result of {self.operation}: {outcome}, changes={self.changes}{error}>"


@dataclass
class Recorder:
    """A listener that collects the events of an operation for its result."""

    began: list[Step] = field(default_factory=list)
    ended: list[Step] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def __call__(self, event: Event) -> None:
        """Record an event."""
        if isinstance(event, StepBegan) and event.step.op != Op.REFRESH:
            self.began.append(event.step)
        elif isinstance(event, StepEnded) and event.outcome:
            self.ended.append(event.outcome)
            if event.step.op == Op.REFRESH:  # the actual operation is known only at the end
                self.began.append(event.outcome)
        elif isinstance(event, Diagnostic):
            self.diagnostics.append(event)

    def result(
        self, operation: Operation, *, ok: bool, outputs: Properties, config: Config
    ) -> Result:
        """Return the result of the recorded events."""
        seconds = time.monotonic() - self.since
        summary = self._summary()
        return Result(
            operation,
            ok=ok,
            steps=[step for step in self.ended if is_displayed(step)],
            diagnostics=self.diagnostics,
            outputs=outputs,
            summary=summary,
            plan=_plan_document(self.began, self.diagnostics, config, summary, seconds),
            unchanged=frozenset(step.name for step in self.ended if _is_unchanged(step)),
        )

    def _summary(self) -> dict[str, int]:
        counted = [step for step in self.ended if step.op in _COUNTED and not step.is_provider]
        return dict(Counter(step.op.value for step in counted))


def _plan_document(
    steps: list[Step],
    diagnostics: list[Diagnostic],
    config: Config,
    summary: dict[str, int],
    seconds: float,
) -> dict[str, Any]:
    """Return the document of `pulumi preview --json`; empty parts are left out, as the CLI does."""
    document = {
        "config": {key: _config_text(config, key) for key in sorted(config.values)},
        "steps": [_step_document(step) for step in steps if _is_listed(step)],
        "diagnostics": [_diagnostic_document(item) for item in diagnostics],
        "duration": int(seconds * 1e9),
        "changeSummary": dict(sorted(summary.items())),
    }
    return {key: value for key, value in document.items() if value}


def _is_unchanged(step: Step) -> bool:
    return step.op == Op.SAME and not (step.is_stack or step.is_provider)


def _format_messages(diagnostics: list[Diagnostic]) -> str:
    """Return the messages, errors first; what the program printed comes last."""
    order = [ERROR, WARNING]
    ranked = sorted(
        diagnostics,
        key=lambda item: order.index(item.severity) if item.severity in order else len(order),
    )
    lines = (
        f"{format_title(item.urn)}: {_PREFIXES.get(item.severity, '')}{item.message}"
        for item in ranked
    )
    return "\n".join(line.rstrip().replace("\n", "\n    ") for line in lines)


def _shorten(message: str) -> str:
    line = message.strip().partition("\n")[0]
    return line if len(line) <= _LONGEST_ERROR else f"{line[: _LONGEST_ERROR - 3]}..."


def _is_listed(step: Step) -> bool:
    return is_displayed(step) or (step.op == Op.SAME and step.is_stack)


def _step_document(step: Step) -> dict[str, Any]:
    document = {
        "op": step.op.value,
        "urn": step.urn,
        "provider": step.provider,
        "oldState": _redacted_document(step.old),
        "newState": _redacted_document(step.new),
        "replaceReasons": list(step.replace_reasons),
    }
    return {**{key: value for key, value in document.items() if value}, "detailedDiff": None}


def _redacted_document(entry: Entry | None) -> dict[str, Any] | None:
    return entry_document(entry, redact) if entry else None


def _diagnostic_document(item: Diagnostic) -> dict[str, Any]:
    urn = {"urn": item.urn} if item.urn else {}
    message = f"{_PREFIXES.get(item.severity, '')}{item.message}\n"
    return {**urn, "message": message, "severity": item.severity}


def _config_text(config: Config, key: str) -> str:
    return REDACTED if key in config.secret_keys else config.values[key]
