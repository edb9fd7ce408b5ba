"""The comment of ``langsmith-pulumi comment``: found and edited or posted, and its labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from langsmith_pulumi.review.truncate import GITHUB_LIMIT

from .api import PostingFailed
from .ci import footer, forge_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from .forge import Comment, Forge

LABEL_PREFIX = "langsmith:"
"""The prefix of a report's labels: those that no longer hold are removed."""

_MARKER = re.compile(r"<!-- .+ -->")


class Posted(str, Enum):
    """The result of posting a comment."""

    CREATED = "posted a comment"
    EDITED = "edited the comment"
    UNCHANGED = "the comment is up to date"
    SKIPPED = "there is none to edit, and no new one is needed"


@dataclass(frozen=True)
class CommentResult:
    """The result of the command, in words."""

    sentence: str
    warnings: tuple[str, ...] = ()


def comment(  # noqa: PLR0913 - each is an option of the command
    markdown: str,
    environ: Mapping[str, str],
    *,
    report: Mapping[str, Any] | None = None,
    name: str = "",
    create: bool = True,
    drop_labels: Collection[str] = (),
    number: int | None = None,
) -> CommentResult:
    """Post a comment on a pipeline's pull or merge request, or edit the existing one.

    Args:
        markdown: The comment. A report has its own markers.
        environ: The pipeline's variables: they name the forge, the request, and the token
            (``GITHUB_TOKEN``, ``GH_TOKEN`` or ``GITLAB_TOKEN``).
        report: The same report as JSON. Its labels are set, and if nothing changes, no new comment
            is posted.
        name: A name that identifies a comment which is not a report.
        create: True to post a new comment if there is none to edit.
        drop_labels: Labels to remove.
        number: The request's number, if the pipeline does not run for a request.

    Raises:
        PostingFailed: The forge is not known, or did not accept the comment. Labels that cannot be
            changed are only a warning.
    """
    forge = forge_of(environ, number)
    text = with_footer(_with_marker(markdown, name), footer(environ))
    posted = post(text, forge, create=create and (report is None or bool(report["changes"])))
    wanted = None if report is None else report["labels"]
    return CommentResult(f"Comment: {posted.value}.", _label(forge, wanted, drop_labels))


def _with_marker(markdown: str, name: str) -> str:
    if not name:
        return markdown
    # Quoted, a name cannot end the hidden line.
    return f"<!-- langsmith-pulumi comment {quote(name, safe='/')} -->\n{markdown}"


def with_footer(markdown: str, footer: str) -> str:
    """Return the comment with its footer if there is room for it."""
    text = f"{markdown.rstrip()}\n\n{footer}\n"
    return text if footer and len(text.encode()) <= GITHUB_LIMIT else markdown


def post(markdown: str, forge: Forge, *, create: bool = True) -> Posted:
    """Edit the comment that begins with a marker of this text, or post a new one.

    A text's markers are the hidden lines at its beginning. One in common is enough, so a report on
    more stacks than before still finds its comment.

    Args:
        markdown: The whole comment.
        forge: The request to post on.
        create: True to post a new comment if there is none to edit.
    """
    found = _find(forge, markers_of(markdown))
    if found is None:
        return _create(markdown, forge) if create else Posted.SKIPPED
    if found.body.strip() == markdown.strip():
        return Posted.UNCHANGED
    forge.edit(found, markdown)
    return Posted.EDITED


def markers_of(markdown: str) -> frozenset[str]:
    """Return the hidden lines at the beginning of a text."""
    lines = (line.strip() for line in markdown.strip().splitlines())
    return frozenset(takewhile(_MARKER.fullmatch, lines))


def _find(forge: Forge, markers: frozenset[str]) -> Comment | None:
    own = forge.own_comments()
    return next((comment for comment in own if markers_of(comment.body) & markers), None)


def _create(markdown: str, forge: Forge) -> Posted:
    forge.create(markdown)
    return Posted.CREATED


def _label(forge: Forge, wanted: Collection[str] | None, drop: Collection[str]) -> tuple[str, ...]:
    if wanted is None and not drop:
        return ()
    try:
        return update_labels(forge, wanted, drop)
    except PostingFailed as error:
        return (f"The labels were not changed. {error}",)


def update_labels(
    forge: Forge, wanted: Collection[str] | None, drop: Collection[str] = ()
) -> tuple[str, ...]:
    """Set the labels of a report, and remove earlier ones that no longer hold.

    Each label is changed by a request of its own, so that a refused label affects no other.

    Args:
        forge: The request to label.
        wanted: The report's labels; None leaves them as they are.
        drop: Other labels to remove.

    Returns:
        A sentence for each label that could not be changed.
    """
    present = forge.labels()
    ours = {label for label in present if label.startswith(LABEL_PREFIX)}
    target = ours if wanted is None else set(wanted)
    add, remove = target - present, (ours - target) | (present & set(drop))
    results = (
        *(_try(forge.add_label, label, "set") for label in sorted(add)),
        *(_try(forge.remove_label, label, "removed") for label in sorted(remove)),
    )
    return tuple(failure for failure in results if failure)


def _try(change: Callable[[str], None], label: str, done: str) -> str:
    """Return why a label could not be changed, or an empty text."""
    try:
        change(label)
    except PostingFailed as error:
        return f"The label {label} was not {done}. {error}"
    return ""
