"""No secret value in anything that people or files get to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.scenario import leaks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engines import Outcome

_CANARY = "canary"
"""A part of every secret value, and of nothing else."""


def keeps_secrets(text: str) -> None:
    """A text holds no secret value, in none of the forms they are known to take."""
    assert leaks(text) == []
    assert _CANARY not in text


def outcome_keeps_secrets(outcome: Outcome) -> None:
    """Neither does anything that an operation has said."""
    for text in (outcome.text, *outcome.errors):
        keeps_secrets(text)


def files_keep_secrets(home: Path) -> None:
    """Nor does any file that the engine has written."""
    for file in home.rglob("*"):
        if file.is_file():
            keeps_secrets(file.read_bytes().decode(errors="replace"))
