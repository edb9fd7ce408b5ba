"""A small offline engine: runs unchanged Pulumi Python programs with dynamic resources.

For tests and for trying out; real stacks run on Pulumi, whose `stack import` takes the state.
Needs a POSIX system (file locks, sessions).

An operation passes through the modules from top to bottom; imports point downwards:

    stack, command      the interfaces: Python and the command line
    display             rows and lines for people (formatting)
    engine              preview, up, refresh, destroy
    session             the processes and servers of an operation
    program             the user's program; plugin: the provider's process (children, forking)
    monitor, goal       the gRPC services, and registrations (aliases)
    update              runs steps in parallel (ordered_runs)
    planner, executor   decide the steps of a registration, and execute them (steps, paths)
    recording           the journal of the operation, folded into the state at its end
    results             the result, and the JSON document of a preview
    langsmith           all that it knows of LangSmith: simulated or not, and what changes cost
    stack_context       project, configuration, passphrase, state (project, secrets, store, journal)
    snapshot            the state during the operation (changes, entries, integrity, state)
    events              the events of an operation, with secrets redacted
    values, urns        properties and URNs; errors
    host/               scripts that run in the processes of program and plugin
"""

from __future__ import annotations

from .errors import NeedsPulumiError, OfflineError, StackLockedError, WrongPassphraseError
from .events import Diagnostic, Event, Listener, Status, StepBegan, StepEnded
from .langsmith import ChangeKind, Changes
from .results import Operation, Result
from .stack import OfflineStack
from .steps import Op, Step
from .values import UNKNOWN, Secret

__all__ = [
    "UNKNOWN",
    "ChangeKind",
    "Changes",
    "Diagnostic",
    "Event",
    "Listener",
    "NeedsPulumiError",
    "OfflineError",
    "OfflineStack",
    "Op",
    "Operation",
    "Result",
    "Secret",
    "StackLockedError",
    "Status",
    "Step",
    "StepBegan",
    "StepEnded",
    "WrongPassphraseError",
]
