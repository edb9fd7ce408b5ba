"""Silence where Pulumi interrupts the program.

When an update fails or is cancelled, Pulumi's language host interrupts the program, and Python then
prints the traceback of Pulumi's own event loop below the one sentence that matters.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


def keep_quiet() -> None:
    """Let an interrupted program end without a traceback; every other one is printed as ever."""
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _all_but_interrupts


def _all_but_interrupts(
    kind: type[BaseException], value: BaseException, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, value, trace)
