"""A fake of GitHub's and GitLab's APIs for comments and labels, on loopback."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "forge-token-canary"
ME = "the-bot"
PAGE = 3  # comments per page, so that a few comments already need several
HEAD = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class StoredComment:
    """A comment or a note."""

    id: int
    author: str
    body: str


@dataclass
class StoredIssue:
    """An issue, with the comments on it."""

    number: int
    author: str
    title: str
    body: str
    is_open: bool = True
    comments: list[str] = field(default_factory=list)


@dataclass
class ForgeServer:
    """The state of both fake forges, and their answers."""

    comments: list[StoredComment] = field(default_factory=list)
    issues: list[StoredIssue] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)
    """State of each pull request by number."""
    merged: list[list[str]] = field(default_factory=list)
    """The labels of each pull request that contains a commit."""
    requests: list[str] = field(default_factory=list)
    failures: deque[tuple[int, str]] = field(default_factory=deque)
    """Statuses and texts of the next answers."""
    refused_labels: set[str] = field(default_factory=set)
    """Labels that the token may neither set nor remove."""
    url: str = ""

    def add_comment(self, author: str, body: str) -> StoredComment:
        comment = StoredComment(1000 + len(self.comments), author, body)
        self.comments.append(comment)
        return comment

    def add_issue(self, author: str, title: str, body: str) -> StoredIssue:
        issue = StoredIssue(101 + len(self.issues), author, title, body)
        self.issues.append(issue)
        return issue

    def change_issue(self, number: int, comment: str | None, change: dict[str, str]) -> Any:
        """Comment on an issue of our own, or change it; GitLab has names of its own."""
        issue = next(issue for issue in self.issues if issue.number == number)
        assert issue.author == ME, "somebody else's issue was changed"
        issue.comments += [comment] if comment else []
        issue.body = change.get("body") or change.get("description") or issue.body
        closes = "closed" in change.get("state", "") or change.get("state_event") == "close"
        issue.is_open = issue.is_open and not closes
        return {"id": 1, "number": number, "iid": number}

    @property
    def own_bodies(self) -> list[str]:
        return [comment.body for comment in self.comments if comment.author == ME]

    @property
    def writes(self) -> list[str]:
        reads = ("GET ", "query ")
        return [request for request in self.requests if not request.startswith(reads)]

    def edit(self, id_: int, body: str) -> dict[str, Any]:
        comment = next(comment for comment in self.comments if comment.id == id_)
        assert comment.author == ME, "somebody else's comment was edited"
        comment.body = body
        return {"id": id_}

    def answer(self, method: str, target: str, headers: Any, body: Any) -> tuple[int, Any, str]:
        """Return status, JSON and the number of the next page."""
        parts = urlsplit(target)
        if parts.path.startswith("/control-plane/"):
            return 200, {"resources": [], "offset": 0}, ""
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        sent = headers.get("Authorization"), headers.get("PRIVATE-TOKEN")
        kind = "query" if "query(" in str(body) else method
        self.requests.append(f"{kind} {parts.path}")
        if self.failures:
            status, text = self.failures.popleft()
            return status, {"message": text}, ""
        if sent not in ((f"Bearer {TOKEN}", None), (None, TOKEN)):
            return 401, {"message": "Bad credentials"}, ""
        changed = unquote(f"{parts.path}{body}")
        if "labels" in changed and any(label in changed for label in self.refused_labels):
            return 403, {"message": "You may not create labels."}, ""
        answer = self._github if parts.path.startswith("/github") else self._gitlab
        return answer(method, parts.path, query, body)

    def _github(self, method: str, path: str, _: Any, body: Any) -> tuple[int, Any, str]:
        if path == "/github/graphql":
            return 200, self._graphql(body), ""
        rest = path.removeprefix("/github/repos/acme/agents/")
        if rest.startswith("pulls/"):
            state = self.states.get(int(rest.removeprefix("pulls/")))
            return 200 if state else 404, {"state": state}, ""
        if rest.startswith("commits/"):
            return (
                200,
                [{"labels": [{"name": name} for name in names]} for names in self.merged],
                "",
            )
        if rest.startswith("issues") and not rest.startswith("issues/7/"):
            return 200, self._github_issues(rest.split("/")[1:], body), ""
        if rest.endswith("/comments"):
            return 201, {"id": self.add_comment(ME, body["body"]).id}, ""
        if method == "DELETE":
            self.labels.discard(unquote(rest.rpartition("/")[2]))
        if method == "POST":
            self.labels |= set(body["labels"])
        return 200, [{"name": label} for label in sorted(self.labels)], ""

    def _github_issues(self, rest: list[str], body: Any) -> Any:
        if not rest:
            return {"number": self.add_issue(ME, body["title"], body["body"]).number}
        comment = body["body"] if rest[1:] == ["comments"] else None
        return self.change_issue(int(rest[0]), comment, {} if comment else body)

    def _graphql(self, body: Any) -> Any:
        variables = body["variables"]
        if "updateIssueComment" in body["query"]:
            return {"data": self.edit(int(variables["id"]), variables["body"])}
        if "issues(" in body["query"]:
            assert "states: [OPEN]" in body["query"]
            issues = [issue for issue in self.issues if issue.is_open]
            return {"data": {"repository": {"issues": _page(issues, variables["after"])}}}
        if variables["number"] not in self.states:
            return {"data": {"repository": {}}, "errors": [{"message": "Could not resolve to it"}]}
        comments = _page(self.comments, variables["after"])
        return {"data": {"repository": {"pullRequest": {"comments": comments}}}}

    def _gitlab(self, method: str, path: str, query: Any, body: Any) -> tuple[int, Any, str]:
        if path == "/gitlab/user":
            return 200, {"id": ME}, ""
        if path.startswith("/gitlab/projects/42/issues"):
            return self._gitlab_issues(method, path.split("/")[5:], query, body)
        rest = path.removeprefix("/gitlab/projects/42/merge_requests/7")
        if not rest:
            change = body or {}
            self.labels |= set(filter(None, change.get("add_labels", "").split(",")))
            self.labels -= set(change.get("remove_labels", "").split(","))
            return 200, {"labels": sorted(self.labels)}, ""
        if method == "POST":
            return 201, {"id": self.add_comment(ME, body["body"]).id}, ""
        if method == "PUT":
            return 200, self.edit(int(rest.rpartition("/")[2]), body["body"]), ""
        page = int(query["page"])
        shown = self.comments[(page - 1) * PAGE : page * PAGE]
        notes = [
            {"id": r.id, "body": r.body, "system": r.author == "system", "author": {"id": ME}}
            if r.author == "system"
            else {"id": r.id, "body": r.body, "system": False, "author": {"id": r.author}}
            for r in shown
        ]
        return 200, notes, str(page + 1) if page * PAGE < len(self.comments) else ""

    def _gitlab_issues(
        self, method: str, rest: list[str], query: Any, body: Any
    ) -> tuple[int, Any, str]:
        if method == "POST" and not rest:
            return 201, {"iid": self.add_issue(ME, body["title"], body["description"]).number}, ""
        if rest:
            comment = body["body"] if rest[1:] == ["notes"] else None
            return 200, self.change_issue(int(rest[0]), comment, {} if comment else body), ""
        assert (query["state"], query["scope"]) == ("opened", "created_by_me")
        own = [issue for issue in self.issues if issue.is_open and issue.author == ME]
        page = int(query["page"])
        shown = [
            {"iid": issue.number, "description": issue.body, "author": {"id": ME}}
            for issue in own[(page - 1) * PAGE : page * PAGE]
        ]
        return 200, shown, str(page + 1) if page * PAGE < len(own) else ""


def _page(items: list[Any], after: str | None) -> dict[str, Any]:
    """Return a page of comments or issues, as GitHub's GraphQL API does."""
    start = int(after or 0)
    nodes = [
        {
            "id": str(getattr(item, "id", "")),
            "number": getattr(item, "number", 0),
            "body": item.body,
            "viewerDidAuthor": item.author == ME,
        }
        for item in items[start : start + PAGE]
    ]
    more = {"hasNextPage": start + PAGE < len(items), "endCursor": str(start + PAGE)}
    return {"nodes": nodes, "pageInfo": more}


