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
    return "\n".join(map(_section, contexts(main, PROGRAM)))


def contexts(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[click.Context]:
    """Yield the context of a command, and of all below it, as if they were called."""
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        **command.context_settings,
    )
    yield context
    below: dict[str, click.Command] = getattr(command, "commands", {})
    for inner, one in below.items():
        yield from contexts(one, inner, context)


def _section(context: click.Context) -> str:
    is_below_a_group = context.parent is not None and context.parent.parent is not None
    level = "###" if is_below_a_group else "##"
    return f"{level} {context.command_path}\n\n```text\n{context.get_help()}\n```\n"
