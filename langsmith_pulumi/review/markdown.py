"""The report as Markdown for a comment: GitHub's flavour, readable on GitLab and Azure as well.

Names and values come from programs and services. Inside a code span no HTML, link, mention or
emphasis has any effect, so untrusted text stands in code spans and code blocks only.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from .impact import LOSSES, Kind
from .lines import (
    WORDINGS,
    count,
    deployment_lines,
    incomplete_lines,
    lost_variable_lines,
    message_line,
    operations,
    resource_line,
)
from .summary import MARKS, has_losses, most_severe_first, sentence, severity, stack_severity
from .truncate import WHOLE
from .values import Placeholder, Untrusted, escape_invisible, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .lines import Line
    from .report import Report, ResourceChange, StackReport
    from .truncate import TruncationLevel

_HOW_TO_SEE_ALL = "`langsmith-pulumi review --format text` shows everything."
_FOLDED_FROM = 11
"""A list of this many deployments is folded, unless they are lost."""
_MARKER_LENGTH = 120


def as_markdown(report: Report, level: TruncationLevel = WHOLE) -> str:
    """Return the whole comment; its first lines are the markers that identify it."""
    marked = report.stacks[: max(level.stacks, 1)]
    lines = [
        *dict.fromkeys(marker(stack) for stack in marked),
        f"### {MARKS[severity(report)]} {_only_stack(report)}{_markdown(sentence(report))}",
        *_counts(report, level),
        *_left_out(level),
    ]
    for stack in _listed_stacks(report, level):
        if stack.changes or stack.warnings:
            lines += _stack(stack, level, headed=len(report.stacks) > 1)
    return "\n".join(lines).rstrip() + "\n"


def marker(stack: StackReport) -> str:
    """Return the hidden line that names a stack, so that its comment is found and edited."""
    quoted = quote(stack.title, safe="/", errors="replace")
    if len(quoted) > _MARKER_LENGTH:
        digest = hashlib.sha256(stack.title.encode("utf-8", "replace")).hexdigest()[:16]
        quoted = f"{quoted[:_MARKER_LENGTH]}-{digest}"
    return f"<!-- langsmith-pulumi review {quoted} -->"


def _only_stack(report: Report) -> str:
    """Return the stack's name if there is only one; of several each has its own heading."""
    return f"{code_span(shorten(report.stacks[0].title))}: " if len(report.stacks) == 1 else ""


def _listed_stacks(report: Report, level: TruncationLevel) -> list[StackReport]:
    """Return the stacks that a level lists; the names of losses are needed most."""
    stacks = most_severe_first(report)
    if len(stacks) > level.stacks:
        stacks.sort(key=has_losses, reverse=True)
    return stacks[: level.stacks]


def _left_out(level: TruncationLevel) -> list[str]:
    if not level.left_out:
        return []
    words = f"Left out: {level.left_out}. {_HOW_TO_SEE_ALL}"
    return ["", f"⚠️ **Shortened to fit into a comment.** {words}"]


def _counts(report: Report, level: TruncationLevel) -> list[str]:
    if len(report.stacks) == 1 or not level.stacks:
        return _counts_by_kind(report)
    return _counts_by_stack(report, level)


def _counts_by_kind(report: Report) -> list[str]:
    lost = [row for kind in LOSSES for row in _kind_row(report, kind)]
    rest = [row for kind in Kind if kind not in LOSSES for row in _kind_row(report, kind)]
    rows = [
        *lost,
        *_others_row("🔴", report.destructive),
        *rest,
        *_others_row("⚪", report.harmless),
    ]
    return ["", "| deployments | | what it costs |", "| --- | ---: | --- |", *rows] if rows else []


def _kind_row(report: Report, kind: Kind) -> list[str]:
    words, number = WORDINGS[kind], report.counts[kind]
    return [f"| {words.mark} {words.title} | {number} | {words.cost} |"] if number else []


def _others_row(mark: str, others: Sequence[ResourceChange]) -> list[str]:
    if not others:
        return []
    return [f"| {mark} other resources | {len(others)} | {_operation_counts(others)} |"]


def _operation_counts(others: Iterable[ResourceChange]) -> str:
    return ", ".join(f"{number} {word}" for word, number in operations(others).items())


def _counts_by_stack(report: Report, level: TruncationLevel) -> list[str]:
    kinds = [kind for kind in Kind if report.counts[kind]]
    titles = [f"{WORDINGS[kind].mark} {WORDINGS[kind].title}" for kind in kinds]
    head = [*titles, "🔴 other", "⚪ other"]
    more = len(report.stacks) - level.stacks
    return [
        "",
        f"| stack | {' | '.join(head)} |",
        f"| --- |{' ---: |' * len(head)}",
        *(_stack_row(stack, kinds) for stack in _listed_stacks(report, level)),
        *([f"| and {more} more |{'  |' * len(head)}"] if more > 0 else []),
    ]


