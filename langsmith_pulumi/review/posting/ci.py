"""The forge and the request that a pipeline runs for, from the variables that the forge sets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from langsmith_pulumi.control_plane.settings import is_loopback

from .api import PostingFailed
from .github import GitHub, GitHubIssues
from .gitlab import GitLab, GitLabIssues

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .forge import Forge, Issues

    Environ = Mapping[str, str]

T = TypeVar("T")


def forge_of(environ: Environ, number: int | None = None) -> Forge:
    """Return the request that a pipeline runs for; ``number`` overrides the variables.

    Raises:
        PostingFailed: This is no pipeline, or it has no token, or no request.
    """
    return _of_forge(environ, _FORGES)(environ, number)


def issues_of(environ: Environ) -> Issues:
    """Return the issues of the repository or project that a pipeline runs for.

    Raises:
        PostingFailed: This is no pipeline, or it has no token.
    """
    return _of_forge(environ, _ISSUES)(environ)


def _of_forge(environ: Environ, choices: Mapping[str, T]) -> T:
    for variable, chosen in choices.items():
        if environ.get(variable) == "true":
            return chosen
    raise PostingFailed(
        "This is neither GitHub Actions nor GitLab CI: there is nowhere to post to."
    )


def footer(environ: Environ) -> str:
    """Return a line that names a comment's commit and run; empty if they are not known."""
    commit = _commit(environ)
    run = environ.get("CI_JOB_URL") or _github_run(environ)
    return f"<sub>For {commit[:7]}, by [this run]({run}).</sub>" if commit and run else ""


def _commit(environ: Environ) -> str:
    """Return the newest commit of the branch, not the merge that a pipeline may have built."""
    head = _at(_event(environ), "pull_request", "head", "sha")
    merged = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
    return str(head or merged or environ.get("CI_COMMIT_SHA", ""))


def _github(environ: Environ, number: int | None) -> GitHub:
    return GitHub(
        _variable(environ, "GITHUB_REPOSITORY"),
        number or _number(_event(environ).get("number")),
        _token(environ, "GITHUB_TOKEN", "GH_TOKEN"),
        **_github_urls(environ),
    )


def _github_issues(environ: Environ) -> GitHubIssues:
    return GitHubIssues(
        _variable(environ, "GITHUB_REPOSITORY"),
        _token(environ, "GITHUB_TOKEN", "GH_TOKEN"),
        **_github_urls(environ),
    )


def _github_urls(environ: Environ) -> dict[str, Any]:
    api_url = _url("GITHUB_API_URL", environ.get("GITHUB_API_URL") or "https://api.github.com")
    graphql_url = _graphql_url(api_url, environ.get("GITHUB_GRAPHQL_URL"))
    return {"api_url": api_url, "graphql_url": graphql_url}


def _graphql_url(api_url: str, given: str | None) -> str:
    """Return the URL for GraphQL queries: on the host of the API, because they carry its token.

    An Enterprise server has ``/api/v3`` and ``/api/graphql``; GitHub's own hosts have ``/graphql``.
    """
    api = urlsplit(api_url)
    if given:
        url = _url("GITHUB_GRAPHQL_URL", given)
        if urlsplit(url).netloc != api.netloc:
            raise PostingFailed(
                f"GITHUB_GRAPHQL_URL leads to {urlsplit(url).hostname} and GITHUB_API_URL to "
                f"{api.hostname}: the token is not sent to another host. Set both for one server."
            )
        return url
    path = api.path.rstrip("/")
    derived = "/graphql" if not path else path.removesuffix("/v3") + "/graphql"
    return f"{api.scheme}://{api.netloc}{derived}"


def _gitlab(environ: Environ, number: int | None) -> GitLab:
    # The project of the request is the one it merges into; a pipeline may run in a fork.
    project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or _variable(environ, "CI_PROJECT_ID")
    return GitLab(
        project,
        number or _number(environ.get("CI_MERGE_REQUEST_IID")),
        _token(environ, "GITLAB_TOKEN"),
        api_url=_url("CI_API_V4_URL", _variable(environ, "CI_API_V4_URL")),
    )


def _gitlab_issues(environ: Environ) -> GitLabIssues:
    return GitLabIssues(
        _variable(environ, "CI_PROJECT_ID"),
        _token(environ, "GITLAB_TOKEN"),
        api_url=_url("CI_API_V4_URL", _variable(environ, "CI_API_V4_URL")),
    )


_FORGES: dict[str, Callable[[Environ, int | None], Forge]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
}
_ISSUES: dict[str, Callable[[Environ], Issues]] = {
    "GITHUB_ACTIONS": _github_issues,
    "GITLAB_CI": _gitlab_issues,
}


def _event(environ: Environ) -> dict[str, Any]:
    """Return the event that started a run on GitHub; raise ``PostingFailed`` if unreadable."""
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PostingFailed(
            "The file that GITHUB_EVENT_PATH names is not an event of GitHub."
        ) from None
    return event if isinstance(event, dict) else {}


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _github_run(environ: Environ) -> str:
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environ.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


def _number(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        raise PostingFailed(
            "This pipeline runs for no pull or merge request; name one with --number."
        ) from None


def _token(environ: Environ, *names: str) -> str:
    """Return the first token that is set, without a line break at its end."""
    found = ((name, environ.get(name, "").strip()) for name in names)
    name, token = next(((name, token) for name, token in found if token), ("", ""))
    if not token:
        raise PostingFailed(f"There is no token to post with: set {' or '.join(names)}.")
    if not _TOKEN.fullmatch(token):
        raise PostingFailed(
            f"The token in {name} holds a space or a character that no token has. Set it again."
        )
    return token


_TOKEN = re.compile(r"[\x21-\x7e]+")


def _url(name: str, value: str) -> str:
    """Return the URL in a variable; raise ``PostingFailed`` if a token must not be sent there."""
    try:
        parts = urlsplit(value.strip())
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise PostingFailed(f"The variable {name} holds no plain URL.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(value)):
        raise PostingFailed(
            f"The variable {name} leads to {parts.hostname} without https: the token is not sent "
            "in the clear."
        )
    return value.strip().rstrip("/")


def _variable(environ: Environ, name: str) -> str:
    if not environ.get(name):
        raise PostingFailed(f"The variable {name} is not set, though pipelines always have it.")
    return environ[name]
