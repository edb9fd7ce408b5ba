"""The report for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .detail import EVERYTHING
from .effects import Kind
from .lines import deployment_lines, other_line
from .messages import message
from .values import Foreign, Word, visible
from .verdict import COLOURS, level, sentence
from .words import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from .lines import Line
    from .report import Report, StackReport


def wants_colour(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to a stream: a terminal, unless ``NO_COLOR`` is set."""
    return stream.isatty() and not environment.get("NO_COLOR")


def as_text(report: Report, *, colour: bool) -> str:
    """The whole report; nothing is left out."""
    style = click.style if colour else _plain
    lines = [style(f"{sentence(report)}.", fg=COLOURS[level(report)], bold=True)]
    for stack in report.stacks:
        if stack.changes or len(report.stacks) > 1:
            lines += ["", *_stack(stack, style)]
    return "\n".join(lines) + "\n"


def _plain(text: str, **_styles: object) -> str:
    return text


def _stack(stack: StackReport, style: Callable[..., str]) -> list[str]:
    title = style(visible(stack.title), underline=True)
    if not stack.changes:
        return [f"{title}: nothing changes"]
    return [
        title,
        *_errors(stack, style),
        *(line for kind in Kind for line in _section(stack, kind, style)),
        *_everything_else(stack, style),
    ]


def _errors(stack: StackReport, style: Callable[..., str]) -> list[str]:
    lines = [style("  the preview failed; this plan is incomplete", fg="red")] * stack.failed
    for op, number in stack.unlisted:
        lines.append(f"  the plan counts {number} more {visible(op)} than it lists")
    for diagnostic in (*stack.errors, *stack.warnings):
        text = message(diagnostic, EVERYTHING.message)
        colour = "red" if diagnostic.severity == "error" else "yellow"
        lines += [f"    {style(visible(line), fg=colour)}" for line in text.splitlines()]
    return lines


def _section(stack: StackReport, kind: Kind, style: Callable[..., str]) -> list[str]:
    effects = [effect for effect in stack.effects if effect.kind is kind]
    if not effects:
        return []
    words = KINDS[kind]
    head = f"  {style(words.title, fg=words.colour, bold=True)}: {words.cost}"
    found = [line for effect in effects for line in deployment_lines(effect, EVERYTHING)]
    return [head, *(_dressed(line, style) for line in found)]


def _everything_else(stack: StackReport, style: Callable[..., str]) -> list[str]:
    lines = [_dressed(other_line(other), style) for other in stack.others]
    if stack.unchanged:
        lines.append(f"    {stack.unchanged} unchanged")
    return [f"  {style('everything else', bold=True)}", *lines] if stack.others else []


def _dressed(line: Line, style: Callable[..., str]) -> str:
    pieces = (_piece(piece, style) for piece in line.pieces)
    return f"{'  ' * (line.indent + 2)}{''.join(pieces)}"


def _piece(piece: str, style: Callable[..., str]) -> str:
    if isinstance(piece, Foreign):
        return style(visible(piece) or '""', bold=True)
    return style(str(piece), italic=True) if isinstance(piece, Word) else piece.replace("`", "")
