"""What an operation tells while it runs; displays, the JSON document and results are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .steps import Step

INFO, WARNING, ERROR = "info", "warning", "error"
STDERR = "info#err"  # Pulumi's name for what a program printed on standard error


@dataclass(frozen=True)
class Diagnostic:
    """A message of the engine, a provider or the program; `urn` is empty for the stack as such."""

    urn: str
    message: str
    severity: str


@dataclass(frozen=True)
class Status:
    """What a resource is busy with right now; shown on its row and forgotten."""

    urn: str
    message: str


@dataclass(frozen=True)
class StepBegan:
    """A step is about to be taken (in a preview: would be)."""

    step: Step


@dataclass(frozen=True)
class StepEnded:
    """A step is over; `outcome` is the step as it came out, None if it failed."""

    step: Step
    outcome: Step | None


Event = Diagnostic | Status | StepBegan | StepEnded
Listener = Callable[[Event], None]
