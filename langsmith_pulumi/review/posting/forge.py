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


@dataclass(frozen=True)
class Issue:
    """An open issue that the token's own user has opened."""

    number: int
    body: str


class Issues(Protocol):
    """The issues of a repository or project."""

    def own_open_issues(self) -> Iterator[Issue]:
        """Return the token's own open issues of all pages, the oldest first."""
        ...

    def open_issue(self, title: str, body: str) -> None:
        """Open an issue."""
        ...

    def edit_issue(self, issue: Issue, body: str) -> None:
        """Replace the text of an issue."""
        ...

    def close_issue(self, issue: Issue, comment: str) -> None:
        """Write a last comment and close an issue."""
        ...


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
