"""End an interrupted program without a traceback.

When an update fails or is cancelled, Pulumi's language host interrupts the program. Python then
prints the traceback of Pulumi's event loop below the error message.
"""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_EXECUTOR = "pulumi-language-python-exec"
"""The script in which Pulumi's language host runs a program, in a process of its own."""


def hide_interrupts() -> None:
    """Hide the traceback of an interrupt if Pulumi's language host has started this process.

    A host process (the Automation API, a test runner) keeps its own ``sys.excepthook``.
    """
    if sys.excepthook is sys.__excepthook__ and _runs_in_the_executor():
        sys.excepthook = _print_all_but_interrupts


def _runs_in_the_executor() -> bool:
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the outermost frame names the script
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame is not None and PurePath(frame.f_code.co_filename).name == _EXECUTOR


def _print_all_but_interrupts(
    kind: type[BaseException], value: BaseException, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, value, trace)
