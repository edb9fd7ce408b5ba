"""Where a pipeline runs, and for which request: told by the variables that the forge sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .api import PostingFailed
from .github import GitHub
from .gitlab import GitLab

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .forge import Forge


def forge_of(environ: Mapping[str, str], number: int | None = None) -> Forge:
    """The request that a pipeline runs for; ``number`` wins over what the variables tell.

    Raises:
        PostingFailed: This is no pipeline, or it has no token, or no request.
    """
    for variable, make in _FORGES.items():
        if environ.get(variable) == "true":
            return make(environ, number)
    raise PostingFailed(
        "This is neither GitHub Actions nor GitLab CI: there is nowhere to post to."
    )


def footer(environ: Mapping[str, str]) -> str:
    """Which commit a comment is for, and which run wrote it; empty where that is not known."""
    commit = _commit(environ)
    run = environ.get("CI_JOB_URL") or _github_run(environ)
    return f"<sub>For {commit[:7]}, by [this run]({run}).</sub>" if commit and run else ""


def _commit(environ: Mapping[str, str]) -> str:
    """The newest commit of the branch, rather than the merge that a pipeline may have built."""
    head = _event(environ).get("pull_request", {}).get("head", {}).get("sha")
    merged = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
    return str(head or merged or environ.get("CI_COMMIT_SHA", ""))


def _github(environ: Mapping[str, str], number: int | None) -> GitHub:
    return GitHub(
        _variable(environ, "GITHUB_REPOSITORY"),
        number or _number(_event(environ).get("number")),
        _token(environ, "GITHUB_TOKEN", "GH_TOKEN"),
        api_url=environ.get("GITHUB_API_URL") or "https://api.github.com",
        graphql_url=environ.get("GITHUB_GRAPHQL_URL") or "https://api.github.com/graphql",
    )


def _gitlab(environ: Mapping[str, str], number: int | None) -> GitLab:
    # The project of the request is the one it merges into; a pipeline may run in a fork.
    project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or _variable(environ, "CI_PROJECT_ID")
    return GitLab(
        project,
        number or _number(environ.get("CI_MERGE_REQUEST_IID")),
        _token(environ, "GITLAB_TOKEN"),
        api_url=_variable(environ, "CI_API_V4_URL"),
    )


_FORGES: dict[str, Callable[[Mapping[str, str], int | None], Forge]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
}


def _event(environ: Mapping[str, str]) -> dict[str, Any]:
    """What started a run on GitHub."""
    path = environ.get("GITHUB_EVENT_PATH")
    return dict(json.loads(Path(path).read_text(encoding="utf-8"))) if path else {}


def _github_run(environ: Mapping[str, str]) -> str:
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


def _token(environ: Mapping[str, str], *names: str) -> str:
    token = next((environ[name] for name in names if environ.get(name)), None)
    if token is None:
        raise PostingFailed(f"There is no token to post with: set {' or '.join(names)}.")
    return token


def _variable(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise PostingFailed(f"The variable {name} is not set, though pipelines always have it.")
    return environ[name]
