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

    def __init__(  # noqa: PLR0913 - each is a fact of its own
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
        """The token's own comments, the oldest first, on all pages."""
        after, more = None, True
        while more:
            page = self._page(after)
            for node in page["nodes"]:
                if node["viewerDidAuthor"]:
                    yield Comment(node["id"], node["body"])
            more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    def create(self, body: str) -> None:
        """Post a new comment."""
        self._api.send("POST", f"{self._issue}/comments", json={"body": body}, once=True)

    def edit(self, comment: Comment, body: str) -> None:
        """Give a comment another text."""
        self._graphql(_EDIT, id=comment.id, body=body)

    def labels(self) -> set[str]:
        """The labels that are set; GitHub allows a hundred."""
        answer = self._api.send("GET", f"{self._issue}/labels", params={"per_page": 100})
        return {label["name"] for label in answer.json()}

    def add_label(self, label: str) -> None:
        """Set a label; one that the repository lacks needs a token that may make it."""
        self._api.send("POST", f"{self._issue}/labels", json={"labels": [label]})

    def remove_label(self, label: str) -> None:
        """Take off a label."""
        self._api.send("DELETE", f"{self._issue}/labels/{quote(label, safe='')}")

    def _page(self, after: str | None) -> dict[str, Any]:
        owner, _, name = self._repository.partition("/")
        found = self._graphql(_COMMENTS, owner=owner, name=name, number=self._number, after=after)
        page: dict[str, Any] = found["repository"]["pullRequest"]["comments"]
        return page

    def _graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        document = {"query": query, "variables": variables}
        answer = self._api.send("POST", self._graphql_url, json=document).json()
        if answer.get("errors"):
            said = "; ".join(error.get("message", "") for error in answer["errors"])
            where = f"{self._repository}#{self._number}"
            raise PostingFailed(f"GitHub refused a query on {where}: {said}")
        return dict(answer["data"])
