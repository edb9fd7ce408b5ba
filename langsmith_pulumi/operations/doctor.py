"""Checks of everything that a program needs before it can deploy, each with what to fix."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import is_same_repository
from langsmith_pulumi.control_plane.errors import (
    ControlPlaneError,
    Forbidden,
    ForbiddenKind,
    NotAuthenticated,
    SettingsError,
)
from langsmith_pulumi.control_plane.integrations import IntegrationClient
from langsmith_pulumi.control_plane.settings import describe_key_source
from langsmith_pulumi.control_plane.text import printable, without_credentials
from langsmith_pulumi.provider.error_boundary import ProviderError
from langsmith_pulumi.provider.session import CONFIG_NAMESPACE

from .connection import connect
from .findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import GithubIntegration

    from .stacks import Stack

CONTROL_PLANE, KEY, WORKSPACE, PRODUCT = "control plane", "key", "workspace", "product"
_ORDER = (CONTROL_PLANE, KEY, WORKSPACE, PRODUCT)
"""The order in which the service checks a request: what comes before a failure is good."""
_BLAMED: dict[ForbiddenKind, str] = {"key": KEY, "product": PRODUCT}
"""What is wrong if a request is forbidden; else it is the workspace, or the key's right in it."""
_COVER_IT = (
    "An owner of the GitHub account adds the repository to the app: GitHub, Settings, "
    "Applications, the app of LangSmith, Configure."
)
_INSTALL_APP = (
    "Take the id of one that there is; an owner of the GitHub account installs the app once, when "
    "a deployment is made in the dashboard."
)


@dataclass(frozen=True)
class Source:
    """A repository that a deployment is built from."""

    used_by: str
    """Such as ``deployment 'agent'``."""
    integration: str | None
    """The id of the GitHub integration, or the name of its account; None for any."""
    repository: str | None


def examine(stack: Stack | None, asked: list[Source]) -> list[Finding]:
    """Check the settings, the control plane, and where the deployments are built from.

    Settings and deployments are those of the stack; without one, the settings are those of the
    environment. ``asked`` are further repositories.
    """
    config = _settings_of(stack)
    try:
        client = stack.session().client() if stack else connect(config)
    except SettingsError as error:
        found = _settings_problem(error)
        return [found, *_skipped(tuple(name for name in _ORDER if name != found.name))]
    findings = judge_answer(_ask(client), client, describe_key_source(config.get, os.environ))
    if any(one.status == "problem" for one in findings):
        return [*findings, Finding("repositories", "skipped", "The control plane was not asked.")]
    findings += (_check_source(client, source) for source in asked)
    return [*findings, *(_check_stack(stack) if stack else [])]


def _settings_of(stack: Stack | None) -> Mapping[str, str]:
    given = stack.config if stack else {}
    prefix = f"{CONFIG_NAMESPACE}:"
    return {key.removeprefix(prefix): text for key, text in given.items() if key.startswith(prefix)}


def _settings_problem(error: SettingsError) -> Finding:
    """Return the finding for a setting that is missing or malformed, by what its text names."""
    text, _, advice = str(error).partition(". ")
    named = {"workspace id": WORKSPACE, "control plane URL": CONTROL_PLANE}
    name = next((name for words, name in named.items() if words in text), KEY)
    return Finding(name, "problem", f"{text.rstrip('.')}.", advice)


def _skipped(names: tuple[str, ...]) -> list[Finding]:
    return [Finding(name, "skipped", "Not checked, because of the above.") for name in names]


def _ask(client: ControlPlaneClient) -> ControlPlaneError | None:
    """Ask for one deployment, as every command does; return the error."""
    try:
        client.verify_access()
    except ControlPlaneError as error:
        return error
    return None


