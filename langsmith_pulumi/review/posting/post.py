"""Which comment to edit, and which labels to change."""

from __future__ import annotations

import re
from enum import Enum
from itertools import takewhile
from typing import TYPE_CHECKING

from .api import PostingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .forge import Comment, Forge

LABELS = "langsmith:"
"""What the labels of a report begin with: those that no longer hold are taken off."""

_MARKER = re.compile(r"<!-- .+ -->")


class Posted(str, Enum):
    """What became of a comment."""

    CREATED = "posted a comment"
    EDITED = "edited the comment"
    UNCHANGED = "the comment says so already"
    SILENT = "there is nothing new to say, and no comment to correct"


def post(markdown: str, forge: Forge, *, create: bool = True) -> Posted:
    """Edit the comment that begins with a marker of this text, or post one.

    A text's markers are the hidden lines that it begins with. One in common is enough, so a report
    on more stacks than before still finds its comment.

    Args:
        markdown: The whole comment.
        forge: Where to.
        create: Whether to post a new comment if there is none to edit.
    """
    found = _find(forge, markers(markdown))
    if found is None:
        return _create(markdown, forge) if create else Posted.SILENT
    if found.body.strip() == markdown.strip():
        return Posted.UNCHANGED
    forge.edit(found, markdown)
    return Posted.EDITED


def markers(markdown: str) -> frozenset[str]:
    """The markers that a text begins with."""
    lines = (line.strip() for line in markdown.strip().splitlines())
    return frozenset(takewhile(_MARKER.fullmatch, lines))


def update_labels(
    forge: Forge, wanted: Collection[str] | None, drop: Collection[str] = ()
) -> tuple[str, ...]:
    """Set the labels of a report, and take off its earlier ones that no longer hold.

    One by one, so that a label which is refused costs none of the others.

    Args:
        forge: Where.
        wanted: The report's labels; None leaves them as they are.
        drop: Other labels to take off.

    Returns:
        A sentence for each label that could not be changed.
    """
    there = forge.labels()
    ours = {label for label in there if label.startswith(LABELS)}
    due = ours if wanted is None else set(wanted)
    add, remove = due - there, (ours - due) | (there & set(drop))
    tried = (
        *(_try(forge.add_label, label, "set") for label in sorted(add)),
        *(_try(forge.remove_label, label, "taken off") for label in sorted(remove)),
    )
    return tuple(refusal for refusal in tried if refusal)


def _try(change: Callable[[str], None], label: str, done: str) -> str:
    """Why a label could not be changed; empty where it was."""
    try:
        change(label)
    except PostingFailed as refusal:
        return f"The label {label} was not {done}. {refusal}"
    return ""


def _create(markdown: str, forge: Forge) -> Posted:
    forge.create(markdown)
    return Posted.CREATED


def _find(forge: Forge, ours: frozenset[str]) -> Comment | None:
    return next((comment for comment in forge.own_comments() if markers(comment.body) & ours), None)
