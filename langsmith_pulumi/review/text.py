"""The report for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .impact import LOSSES, Kind
from .lines import (
    WORDINGS,
    deployment_lines,
    incomplete_lines,
    lost_variable_lines,
    message_line,
    operations,
    resource_line,
)
from .summary import COLOURS, most_severe_first, sentence, severity
from .truncate import UNCUT
from .values import Placeholder, Untrusted, escape_invisible, log_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

    from .lines import Line
    from .report import Report, ResourceChange, StackReport


def wants_colour(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Return True if the stream is a terminal and ``NO_COLOR`` is not set."""
    return stream.isatty() and not environment.get("NO_COLOR")


def as_text(report: Report, *, colour: bool) -> str:
    """Return the whole report; nothing is left out."""
    style = click.style if colour else _plain
    summary = "".join(_piece(piece, _plain) for piece in sentence(report))
    lines = [style(f"{summary}.", fg=COLOURS[severity(report)], bold=True)]
    for stack in most_severe_first(report):
        if stack.changes or stack.warnings or len(report.stacks) > 1:
            lines += ["", *_stack(stack, style)]
    return "\n".join(lines) + "\n"


def _plain(text: str, **_styles: object) -> str:
    return text


def _stack(stack: StackReport, style: Callable[..., str]) -> list[str]:
    title = style(escape_invisible(stack.title), underline=True)
    if not stack.changes:
        return [f"{title}: nothing changes", *_messages(stack, style)]
    rest = [kind for kind in Kind if kind not in LOSSES]
    return [
        title,
        *(style(f"  {_unstyled(line)}", fg="red") for line in incomplete_lines(stack)),
        *_messages(stack, style),
        *(line for kind in LOSSES for line in _section(stack, kind, style)),
        *_lost_variables(stack, style),
        *_others("other resources", stack.destructive, style, fg="red"),
        *(line for kind in rest for line in _section(stack, kind, style)),
        *_others("everything else", stack.harmless, style),
    ]


def _messages(stack: StackReport, style: Callable[..., str]) -> list[str]:
    lines = []
    for message in (*stack.errors, *stack.warnings):
        head, text = message_line(message, UNCUT.message_length)
        colour = "red" if message.severity == "error" else "yellow"
        lines.append(style(f"  {_unstyled(head)}", fg=colour))
        lines += [f"    {line}" for line in log_lines(text)]
    return lines


def _unstyled(line: Line) -> str:
    return "".join(_piece(piece, _plain) for piece in line.pieces)


def _section(stack: StackReport, kind: Kind, style: Callable[..., str]) -> list[str]:
    changes = [change for change in stack.deployments if change.kind is kind]
    if not changes:
        return []
    words = WORDINGS[kind]
    head = f"  {style(words.title, fg=words.colour, bold=True)}: {words.cost}"
    found = [line for change in changes for line in deployment_lines(change, UNCUT)]
    return [head, *(_styled(line, style) for line in found)]


def _lost_variables(stack: StackReport, style: Callable[..., str]) -> list[str]:
    lines = lost_variable_lines(stack)
    head = f"  {style('adopted', fg='red', bold=True)}: variables that are removed for good"
    return [head, *(_styled(line, style) for line in lines)] if lines else []


def _others(
    title: str, others: Sequence[ResourceChange], style: Callable[..., str], **colour: str
) -> list[str]:
    if not others:
        return []
    counts = ", ".join(f"{number} {word}" for word, number in operations(others).items())
    head = f"  {style(title, bold=True, **colour)}: {counts}"
    return [head, *(_styled(resource_line(other), style) for other in others)]


def _styled(line: Line, style: Callable[..., str]) -> str:
    pieces = (_piece(piece, style) for piece in line.pieces)
    return f"{'  ' * (line.indent + 2)}{''.join(pieces)}"


def _piece(piece: str, style: Callable[..., str]) -> str:
    if isinstance(piece, Untrusted):
        return style(escape_invisible(piece) or '""', bold=True)
    if isinstance(piece, Placeholder):
        return style(str(piece), italic=True)
    # The backticks of the report's own words are for Markdown.
    return piece.replace("`", "")
