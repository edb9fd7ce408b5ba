"""The review of previews, for the command line and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .as_json import as_json, labels
from .gate import check_gates, gate_named
from .markdown import as_markdown
from .plan import UnreadablePlan, read_plan
from .report import report_on
from .text import as_text
from .truncate import GITHUB_LIMIT, truncate
from .values import shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from .report import Report

FORMATS = ("markdown", "text", "json")


@dataclass(frozen=True)
class ReviewResult:
    """A rendered report and the result of the gates."""

    text: str
    """The report; empty if nothing changes and ``quiet`` was given."""
    exit_code: int
    refusals: tuple[str, ...]
    """One sentence for each refusal of a gate; they are not part of the text."""
    truncated: bool
    """True if the report leaves something out to stay within its size."""
    labels: tuple[str, ...]


def review(  # noqa: PLR0913 - each is an option of the command
    documents: Sequence[tuple[str, bytes | str | Mapping[str, Any]]],
    *,
    format: str = "markdown",  # noqa: A002 - the option's name
    fail_on: Collection[str] = (),
    allow: Collection[str] = (),
    quiet: bool = False,
    colour: bool = False,
    limit: int = GITHUB_LIMIT,
) -> ReviewResult:
    """Report on previews, one document per stack.

    Args:
        documents: Name (for messages) and content of each: the output of
            ``pulumi preview --json``, or the parsed object. Plans of ``up`` and ``destroy``: in a
            plan of ``refresh`` a deletion means that Pulumi forgets a resource which is gone.
        format: ``markdown`` for a comment, ``text`` for a terminal, ``json`` for programs.
        fail_on: Changes to refuse: ``replace``, ``delete``, ``revision``, ``drift``, ``truncated``
            (Markdown only), ``unjudged``; none by default, and any of them implies ``unjudged``.
        allow: Patterns (``*``, ``?``) of names, types or URNs that the gates let pass.
        quiet: Return an empty text if nothing changes.
        colour: Colour the text format.
        limit: Most bytes of a Markdown report.

    Raises:
        UnreadablePlan: A document is no preview, or the second of its stack; the message says
            which and why.
        ValueError: An unknown format or gate.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; use one of {', '.join(FORMATS)}")
    gates = [gate_named(name) for name in fail_on]
    report = report_on([read_plan(name, document) for name, document in documents])
    _reject_duplicates(report)
    markdown = truncate(partial(as_markdown, report), limit)
    truncated = markdown.truncated and format == "markdown"
    result = check_gates(report, gates, allow, truncated=truncated)
    render = {
        "markdown": lambda: markdown.text,
        "text": lambda: as_text(report, colour=colour),
        "json": lambda: as_json(report, result, truncated=markdown.truncated),
    }
    return ReviewResult(
        "" if quiet and not report.changes else render[format](),
        result.exit_code,
        result.refusals,
        truncated,
        tuple(labels(report)),
    )


def _reject_duplicates(report: Report) -> None:
    """Raise ``UnreadablePlan`` if a stack has two plans: its numbers would be counted twice."""
    seen: dict[str, str] = {}
    for stack in report.stacks:
        if stack.title in seen:
            raise UnreadablePlan(
                f"{stack.origin}: {seen[stack.title]} already holds a plan of "
                f"{shorten(stack.title)}. Give one plan per stack."
            )
        seen[stack.title] = stack.origin
