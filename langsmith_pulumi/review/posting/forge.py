"""The interface of a forge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Comment:
    """A comment that the token's own user has written."""

    id: str
    body: str


class Forge(Protocol):
    """One pull or merge request."""

    def own_comments(self) -> Iterator[Comment]:
        """Return the token's own comments of all pages, the oldest first.

        Comments of others are left out: anybody may quote a marker, and a token may be able to edit
        what others wrote.
        """
        ...

    def create(self, body: str) -> None:
        """Post a new comment."""
        ...

    def edit(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
        ...

    def labels(self) -> set[str]:
        """Return the labels that are set."""
        ...

    def add_label(self, label: str) -> None:
        """Set a label."""
        ...

    def remove_label(self, label: str) -> None:
        """Remove a label."""
        ...
