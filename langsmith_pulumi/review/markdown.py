"""The report as Markdown for a comment: GitHub's flavour, readable on GitLab and Azure as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import escape
from .effects import Kind
from .lines import deployment_lines, gaps, message_line, other_line, variables_lost
from .markers import marker
from .values import short
from .verdict import MARKS, gravest_first, level, level_of, sentence
from .words import KINDS, LOSSES, count, listing, operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .detail import Detail
    from .lines import Line
    from .report import Other, Report, StackReport

_WHOLE = "`langsmith-pulumi review --format text` shows everything."
_FOLD = 10
"""A list of more deployments than this is folded, unless something is lost."""


def _subject(report: Report) -> str:
    """The stack, where there is but one; of several each has its own heading."""
    return f"{escape.code(short(report.stacks[0].title))}: " if len(report.stacks) == 1 else ""


def as_markdown(report: Report, detail: Detail, left_out: Sequence[str] = ()) -> str:
    """The whole comment; its first line is the marker by which it is found again."""
    marked = report.stacks[: max(detail.stacks, 1)]
    lines = [
        *dict.fromkeys(marker(stack) for stack in marked),
        f"### {MARKS[level(report)]} {_subject(report)}{escape.markdown(sentence(report))}",
        *_counts(report, detail),
        *_left_out(left_out),
    ]
    for stack in gravest_first(report)[: detail.stacks]:
        if stack.changes or stack.warnings:
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
    lost = [row for kind in LOSSES for row in _row_of_kind(report, kind)]
    rest = [row for kind in Kind if kind not in LOSSES for row in _row_of_kind(report, kind)]
    rows = [*lost, *_row_of_others("🔴", report.grave), *rest, *_row_of_others("⚪", report.light)]
    return ["", "| deployments | | what it costs |", "| --- | ---: | --- |", *rows] if rows else []


def _row_of_kind(report: Report, kind: Kind) -> list[str]:
    words, number = KINDS[kind], report.counts[kind]
    return [f"| {words.mark} {words.title} | {number} | {words.cost} |"] if number else []


def _row_of_others(mark: str, others: Sequence[Other]) -> list[str]:
    return [f"| {mark} other resources | {len(others)} | {_done(others)} |"] if others else []


def _done(others: Iterable[Other]) -> str:
    """How many of the other resources are created, updated and so on."""
    return ", ".join(f"{number} {word}" for word, number in operations(others).items())


def _counts_by_stack(report: Report, detail: Detail) -> list[str]:
    kinds = [kind for kind in Kind if report.counts[kind]]
    head = [*(f"{KINDS[kind].mark} {KINDS[kind].title}" for kind in kinds), "🔴 other", "⚪ other"]
    more = len(report.stacks) - detail.stacks
    return [
        "",
        f"| stack | {' | '.join(head)} |",
        f"| --- |{' ---: |' * len(head)}",
        *(_stack_row(stack, kinds) for stack in gravest_first(report)[: detail.stacks]),
        *([f"| and {more} more |{'  |' * len(head)}"] if more > 0 else []),
    ]


def _stack_row(stack: StackReport, kinds: list[Kind]) -> str:
    numbers = [sum(effect.kind is kind for effect in stack.effects) for kind in kinds]
    others = (len(stack.grave), len(stack.light))
    cells = [str(number or "") for number in (*numbers, *others)]
    mark = MARKS[level_of(stack)]
    return f"| {mark} {escape.cell(short(stack.title))} | {' | '.join(cells)} |"


def _stack(stack: StackReport, detail: Detail, *, headed: bool) -> list[str]:
    return [
        *(["", f"### {escape.code(short(stack.title))}"] if headed else []),
        *(line for text in gaps(stack) for line in ("", f"⚠️ **{escape.markdown(text.pieces)}**")),
        *_messages(stack, detail),
        *(line for kind in LOSSES for line in _section(stack, kind, detail, headed=headed)),
        *_lost_variables(stack, detail),
        *_lost_others(stack, detail),
        *(
            line
            for kind in Kind
            if kind not in LOSSES
            for line in _section(stack, kind, detail, headed=headed)
        ),
        *_everything_else(stack, detail),
    ]


def _messages(stack: StackReport, detail: Detail) -> list[str]:
    lines = []
    said = (*stack.errors, *stack.warnings)
    for message in said[: detail.messages]:
        head, text = message_line(message, detail.message)
        lines += ["", f"**{escape.markdown(head.pieces)}**", "", *escape.block(text)]
    more = len(said) - detail.messages
    return [*lines, *(["", f"and {count(more, 'more message')}"] if more > 0 else [])]


def _section(stack: StackReport, kind: Kind, detail: Detail, *, headed: bool) -> list[str]:
    effects = [effect for effect in stack.effects if effect.kind is kind]
    if not effects:
        return []
    # The table of a single stack tells each cost already.
    cost = f": {KINDS[kind].cost}" if headed or kind in LOSSES else ""
    title = f"**{KINDS[kind].mark} {KINDS[kind].title.capitalize()}{cost}**"
    found = [deployment_lines(effect, detail) for effect in effects]
    if kind in LOSSES:
        return _caution(title, _listed(found, detail.losses))
    lines = _listed(found, detail.names)
    if len(effects) > _FOLD:
        return ["", title, *_folded(count(len(effects), "deployment"), lines)]
    return ["", title, "", *lines]


def _caution(title: str, lines: list[str]) -> list[str]:
    return ["", *(f"> {line}".rstrip() for line in ("[!CAUTION]", title, "", *lines))]


def _lost_variables(stack: StackReport, detail: Detail) -> list[str]:
    lines = variables_lost(stack)
    if not lines:
        return []
    title = "**🔴 Adopted: live variables that the program does not name are removed for good**"
    return _caution(title, _listed([[line] for line in lines], detail.losses))


def _lost_others(stack: StackReport, detail: Detail) -> list[str]:
    if not stack.grave:
        return []
    title = f"**🔴 Other resources: {_done(stack.grave)}**"
    return _caution(title, _listed([[other_line(other)] for other in stack.grave], detail.losses))


def _listed(found: list[list[Line]], most: int) -> list[str]:
    """As many as there is room for, and how many more there are."""
    lines = [_item(line) for each in found[:most] for line in each]
    more = len(found) - most
    return [*lines, *([f"- {'and ' if lines else ''}{more} more"] if more > 0 else [])]


def _item(line: Line) -> str:
    return f"{'  ' * line.indent}- {escape.markdown(line.pieces)}"


def _everything_else(stack: StackReport, detail: Detail) -> list[str]:
    if not stack.light:
        return []
    lines = _listed([[other_line(other)] for other in stack.light], detail.others)
    return _folded(f"Everything else: {_done(stack.light)}", lines)


def _folded(summary: str, lines: list[str]) -> list[str]:
    """Lines behind a summary of our own words; the blank lines let Markdown inside be read."""
    return ["", f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]
