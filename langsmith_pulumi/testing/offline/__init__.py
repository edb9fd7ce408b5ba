"""A small offline engine: runs unchanged Pulumi Python programs with dynamic resources.

For tests and for trying out; real stacks run on Pulumi, whose `stack import` takes the state.
Needs a POSIX system (file locks, sessions).

How an operation goes, from the outside in:

    stack, command      the doors: Python and the command line
    engine              preview, up, refresh, destroy
    opening             project, configuration, passphrase, state (project, secrets, store, state)
    session             its processes and servers: program, plugin, monitor (children, forking)
    monitor, goal       what the program asks for, off the wire (values, urns)
    planner, steps      which steps that takes: check, diff, judge (paths, deletes)
    deployment          runs them in parallel (executor, refresh)
    snapshot            the state while it changes (integrity)
    events              what is told meanwhile, secrets masked (masking), and becomes
                        rows and lines (display, wording), JSON (json_view), a result (results)
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
