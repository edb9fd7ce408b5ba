"""How a command ends if its operation fails: with one sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Convert the expected errors of an operation into those of the command line."""
    from langsmith_pulumi.control_plane.errors import ControlPlaneError
    from langsmith_pulumi.operations.connection import OperationError

    try:
        yield
    except (ControlPlaneError, OperationError) as error:
        raise click.ClickException(str(error)) from None
