"""A small offline engine: runs unchanged Pulumi Python programs with dynamic resources.

For tests and for trying out; real stacks run on Pulumi, whose `stack import` takes the state.
"""

from __future__ import annotations

from .errors import OfflineError
from .events import Diagnostic, Event, Listener, Status, StepBegan, StepEnded
from .results import Result
from .stack import OfflineStack
from .steps import Op, Step
from .values import UNKNOWN, Secret

__all__ = [
    "UNKNOWN",
    "Diagnostic",
    "Event",
    "Listener",
    "OfflineError",
    "OfflineStack",
    "Op",
    "Result",
    "Secret",
    "Status",
    "Step",
    "StepBegan",
    "StepEnded",
]
