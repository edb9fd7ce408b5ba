"""The help of every command, as the command itself prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_pulumi.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "langsmith-pulumi"
_WIDTH = 88


def helps() -> str:
    """Return a section for each command, those of a group below it."""
    return "\n".join(_section(path, command) for path, command in commands(main, PROGRAM))


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all below it, each with the words that call it."""
    yield path, command
    below: dict[str, click.Command] = getattr(command, "commands", {})
    for name, one in below.items():
        yield from commands(one, f"{path} {name}")


def _section(path: str, command: click.Command) -> str:
    level = "##" if path in {PROGRAM, *(f"{PROGRAM} {name}" for name in main.commands)} else "###"
    context = click.Context(
        command, info_name=path, terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    return f"{level} {path}\n\n```text\n{command.get_help(context)}\n```\n"
