"""The issue of ``langsmith-pulumi issue``: open as long as there is drift."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.review.values import shorten

from .api import PostingFailed
from .ci import footer, issues_of
from .comment import markers_of, with_footer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .forge import Issue, Issues

_MAX_TITLE = 250
"""Characters; GitHub takes 256, and GitLab 255."""


class Filed(str, Enum):
    """The result of the command."""

    OPENED = "opened an issue"
    EDITED = "edited the open issue"
    UNCHANGED = "the open issue is up to date"
    CLOSED = "closed the issue, because there is no drift any more"
    NOTHING = "there is no drift, and no open issue"
    UNKNOWN = "left as it is, because the preview is incomplete"


def issue(markdown: str, environ: Mapping[str, str], report: Mapping[str, Any]) -> str:
    """Keep one issue about the drift of a report's stacks, and return what was done, in words.

    It is found among the token's own open issues by the report's markers, so there is never a
    second one. A report without drift closes it; one that is incomplete leaves it alone, because
    nothing is known.

    Args:
        markdown: The report as Markdown: the text of the issue.
        environ: The pipeline's variables: they name the forge, the repository or project, and the
            token (``GITHUB_TOKEN``, ``GH_TOKEN`` or ``GITLAB_TOKEN``).
        report: The same report as JSON.

    Raises:
        PostingFailed: The forge is not known, or did not accept the issue.
    """
    text = with_footer(markdown, footer(environ))
    return f"Issue: {file(text, issues_of(environ), report).value}."


def file(markdown: str, issues: Issues, report: Mapping[str, Any]) -> Filed:
    """Open, edit or close the issue about the drift of a report."""
    stacks = report["stacks"]
    changes = [one for stack in stacks for one in (*stack["deployments"], *stack["others"])]
    # A report of an earlier version does not tell drift of other resources.
    drifts = any(change.get("drift") for change in changes)
    if not drifts and any(stack["failed"] or stack["incomplete"] for stack in stacks):
        return Filed.UNKNOWN
    markers = markers_of(markdown)
    if not markers:
        raise PostingFailed("The text is no report: its issue could not be found again.")
    found = [one for one in issues.own_open_issues() if markers_of(one.body) & markers]
    if not drifts:
        return _close(issues, found)
    if not found:
        names = ", ".join(f"{stack['project']}/{stack['stack']}" for stack in stacks)
        issues.open_issue(shorten(f"Drift in {names}", _MAX_TITLE), markdown)
        return Filed.OPENED
    if found[0].body.strip() == markdown.strip():
        return Filed.UNCHANGED
    issues.edit_issue(found[0], markdown)
    return Filed.EDITED


def _close(issues: Issues, found: list[Issue]) -> Filed:
    for one in found:
        issues.close_issue(one, "There is no drift any more.")
    return Filed.CLOSED if found else Filed.NOTHING
