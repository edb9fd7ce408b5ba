"""What a check of `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingStatus = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    name: str
    """What was checked, such as ``key``."""
    status: FindingStatus
    """``problem`` must be fixed, ``warning`` may be; ``skipped`` could not be checked."""
    text: str
    advice: str = ""
    """What to do; empty if nothing has to be done."""


def must_be_fixed(findings: list[Finding]) -> bool:
    """Return True if one of the findings is a problem."""
    return any(one.status == "problem" for one in findings)