def judge_answer(
    error: ControlPlaneError | None, client: ControlPlaneClient, key_source: str
) -> list[Finding]:
    """Tell by the answer to a request what of key, address, workspace and product is wrong."""
    good = {
        CONTROL_PLANE: f"{client.url} answers as a control plane.",
        KEY: f"The key is accepted (from {key_source}).",
        WORKSPACE: f"The key may use the workspace {client.workspace}."
        if client.workspace
        else "The key decides on the workspace; no setting names one.",
        PRODUCT: "LangSmith Deployment is enabled for the organization.",
    }
    wrong = _blamed(error) if error else None
    findings = [
        Finding(name, "ok", good[name]) for name in takewhile(lambda one: one != wrong, _ORDER)
    ]
    if error is None or wrong is None:
        return findings
    text, whole = error.summary(), str(error)
    shown = f"{text} (The key is from {key_source}.)" if wrong == KEY else text
    findings.append(Finding(wrong, "problem", shown, whole.removeprefix(text).strip()))
    return findings + _skipped(_ORDER[len(findings) :])


def _blamed(error: ControlPlaneError) -> str:
    if isinstance(error, NotAuthenticated):
        return KEY
    if not isinstance(error, Forbidden):
        return CONTROL_PLANE
    return _BLAMED.get(error.kind, WORKSPACE)


def _check_stack(stack: Stack) -> Iterator[Finding]:
    """Check where each deployment of a stack is, and what those from GitHub are built from."""
    session = stack.session()
    for managed in stack.deployments:
        label = f"deployment {printable(managed.name)!r}"
        try:
            client = session.client_for(managed.outputs)
        except (ProviderError, ControlPlaneError) as error:
            yield Finding("deployment", "problem", printable(str(error)))
            continue
        config = managed.inputs.get("source_config") or {}
        if managed.inputs.get("source") == "github" and config.get("integration_id"):
            source = Source(label, config["integration_id"], config.get("repo_url"))
            yield _check_source(client, source)


def _check_source(client: ControlPlaneClient, source: Source) -> Finding:
    """Check that an integration is there, and covers the repository."""
    integrations = IntegrationClient(client)
    try:
        found = integrations.list_integrations()
        usable = [one for one in found if _is_meant(one, source.integration)]
        if not usable:
            return _no_integration(source, found, client.redact)
        if source.repository is None:
            return Finding("integration", "ok", f"{_label(source)}{usable[0].name!r} is there.")
        covered = any(
            is_same_repository(source.repository, repository.url)
            for one in usable
            for repository in integrations.list_repositories(one.id)
        )
    except ControlPlaneError as error:
        text = f"{_label(source)}it could not be checked. {error.summary()}"
        return Finding("integration", "warning", text, "Use a key that may list integrations.")
    return judge_repository(source, [one.name for one in usable], covered, client.redact)


def _is_meant(one: GithubIntegration, named: str | None) -> bool:
    return named is None or named.lower() in (one.id.lower(), one.name.lower())


def _no_integration(
    source: Source, found: list[GithubIntegration], redact: Callable[[str], str]
) -> Finding:
    there = ", ".join(f"{one.name} ({one.id})" for one in found) or "none"
    named = _shown(source.integration, redact)
    text = f"{_label(source)}the workspace has no GitHub integration {named}; there: {there}."
    return Finding("integration", "problem", printable(text), _INSTALL_APP)


def judge_repository(
    source: Source, accounts: list[str], covered: object, redact: Callable[[str], str]
) -> Finding:
    """Judge if the integrations of these accounts cover a repository."""
    repository, names = _shown(source.repository, redact), printable(", ".join(accounts))
    if covered:
        return Finding("repository", "ok", f"{_label(source)}{names} covers {repository}.")
    text = f"{_label(source)}the GitHub integration of {names} does not cover {repository}."
    return Finding("repository", "problem", text, _COVER_IT)


def _label(source: Source) -> str:
    return f"{source.used_by}: " if source.used_by else ""


def _shown(value: Any, redact: Callable[[str], str]) -> str:
    """Return a text of the program as messages may show it."""
    return printable(redact(str(without_credentials(value))))