def _stack_row(stack: StackReport, kinds: list[Kind]) -> str:
    numbers = [sum(change.kind is kind for change in stack.deployments) for kind in kinds]
    others = (len(stack.destructive), len(stack.harmless))
    cells = [str(number or "") for number in (*numbers, *others)]
    # A bar ends a table's cell even inside a code span.
    title = code_span(shorten(stack.title)).replace("|", "\\|")
    return f"| {MARKS[stack_severity(stack)]} {title} | {' | '.join(cells)} |"


def _stack(stack: StackReport, level: TruncationLevel, *, headed: bool) -> list[str]:
    incomplete = [f"⚠️ **{_markdown(line.pieces)}**" for line in incomplete_lines(stack)]
    rest = [kind for kind in Kind if kind not in LOSSES]
    body = [
        *(line for text in incomplete for line in ("", text)),
        *_messages(stack, level),
        *(line for kind in LOSSES for line in _section(stack, kind, level, headed=headed)),
        *_lost_variables(stack, level),
        *_lost_resources(stack, level),
        *(line for kind in rest for line in _section(stack, kind, level, headed=headed)),
        *_everything_else(stack, level),
    ]
    return ["", f"### {code_span(shorten(stack.title))}", *body] if headed and body else body


def _messages(stack: StackReport, level: TruncationLevel) -> list[str]:
    lines = []
    messages = (*stack.errors, *stack.warnings)
    for message in messages[: level.messages]:
        head, text = message_line(message, level.message_length)
        lines += ["", f"**{_markdown(head.pieces)}**", "", *code_block(text)]
    more = len(messages) - level.messages
    return [*lines, *(["", f"and {count(more, 'more message')}"] if more > 0 else [])]


def _section(stack: StackReport, kind: Kind, level: TruncationLevel, *, headed: bool) -> list[str]:
    changes = [change for change in stack.deployments if change.kind is kind]
    if not changes:
        return []
    # The table of a single stack states each cost already.
    cost = f": {WORDINGS[kind].cost}" if headed or kind in LOSSES else ""
    title = f"**{WORDINGS[kind].mark} {WORDINGS[kind].title.capitalize()}{cost}**"
    found = [deployment_lines(change, level) for change in changes]
    if kind in LOSSES:
        return _caution(title, _list(found, level.losses))
    if not level.names:
        return []
    lines = _list(found, level.names)
    if len(changes) >= _FOLDED_FROM:
        return ["", title, *_folded(count(len(changes), "deployment"), lines)]
    return ["", title, "", *lines]


def _caution(title: str, lines: list[str]) -> list[str]:
    return ["", *(f"> {line}".rstrip() for line in ("[!CAUTION]", title, "", *lines))]


def _lost_variables(stack: StackReport, level: TruncationLevel) -> list[str]:
    lines = lost_variable_lines(stack)
    if not lines:
        return []
    title = "**🔴 Adopted: live variables that the program does not name are removed for good**"
    return _caution(title, _list([[line] for line in lines], level.losses))


def _lost_resources(stack: StackReport, level: TruncationLevel) -> list[str]:
    if not stack.destructive:
        return []
    title = f"**🔴 Other resources: {_operation_counts(stack.destructive)}**"
    lines = [[resource_line(other)] for other in stack.destructive]
    return _caution(title, _list(lines, level.losses))


def _list(found: list[list[Line]], most: int) -> list[str]:
    """Return list items for the first few entries, and the number of the remaining ones."""
    lines = [_item(line) for each in found[:most] for line in each]
    more = len(found) - most
    return [*lines, *([f"- {'and ' if lines else ''}{more} more"] if more > 0 else [])]


def _item(line: Line) -> str:
    return f"{'  ' * line.indent}- {_markdown(line.pieces)}"


def _everything_else(stack: StackReport, level: TruncationLevel) -> list[str]:
    if not (stack.harmless and level.others):
        return []
    lines = _list([[resource_line(other)] for other in stack.harmless], level.others)
    return _folded(f"Everything else: {_operation_counts(stack.harmless)}", lines)


def _folded(summary: str, lines: list[str]) -> list[str]:
    """Fold lines behind a summary; the blank lines keep the Markdown inside readable."""
    return ["", f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


def _markdown(pieces: Iterable[str]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    if isinstance(piece, Untrusted):
        return code_span(piece)
    return f"*{piece}*" if isinstance(piece, Placeholder) else piece


def code_span(text: str) -> str:
    """Return a text as a code span that nothing in the text can end."""
    shown = escape_invisible(text) or '""'
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # A space keeps backticks off the fence; one space at both ends is taken off again.
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_block(text: str) -> list[str]:
    """Return the lines of a text as a fenced block, with a longer fence than any inside."""
    # A pipeline may print the comment: no line of it may be a command to the runner.
    lines = [_as_no_command(escape_invisible(line)) for line in text.splitlines()]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return [f"{fence}text", *lines, fence]


def _as_no_command(line: str) -> str:
    return f"| {line}" if line.lstrip().startswith("::") else line
