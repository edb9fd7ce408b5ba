"""The end of a command that fails: one sentence, and never a traceback."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from langsmith_pulumi._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator


_ISSUES = "https://github.com/langsmith-pulumi/langsmith-pulumi/issues"


class Commands(click.Group):
    """A group of which each command ends with a sentence, also after an unexpected error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except OSError as error:
            raise click.ClickException(_describe(error)) from None
        except Exception as error:  # noqa: BLE001 - a traceback could show secrets
            raise click.ClickException(_unexpected(error)) from None


def _describe(error: OSError) -> str:
    """Return what the system says, and of which file."""
    reason = error.strerror or type(error).__name__
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _unexpected(error: Exception) -> str:
    """Return the kind and the place of an error, without its text, which may hold a secret."""
    place = "an unknown place"
    for frame in traceback.extract_tb(error.__traceback__):
        place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return (
        f"An unexpected error, {type(error).__name__} in {place} of langsmith-pulumi "
        f"{__version__}. Please report it: {_ISSUES}."
    )


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Convert the expected errors of an operation into those of the command line."""
    from langsmith_pulumi.control_plane.errors import ControlPlaneError
    from langsmith_pulumi.operations.connection import OperationError

    try:
        yield
    except (ControlPlaneError, OperationError) as error:
        raise click.ClickException(str(error)) from None