class _Handler(BaseHTTPRequestHandler):
    forge: ForgeServer

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, document, next_page = self.forge.answer(self.command, self.path, self.headers, body)
        payload = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("x-next-page", next_page)
        self.end_headers()
        self.wfile.write(payload)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that the base class calls

    def log_message(self, *_: object) -> None:
        pass


def serve(forge: ForgeServer) -> ThreadingHTTPServer:
    """Start a server for the forge; the caller shuts it down."""
    handler = type("Handler", (_Handler,), {"forge": forge})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def github_environ(forge: ForgeServer, folder: Path, number: int = 7) -> dict[str, str]:
    """Return the variables of a run for a pull request on GitHub."""
    event = folder / "event.json"
    pull_request = {"number": number, "head": {"sha": HEAD}}
    event.write_text(json.dumps({"number": number, "pull_request": pull_request}))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": f"{forge.url}/github",
        "GITHUB_GRAPHQL_URL": f"{forge.url}/github/graphql",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "acme/agents",
        "GITHUB_RUN_ID": "99",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_TOKEN": TOKEN,
    }


def gitlab_environ(forge: ForgeServer) -> dict[str, str]:
    """Return the variables of a merge request's pipeline on GitLab."""
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{forge.url}/gitlab",
        "CI_COMMIT_SHA": HEAD,
        "CI_JOB_URL": "https://gitlab.com/acme/agents/-/jobs/99",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_PROJECT_ID": "42",
        "GITLAB_TOKEN": TOKEN,
    }
