"""Assertions that no output and no file contains a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.scenario import leaks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engines import OperationResult

_CANARY_PART = "canary"
"""Part of every secret value, and of no other text."""


def assert_no_secrets(text: str) -> None:
    """Assert that a text contains no secret in any known encoding."""
    assert leaks(text) == []
    assert _CANARY_PART not in text


def assert_no_secrets_in_result(outcome: OperationResult) -> None:
    """Assert that neither output nor errors of an operation contain a secret."""
    for text in (outcome.text, *outcome.errors):
        assert_no_secrets(text)


def assert_no_secrets_in_files(home: Path) -> None:
    """Assert that no file of the engine contains a secret."""
    for file in home.rglob("*"):
        if file.is_file():
            assert_no_secrets(file.read_bytes().decode(errors="replace"))
