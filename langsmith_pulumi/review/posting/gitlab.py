"""A merge request, and issues, on GitLab or on a self-hosted instance."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from .api import Api
from .forge import Comment, Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


class _Project:
    """A project, with an access token of the scope ``api``.

    A job's own token (``CI_JOB_TOKEN``) may write neither notes nor issues.
    """

    def __init__(
        self,
        project_id: str,
        token: str,
        *,
        api_url: str = "https://gitlab.com/api/v4",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = Api(api_url, {"PRIVATE-TOKEN": token}, token, sleep)
        self._project = f"projects/{project_id}"

    def _own(self, path: str, take: Callable[[Any], T], **filters: str) -> Iterator[T]:
        """Yield what the token's own user has written, of all pages, the oldest first."""
        params = {"sort": "asc", "order_by": "created_at", "per_page": "100", **filters}
        page = "1"
        while page:
            answer = self._api.send("GET", path, params={**params, "page": page})
            yield from self._api.parse(
                answer,
                lambda found: [take(one) for one in found if one["author"]["id"] == self._me],
            )
            page = answer.headers.get("x-next-page", "")

    @cached_property
    def _me(self) -> Any:
        return self._api.read("GET", "user", lambda user: user["id"])


class GitLabIssues(_Project):
    """The issues of a project."""

    def own_open_issues(self) -> Iterator[Issue]:
        """Yield the token's own open issues of all pages, the oldest first."""
        return self._own(
            f"{self._project}/issues",
            lambda one: Issue(int(one["iid"]), str(one["description"])),
            state="opened",
            scope="created_by_me",
        )

    def open_issue(self, title: str, body: str) -> None:
        """Open an issue."""
        content = {"title": title, "description": body}
        path = f"{self._project}/issues"
        self._api.read("POST", path, lambda made: made["iid"], json=content, once=True)

    def edit_issue(self, issue: Issue, body: str) -> None:
        """Replace the text of an issue."""
        self._change(issue, description=body)

    def close_issue(self, issue: Issue, comment: str) -> None:
        """Write a last note and close an issue."""
        path = f"{self._project}/issues/{issue.number}/notes"
        self._api.send("POST", path, json={"body": comment}, once=True)
        self._change(issue, state_event="close")

    def _change(self, issue: Issue, **fields: str) -> None:
        self._api.send("PUT", f"{self._project}/issues/{issue.number}", json=fields)


class GitLab(_Project):
    """One merge request."""

    def __init__(self, project_id: str, number: int, token: str, **options: Any) -> None:
        super().__init__(project_id, token, **options)
        self._request = f"{self._project}/merge_requests/{number}"

    def own_comments(self) -> Iterator[Comment]:
        """Yield the token's own notes of all pages, the oldest first."""
        notes = self._own(f"{self._request}/notes", lambda note: note)
        return (Comment(str(note["id"]), str(note["body"])) for note in notes if not note["system"])

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
