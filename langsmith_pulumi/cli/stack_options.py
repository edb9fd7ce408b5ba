"""The options that name a stack, and the stack they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .extra import import_testing

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.operations.stacks import Stack

_OFFLINE_DEFAULT = "dev"


def stack_options(stack_help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --stack, --offline and --cwd to a command."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(_options(stack_help)):
            command = option(command)
        return command

    return decorate


def _options(stack_help: str) -> list[Callable[..., Any]]:
    return [
        click.option("--stack", "-s", metavar="S", help=stack_help),
        click.option("--offline", is_flag=True, help="The stack is one of the offline engine."),
        click.option(
            "--cwd",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            default=Path(),
            help="The project's folder; this one by default.",
        ),
    ]


def read_stack(stack: str | None, cwd: Path, *, offline: bool) -> Stack:
    """Return the named stack, or the one that the project has by default."""
    from langsmith_pulumi.operations import stacks

    if not offline:
        return stacks.read_stack(stack, cwd)
    name = stack or _OFFLINE_DEFAULT
    read = import_testing("offline.command", "read_stack")
    try:
        document, config = read(cwd=cwd, stack=name)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    return stacks.parse_stack(name, document, config)
