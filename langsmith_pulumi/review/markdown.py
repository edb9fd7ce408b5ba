"""The report as Markdown for a comment: GitHub's flavour, readable on GitLab and Azure as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import escape
from .effects import Kind
from .lines import deployment_lines, other_line
from .markers import marker
from .messages import message
from .verdict import MARKS, is_grave, level, sentence
from .words import KINDS, LOSSES, count, listing, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .detail import Detail
    from .effects import Effect
    from .lines import Line
    from .report import Report, StackReport

_WHOLE = "`langsmith-pulumi review --format text` shows everything."
_FOLD = 10
"""A list of more deployments than this is folded, unless something is lost."""


def _subject(report: Report) -> str:
    """The stack, where there is but one; of several each has its own heading."""
    return f"{escape.code(report.stacks[0].title)}: " if len(report.stacks) == 1 else ""


def as_markdown(report: Report, detail: Detail, left_out: Sequence[str] = ()) -> str:
    """The whole comment; its first line is the marker by which it is found again."""
    stacks = report.stacks[: detail.stacks]
    marked = report.stacks[: max(detail.stacks, 1)]
    lines = [
        *dict.fromkeys(marker(stack) for stack in marked),
        f"### {MARKS[level(report)]} {_subject(report)}{sentence(report)}",
        *_counts(report, detail),
        *_left_out(left_out),
    ]
    for stack in stacks:
        if stack.changes:
            lines += _stack(stack, detail, headed=len(report.stacks) > 1)
    return "\n".join(lines).rstrip() + "\n"


def _left_out(parts: Sequence[str]) -> list[str]:
    if not parts:
        return []
    return ["", f"⚠️ **Shortened to fit into a comment.** Left out: {listing(parts)}. {_WHOLE}"]


def _counts(report: Report, detail: Detail) -> list[str]:
    if len(report.stacks) == 1 or not detail.stacks:
        return _counts_by_kind(report)
    return _counts_by_stack(report, detail)


def _counts_by_kind(report: Report) -> list[str]:
    rows = [
        f"| {KINDS[kind].mark} {KINDS[kind].title} | {number} | {KINDS[kind].cost} |"
        for kind in Kind
        if (number := report.counts[kind])
    ]
    if report.others:
        rows.append(f"| ⚪ other resources | {report.others.total()} | {_others(report.stacks)} |")
    return ["", "| deployments | | what it costs |", "| --- | ---: | --- |", *rows] if rows else []


def _others(stacks: Iterable[StackReport]) -> str:
    """How many of the other resources are created, updated and so on."""
    done: dict[str, int] = {}
    for other in (other for stack in stacks for other in stack.others):
        word = operation(other.verb)
        done[word] = done.get(word, 0) + 1
    return ", ".join(f"{number} {word}" for word, number in done.items())


def _counts_by_stack(report: Report, detail: Detail) -> list[str]:
    kinds = [kind for kind in Kind if report.counts[kind]]
    head = ["stack", *(f"{KINDS[kind].mark} {KINDS[kind].title}" for kind in kinds), "other"]
    return [
        "",
        f"| {' | '.join(head)} |",
        f"| --- |{' ---: |' * (len(kinds) + 1)}",
        *(_stack_row(stack, kinds) for stack in report.stacks[: detail.stacks]),
    ]


def _stack_row(stack: StackReport, kinds: list[Kind]) -> str:
    numbers = [sum(effect.kind is kind for effect in stack.effects) for kind in kinds]
    cells = [str(number or "") for number in (*numbers, len(stack.others))]
    failed = " ❌" if stack.failed else ""
    return f"| {escape.cell(stack.title)}{failed} | {' | '.join(cells)} |"


def _stack(stack: StackReport, detail: Detail, *, headed: bool) -> list[str]:
    return [
        *(["", f"### {escape.code(stack.title)}"] if headed else []),
        *_errors(stack, detail),
        *(line for kind in Kind for line in _section(stack, kind, detail, headed=headed)),
        *_everything_else(stack, detail),
    ]


def _errors(stack: StackReport, detail: Detail) -> list[str]:
    lines = []
    if stack.failed:
        lines += ["", "**The preview failed; this plan is incomplete.**"]
    for op, number in stack.unlisted:
        lines += ["", f"⚠️ The plan counts {number} more {escape.code(op)} than it lists."]
    for diagnostic in (*stack.errors, *stack.warnings)[: detail.messages]:
        lines += ["", *escape.block(message(diagnostic, detail.message))]
    return lines


def _section(stack: StackReport, kind: Kind, detail: Detail, *, headed: bool) -> list[str]:
    effects = [effect for effect in stack.effects if effect.kind is kind]
    if not effects:
        return []
    # The table of a single stack tells each cost already.
    cost = f": {KINDS[kind].cost}" if headed or kind in LOSSES else ""
    title = f"**{KINDS[kind].mark} {KINDS[kind].title.capitalize()}{cost}**"
    lines = _deployments(effects, detail)
    if kind in LOSSES:
        return ["", *(f"> {line}".rstrip() for line in ("[!CAUTION]", title, "", *lines))]
    if len(effects) > _FOLD:
        return ["", title, *_folded(count(len(effects), "deployment"), lines)]
    return ["", title, "", *lines]


def _deployments(effects: list[Effect], detail: Detail) -> list[str]:
    shown = effects[: detail.names]
    lines = [_item(line) for effect in shown for line in deployment_lines(effect, detail)]
    return [*lines, *([f"- and {len(effects) - len(shown)} more"] if shown != effects else [])]


def _item(line: Line) -> str:
    return f"{'  ' * line.indent}- {escape.markdown(line.pieces)}"


def _everything_else(stack: StackReport, detail: Detail) -> list[str]:
    if not stack.others:
        return []
    shown = stack.others[: detail.others]
    lines = [_item(other_line(other)) for other in shown]
    if len(shown) < len(stack.others):
        lines.append(f"- and {len(stack.others) - len(shown)} more")
    unchanged = f"; {stack.unchanged} unchanged" if stack.unchanged else ""
    summary = f"Everything else in the stack: {_others([stack])}{unchanged}"
    return _folded(summary, lines, opened=any(is_grave(other) for other in stack.others))


def _folded(summary: str, lines: list[str], *, opened: bool = False) -> list[str]:
    """Lines behind a summary of our own words; the blank lines let Markdown inside be read."""
    tag = "<details open>" if opened else "<details>"
    return ["", f"{tag}<summary>{summary}</summary>", "", *lines, "", "</details>"]
