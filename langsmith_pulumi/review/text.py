"""The report for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .detail import UNCUT
from .effects import Kind
from .lines import deployment_lines, gaps, message_line, other_line, variables_lost
from .values import Foreign, Word, logged, visible
from .verdict import COLOURS, gravest_first, level, sentence
from .words import KINDS, LOSSES, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

    from .lines import Line
    from .report import Other, Report, StackReport


def wants_colour(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to a stream: a terminal, unless ``NO_COLOR`` is set."""
    return stream.isatty() and not environment.get("NO_COLOR")


def as_text(report: Report, *, colour: bool) -> str:
    """The whole report; nothing is left out."""
    style = click.style if colour else _plain
    told = "".join(_piece(piece, _plain) for piece in sentence(report))
    lines = [style(f"{told}.", fg=COLOURS[level(report)], bold=True)]
    for stack in gravest_first(report):
        if stack.changes or stack.warnings or len(report.stacks) > 1:
            lines += ["", *_stack(stack, style)]
    return "\n".join(lines) + "\n"


def _plain(text: str, **_styles: object) -> str:
    return text


def _stack(stack: StackReport, style: Callable[..., str]) -> list[str]:
    title = style(visible(stack.title), underline=True)
    if not stack.changes:
        return [f"{title}: nothing changes", *_messages(stack, style)]
    return [
        title,
        *(style(f"  {_joined(line)}", fg="red") for line in gaps(stack)),
        *_messages(stack, style),
        *(line for kind in LOSSES for line in _section(stack, kind, style)),
        *_variables_lost(stack, style),
        *_others("other resources", stack.grave, style, fg="red"),
        *(line for kind in Kind if kind not in LOSSES for line in _section(stack, kind, style)),
        *_others("everything else", stack.light, style),
    ]


def _messages(stack: StackReport, style: Callable[..., str]) -> list[str]:
    lines = []
    for message in (*stack.errors, *stack.warnings):
        head, text = message_line(message, UNCUT.message)
        colour = "red" if message.severity == "error" else "yellow"
        lines.append(style(f"  {_joined(head)}", fg=colour))
        lines += [f"    {line}" for line in logged(text)]
    return lines


def _joined(line: Line) -> str:
    return "".join(_piece(piece, _plain) for piece in line.pieces)


def _section(stack: StackReport, kind: Kind, style: Callable[..., str]) -> list[str]:
    effects = [effect for effect in stack.effects if effect.kind is kind]
    if not effects:
        return []
    words = KINDS[kind]
    head = f"  {style(words.title, fg=words.colour, bold=True)}: {words.cost}"
    found = [line for effect in effects for line in deployment_lines(effect, UNCUT)]
    return [head, *(_dressed(line, style) for line in found)]


def _variables_lost(stack: StackReport, style: Callable[..., str]) -> list[str]:
    lines = variables_lost(stack)
    head = f"  {style('adopted', fg='red', bold=True)}: variables that are removed for good"
    return [head, *(_dressed(line, style) for line in lines)] if lines else []


def _others(
    title: str, others: Sequence[Other], style: Callable[..., str], **colour: str
) -> list[str]:
    done = ", ".join(f"{number} {word}" for word, number in operations(others).items())
    head = f"  {style(title, bold=True, **colour)}: {done}"
    return [head, *(_dressed(other_line(other), style) for other in others)] if others else []


def _dressed(line: Line, style: Callable[..., str]) -> str:
    pieces = (_piece(piece, style) for piece in line.pieces)
    return f"{'  ' * (line.indent + 2)}{''.join(pieces)}"


def _piece(piece: str, style: Callable[..., str]) -> str:
    if isinstance(piece, Foreign):
        return style(visible(piece) or '""', bold=True)
    return style(str(piece), italic=True) if isinstance(piece, Word) else piece.replace("`", "")
