"""A merge request on GitLab, or on an instance of one's own."""

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
        """The token's own notes, the oldest first, on all pages."""
        page = "1"
        while page:
            answer = self._notes(page)
            for note in answer.json():
                if note["author"]["id"] == self._me and not note["system"]:
                    yield Comment(str(note["id"]), note["body"])
            page = answer.headers.get("x-next-page", "")

    def create(self, body: str) -> None:
        """Post a new note."""
        self._api.send("POST", f"{self._request}/notes", json={"body": body}, once=True)

    def edit(self, comment: Comment, body: str) -> None:
        """Give a note another text."""
        self._api.send("PUT", f"{self._request}/notes/{comment.id}", json={"body": body})

    def labels(self) -> set[str]:
        """The labels that are set."""
        return set(self._api.send("GET", self._request).json()["labels"])

    def add_label(self, label: str) -> None:
        """Set a label; GitLab makes one that the project lacks."""
        self._api.send("PUT", self._request, json={"add_labels": label})

    def remove_label(self, label: str) -> None:
        """Take off a label."""
        self._api.send("PUT", self._request, json={"remove_labels": label})

    @cached_property
    def _me(self) -> Any:
        return self._api.send("GET", "user").json()["id"]

    def _notes(self, page: str) -> Any:
        params = {"sort": "asc", "order_by": "created_at", "per_page": "100", "page": page}
        return self._api.send("GET", f"{self._request}/notes", params=params)
