"""The one door for the command line and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .as_json import as_json, labels
from .fit import GITHUB_LIMIT, WHOLE, fit
from .gate import gate_named, judge_gates
from .markdown import as_markdown
from .plan import UnreadablePlan, read_plan
from .report import report_on
from .text import as_text
from .values import short

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from .report import Report

FORMATS = ("markdown", "text", "json")


@dataclass(frozen=True)
class Outcome:
    """A rendered report and the word of the gates."""

    text: str
    """The report; empty where nothing changes and silence was asked for."""
    exit_code: int
    refusals: tuple[str, ...]
    """Why the gates refuse, one sentence each; nothing was printed."""
    truncated: bool
    """Whether the report leaves something out to stay within its size."""
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
) -> Outcome:
    """Report on previews, one document per stack.

    Args:
        documents: Name (for messages) and content of each: what ``pulumi preview --json`` printed,
            or the parsed object. Plans of ``up`` and ``destroy``: in one of ``refresh`` a deletion
            means that Pulumi forgets a resource which is gone already.
        format: ``markdown`` for a comment, ``text`` for a terminal, ``json`` for programs.
        fail_on: What to refuse: ``replace``, ``delete``, ``revision``, ``truncated`` (Markdown
            only), ``unjudged``; nothing by default, and a gate closed closes ``unjudged`` too.
        allow: Patterns (``*``, ``?``) of names, types or URNs that the gates let pass.
        quiet: Give an empty text where nothing changes.
        colour: Colour the text format.
        limit: Most bytes of a Markdown report.

    Raises:
        UnreadablePlan: A document is no preview, or the second of its stack; its message says
            which and why.
        ValueError: An unknown format or gate.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; use one of {', '.join(FORMATS)}")
    gates = [gate_named(name) for name in fail_on]
    report = report_on([read_plan(name, document) for name, document in documents])
    _refuse_twins(report)
    fitted = fit(partial(as_markdown, report), limit) if format != "text" else WHOLE
    truncated = fitted.truncated and format == "markdown"
    judgement = judge_gates(report, gates, allow, truncated=truncated)
    render = {
        "markdown": lambda: fitted.text,
        "text": lambda: as_text(report, colour=colour),
        "json": lambda: as_json(report, judgement, truncated=fitted.truncated),
    }
    return Outcome(
        "" if quiet and not report.changes else render[format](),
        judgement.exit_code,
        judgement.refusals,
        truncated,
        tuple(labels(report)),
    )


def _refuse_twins(report: Report) -> None:
    """One stack cannot have two plans: counted twice, its numbers would be wrong."""
    seen: dict[str, str] = {}
    for stack in report.stacks:
        if stack.title in seen:
            raise UnreadablePlan(
                f"{stack.origin}: {seen[stack.title]} holds a plan of {short(stack.title)} "
                "already. Give one plan per stack."
            )
        seen[stack.title] = stack.origin
