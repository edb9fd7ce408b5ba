"""A pull request, and issues, on GitHub or on a GitHub Enterprise server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .api import Api, PostingFailed
from .forge import Comment, Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Only GraphQL says whether the token's own user wrote a comment; the token of a workflow may not
# ask who it is.
_COMMENTS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $after) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
_ISSUES = """
query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    issues(first: 100, after: $after, states: [OPEN]) {
      nodes { number body viewerDidAuthor }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
_EDIT = """
mutation($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { issueComment { id } }
}
"""


class _Repository:
    """A repository, with a token."""

    def __init__(
        self,
        repository: str,
        token: str,
        *,
        api_url: str = "https://api.github.com",
        graphql_url: str = "https://api.github.com/graphql",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._api = Api(api_url, headers, token, sleep)
        self._graphql_url = graphql_url
        self._repository = repository
        self._issues = f"repos/{repository}/issues"

    def _own_nodes(
        self, query: str, take: Callable[[Any], Any], **variables: Any
    ) -> Iterator[dict[str, Any]]:
        """Yield what the token's own user has written, of all pages of a list."""
        owner, _, name = self._repository.partition("/")
        after, more = None, True
        while more:
            page: dict[str, Any] = self._graphql(
                query,
                lambda data: _page(take(data["repository"])),
                owner=owner,
                name=name,
                after=after,
                **variables,
            )
            yield from page["own"]
            more, after = page["more"], page["after"]

    def _graphql(self, query: str, take: Callable[[Any], Any], **variables: Any) -> Any:
        def read(answer: Any) -> Any:
            if answer.get("errors"):
                errors = "; ".join(str(error.get("message", "")) for error in answer["errors"])
                raise PostingFailed(
                    f"GitHub refused a query on {self._where}: {self._api.sanitize(errors)}"
                )
            return take(answer["data"])

        document = {"query": query, "variables": variables}
        return self._api.read("POST", self._graphql_url, read, json=document)

    @property
    def _where(self) -> str:
        return self._repository


class GitHubIssues(_Repository):
    """The issues of a repository, with a token that may write them."""

    def own_open_issues(self) -> Iterator[Issue]:
        """Yield the token's own open issues of all pages, the oldest first."""
        pages = self._own_nodes(_ISSUES, lambda repository: repository["issues"])
        for node in pages:
            yield Issue(int(node["number"]), str(node["body"]))

    def open_issue(self, title: str, body: str) -> None:
        """Open an issue."""
        content = {"title": title, "body": body}
        self._api.read("POST", self._issues, lambda made: made["number"], json=content, once=True)

    def edit_issue(self, issue: Issue, body: str) -> None:
        """Replace the text of an issue."""
        self._api.send("PATCH", f"{self._issues}/{issue.number}", json={"body": body})

    def close_issue(self, issue: Issue, comment: str) -> None:
        """Write a last comment and close an issue."""
        path = f"{self._issues}/{issue.number}"
        self._api.send("POST", f"{path}/comments", json={"body": comment}, once=True)
        self._api.send("PATCH", path, json={"state": "closed"})


class GitHub(_Repository):
    """One pull request, with a token that may write to it."""

    def __init__(self, repository: str, number: int, token: str, **options: Any) -> None:
        super().__init__(repository, token, **options)
        self._number = number
        self._issue = f"{self._issues}/{number}"

    def own_comments(self) -> Iterator[Comment]:
        """Yield the token's own comments of all pages, the oldest first."""
        pages = self._own_nodes(
            _COMMENTS, lambda repository: repository["pullRequest"]["comments"], number=self._number
        )
        for node in pages:
            yield Comment(str(node["id"]), str(node["body"]))

    def create(self, body: str) -> None:
        """Post a new comment."""
        path = f"{self._issue}/comments"
        self._api.read("POST", path, lambda made: made["id"], json={"body": body}, once=True)

    def edit(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
        self._graphql(_EDIT, lambda data: data, id=comment.id, body=body)

    def labels(self) -> set[str]:
        """Return the labels that are set; GitHub allows a hundred."""
        path = f"{self._issue}/labels"
        return self._api.read("GET", path, _names, params={"per_page": 100})

    def add_label(self, label: str) -> None:
        """Set a label; a label that the repository lacks needs a token that may create it."""
        self._api.send("POST", f"{self._issue}/labels", json={"labels": [label]})

    def remove_label(self, label: str) -> None:
        """Remove a label."""
        self._api.send("DELETE", f"{self._issue}/labels/{quote(label, safe='')}")

    @property
    def _where(self) -> str:
        return f"{self._repository}#{self._number}"


def _page(found: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a page that are used; raise if one is missing."""
    return {
        "own": [node for node in found["nodes"] if node["viewerDidAuthor"]],
        "more": bool(found["pageInfo"]["hasNextPage"]),
        "after": found["pageInfo"]["endCursor"],
    }


def _names(labels: Any) -> set[str]:
    return {str(label["name"]) for label in labels}
