"""A merge request on GitLab, or on a self-hosted instance."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .api import Api
from .forge import Comment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class GitLab:
    """One merge request, with an access token of the scope ``api``.

    A job's own token (``CI_JOB_TOKEN``) may not write notes.
    """

    def __init__(
        self,
        project_id: str,
        number: int,
        token: str,
        *,
        api_url: str = "https://gitlab.com/api/v4",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = Api(api_url, {"PRIVATE-TOKEN": token}, token, sleep)
        self._request = f"projects/{project_id}/merge_requests/{number}"

    def own_comments(self) -> Iterator[Comment]:
        """Yield the token's own notes of all pages, the oldest first."""
        page = "1"
        while page:
            notes, page = self._notes(page)
            yield from notes

    def create(self, body: str) -> None:
        """Post a new note."""
        path = f"{self._request}/notes"
        self._api.read("POST", path, lambda made: made["id"], json={"body": body}, once=True)

    def edit(self, comment: Comment, body: str) -> None:
        """Replace the text of a note."""
        self._api.send("PUT", f"{self._request}/notes/{comment.id}", json={"body": body})

    def labels(self) -> set[str]:
        """Return the labels that are set."""
        return self._api.read("GET", self._request, lambda request: set(request["labels"]))

    def add_label(self, label: str) -> None:
        """Set a label; GitLab creates one that the project lacks."""
        self._api.send("PUT", self._request, json={"add_labels": label})

    def remove_label(self, label: str) -> None:
        """Remove a label."""
        self._api.send("PUT", self._request, json={"remove_labels": label})

    @cached_property
    def _me(self) -> Any:
        return self._api.read("GET", "user", lambda user: user["id"])

    def _notes(self, page: str) -> tuple[list[Comment], str]:
        """Return the token's own notes on a page, and the number of the next one, if any."""
        params = {"sort": "asc", "order_by": "created_at", "per_page": "100", "page": page}
        answer = self._api.send("GET", f"{self._request}/notes", params=params)
        return self._api.parse(answer, self._own), answer.headers.get("x-next-page", "")

    def _own(self, notes: Any) -> list[Comment]:
        return [
            Comment(str(note["id"]), str(note["body"]))
            for note in notes
            if note["author"]["id"] == self._me and not note["system"]
        ]
