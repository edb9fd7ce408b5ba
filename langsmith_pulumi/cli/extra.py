"""Imports from the extra ``testing``, which an installation may lack."""

from __future__ import annotations

import importlib
from typing import Any

import click

_NEEDS_TESTING = "This command needs the extra: pip install 'langsmith-pulumi[testing]'"


def import_testing(package: str, name: str) -> Any:
    """Import a name of the testing extra; raise an error that says how to install it."""
    try:
        module = importlib.import_module(f"langsmith_pulumi.testing.{package}")
        return getattr(module, name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("langsmith_pulumi"):
            raise
        raise click.ClickException(f"{_NEEDS_TESTING} ({missing.name} is missing).") from None
