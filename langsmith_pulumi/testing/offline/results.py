"""What an operation came to: a listener that keeps what it is told, and the result made of it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .events import Diagnostic, Event, StepBegan, StepEnded
from .json_view import plan_document
from .steps import Op, Step, is_shown

if TYPE_CHECKING:
    from .project import Config
    from .values import Bag

_COUNTED = {Op.SAME, Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE}


@dataclass(frozen=True)
class Result:
    """What an operation came to.

    `steps` are those people see: nothing for resources that stay the same, one `replace` for a
    replacement. `outputs` are the stack's, secrets blinded. `plan` is what `--json` prints.
    """

    ok: bool
    steps: list[Step]
    diagnostics: list[Diagnostic]
    outputs: Bag
    summary: dict[str, int]
    plan: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """0 if the operation did all it was to do."""
        return 0 if self.ok else 1


@dataclass
class Recorder:
    """Listens to an operation."""

    began: list[Step] = field(default_factory=list)
    ended: list[Step] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def __call__(self, event: Event) -> None:
        """Keep what matters of an event."""
        if isinstance(event, StepBegan) and event.step.op != Op.REFRESH:
            self.began.append(event.step)
        elif isinstance(event, StepEnded) and event.outcome:
            self.ended.append(event.outcome)
            if event.step.op == Op.REFRESH:  # what it comes to is known only now
                self.began.append(event.outcome)
        elif isinstance(event, Diagnostic):
            self.diagnostics.append(event)

    def result(self, *, ok: bool, outputs: Bag, config: Config) -> Result:
        """What it all came to."""
        seconds = time.monotonic() - self.since
        summary = self._summary()
        return Result(
            ok=ok,
            steps=[step for step in self.ended if is_shown(step)],
            diagnostics=self.diagnostics,
            outputs=outputs,
            summary=summary,
            plan=plan_document(self.began, self.diagnostics, config, summary, seconds),
        )

    def _summary(self) -> dict[str, int]:
        counted = [step for step in self.ended if step.op in _COUNTED and not step.is_provider]
        return dict(Counter(step.op.value for step in counted))
