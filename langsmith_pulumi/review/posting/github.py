"""A pull request on GitHub, or on a GitHub Enterprise server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .api import Api, PostingFailed
from .forge import Comment

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
_EDIT = """
mutation($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { issueComment { id } }
}
"""


class GitHub:
    """One pull request, with a token that may write to it."""

    def __init__(  # noqa: PLR0913 - none of them follows from another
        self,
        repository: str,
        number: int,
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
        self._number = number
        self._issue = f"repos/{repository}/issues/{number}"

    def own_comments(self) -> Iterator[Comment]:
        """Yield the token's own comments of all pages, the oldest first."""
        after, more = None, True
        while more:
            page = self._page(after)
            yield from page["own"]
            more, after = page["more"], page["after"]

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

    def _page(self, after: str | None) -> dict[str, Any]:
        owner, _, name = self._repository.partition("/")
        page: dict[str, Any] = self._graphql(
            _COMMENTS,
            lambda data: _page(data["repository"]["pullRequest"]["comments"]),
            owner=owner,
            name=name,
            number=self._number,
            after=after,
        )
        return page

    def _graphql(self, query: str, take: Callable[[Any], Any], **variables: Any) -> Any:
        def read(answer: Any) -> Any:
            if answer.get("errors"):
                errors = "; ".join(str(error.get("message", "")) for error in answer["errors"])
                where = f"{self._repository}#{self._number}"
                raise PostingFailed(
                    f"GitHub refused a query on {where}: {self._api.sanitize(errors)}"
                )
            return take(answer["data"])

        document = {"query": query, "variables": variables}
        return self._api.read("POST", self._graphql_url, read, json=document)


def _page(comments: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a page of comments that are used; raise if one is missing."""
    return {
        "own": [
            Comment(str(node["id"]), str(node["body"]))
            for node in comments["nodes"]
            if node["viewerDidAuthor"]
        ],
        "more": bool(comments["pageInfo"]["hasNextPage"]),
        "after": comments["pageInfo"]["endCursor"],
    }


def _names(labels: Any) -> set[str]:
    return {str(label["name"]) for label in labels}
